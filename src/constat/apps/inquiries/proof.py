"""What a decision is signed with, and how anybody can tell later that it still says what was signed.

`content` is canonical JSON (sorted keys, no spaces, UTF-8) of everything that was decided upon. Its SHA-256 is signed with
the node's Ed25519 key. What this proves: the content, the columns, the findings it rests on and the event in the log are
those of the moment of signing, or `faults` says which is not. What it does not prove: that somebody who holds the machine,
its key and its log did not write all of them anew; for that, a head of the log must be held outside.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from constat import node
from constat.apps.access.log import canonical
from constat.apps.access.models import Event
from constat.apps.inquiries.models import Assessment, Baseline, Decision, Inquiry, Investigation

FORM = "constat-decision-1"
# What is signed begins with this, so that a signature over something else never passes for one over a decision.
PREFIX = b"constat decision\x00"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def _key(folder: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(node.signing_seed(folder))


def public_key() -> str:
    """The public half of the node's signing key, hexadecimal."""
    return _key(settings.HOME).public_key().public_bytes_raw().hex()


def sign(content_hash: str) -> str:
    return _key(settings.HOME).sign(PREFIX + bytes.fromhex(content_hash)).hex()


def signature_holds(content_hash: str, signature: str, key: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), PREFIX + bytes.fromhex(content_hash)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def assessment_data(row: Assessment) -> dict[str, Any]:
    """One version of the findings, as it is signed."""
    names = [
        field.attname for field in row._meta.concrete_fields if field.attname not in {"id", "inquiry_id"}
    ]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    # Always in UTC: a database gives times back in a zone of its own.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Fault:
    """`record`: the inquiry it is about. `what`: what no longer holds."""

    record: str
    what: str


def faults() -> Iterator[Fault]:
    """Walk every baseline, sealed investigation and decision, and what the log tells of them. What `constat verify` reports."""
    told = _told()
    for baseline in Baseline.objects.select_related("inquiry").order_by("pk").iterator(chunk_size=500):
        opened = told.get((baseline.inquiry.code, "inquiries.open"), [])
        if sha256(bytes(baseline.content)) != baseline.sha256 or _denied(opened, "baseline", baseline.sha256):
            yield Fault(baseline.inquiry.code, "what was reported (the baseline) was changed")
    sealed_rows = Investigation.objects.filter(sealed_at__isnull=False).select_related("inquiry")
    for one in sealed_rows.order_by("pk").iterator(chunk_size=500):
        content, events = (
            bytes(one.sealed_content),
            told.get((one.inquiry.code, "inquiries.submit_findings"), []),
        )
        whole = sha256(content) == one.sha256 and not _denied(events, "seal", one.sha256)
        if not whole or canonical(sealed(one)).encode("utf-8") != content:
            yield Fault(one.inquiry.code, f"investigation {one.number} was changed after it was sealed")
    rows = Decision.objects.select_related("inquiry", "inquiry__baseline", "assessment")
    for decision in rows.order_by("pk").iterator(chunk_size=500):
        for what in decision_faults(decision):
            yield Fault(decision.inquiry.code, f"decision {decision.number}: {what}")
    yield from _missing(told)


def _told() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(code of the inquiry, verb) -> the details of its events in the log; empty where they were erased."""
    verbs = ("inquiries.open", "inquiries.submit_findings", "inquiries.decide", "inquiries.close")
    rows = Event.objects.filter(object_type="inquiry", verb__in=verbs).order_by("seq")
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for code, verb, details in rows.values_list("object_key", "verb", "details").iterator(chunk_size=2000):
        found.setdefault((code, verb), []).append(json.loads(details) if details else {})
    return found


def _denied(events: list[dict[str, Any]], name: str, digest: str) -> bool:
    """The log tells of another one. Where details were erased by law, or nothing is told, it denies nothing."""
    held = [one.get(name) for one in events]
    return bool(held) and None not in held and digest not in held


def _missing(told: dict[tuple[str, str], list[dict[str, Any]]]) -> Iterator[Fault]:
    """What the log tells of and nobody finds: a decision that was removed, an inquiry that was closed past everybody."""
    there: dict[str, set[int]] = {}
    for code, number in Decision.objects.values_list("inquiry__code", "number"):
        there.setdefault(code, set()).add(number)
    for (code, verb), events in sorted(told.items()):
        if verb != "inquiries.decide":
            continue
        held = there.get(code, set())
        gone = sorted({one["decision"] for one in events if "decision" in one} - held)
        for number in gone:
            yield Fault(code, f"decision {number} is missing: the log tells of it")
        if not gone and len(events) > len(held):
            yield Fault(
                code, f"{len(events) - len(held)} decision(s) missing: the log tells of {len(events)}"
            )
    for code in Inquiry.objects.filter(state="closed").order_by("pk").values_list("code", flat=True):
        if (code, "inquiries.close") not in told:
            yield Fault(code, "it is closed, and the log tells of no closing")


def sealed(investigation: Investigation) -> dict[str, Any]:
    """Everything under the seal. People by key: their names are in their accounts."""

    def rows(queryset: Any, *names: str) -> list[dict[str, Any]]:
        return [
            {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
            for row in queryset.order_by("pk").values(*names)
        ]

    return {
        "form": "constat-investigation-1",
        "inquiry": investigation.inquiry.code,
        "number": investigation.number,
        "order": investigation.order,
        "ordered_by": investigation.ordered_by_id,
        "plan": investigation.plan,
        "preservation_order": investigation.preservation_order,
        "protection_plan": investigation.protection_plan,
        "team": rows(investigation.team, "person_id", "leads", "named_at", "declared_at", "declaration", "released_at"),
        "tasks": rows(investigation.tasks, "text", "owner_id", "due_on", "done_at", "done_by_id", "result"),
        "progress": rows(investigation.progress, "text", "by_id", "at"),
        "findings": rows(
            investigation.findings, "number", "statement", "proof_standard", "basis", "contrary_evidence", "by_id", "at",
            "withdrawn_at", "withdrawn_reason",
        ),
    }  # fmt: skip


def decision_faults(decision: Decision) -> list[str]:
    """What of this decision no longer holds; empty when all does."""
    content = bytes(decision.content)
    found = []
    if sha256(content) != decision.content_hash:
        found.append("the content is not the one that was signed")
    if not signature_holds(decision.content_hash, decision.signature, decision.public_key):
        found.append("the signature does not hold")
    if not _in_the_log(decision):
        found.append("the log holds no event of this decision with this content")
    try:
        data = json.loads(content)
    except ValueError:
        return [*found, "the content cannot be read"]
    told = {name: data.get(name) for name in _COLUMNS}
    if told != columns(decision):
        found.append("its columns differ from the content")
    if decision.assessment is not None and data.get("assessment") != json.loads(
        canonical(assessment_data(decision.assessment))
    ):
        found.append("the findings it rests on were changed")
    if data.get("baseline") != decision.inquiry.baseline.sha256:
        found.append("the baseline is another one")
    return found


_COLUMNS = ("number", "outcome", "proof_standard", "properly_conducted", "consistent", "criteria_met", "remarks",
            "dissent", "signed_by", "signed_at")  # fmt: skip


def columns(decision: Decision) -> dict[str, Any]:
    """The columns of a decision as its content tells them."""
    return {
        **{name: getattr(decision, name) for name in _COLUMNS[:8]},
        "signed_by": decision.signed_by_id,
        "signed_at": decision.signed_at.astimezone(UTC).isoformat(),
    }


def _in_the_log(decision: Decision) -> bool:
    events = Event.objects.filter(
        object_type="inquiry", object_key=decision.inquiry.code, verb="inquiries.decide"
    )
    if any(decision.content_hash in event.details for event in events):
        return True
    # Details may have been erased by law: the event then still stands for the act, but no longer for what was decided. For that
    # stands the signature alone, and only that of this node: anybody can make a key of their own.
    return decision.public_key == public_key() and any(not event.details for event in events)
