"""Receive: an account becomes a report with a receipt. Sending again adds nothing.

`receive` takes one report from a form; constat.apps.reports.actions.receive_many takes the rows of a file. Same uid (or
same key of the same outside source) and same content: the same receipt, nothing written. Same uid and other content: the
report stays as it is, the other content is kept apart (KeptApart) and shown beside it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from constat.apps.access import log, vault
from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.reports import receipts
from constat.apps.reports.actions._gate import require
from constat.apps.reports.actions._rows import consent_values, harm_values, report_values
from constat.apps.reports.actions.receive_many import Counts, receive_many
from constat.apps.reports.draft import Draft
from constat.apps.reports.errors import RefusedDraft, ReportError
from constat.apps.reports.faults import faults
from constat.apps.reports.models import Consent, KeptApart, Receipt, Report, ReportHarm
from constat.apps.reports.protection import protect, protect_draft, rounded
from constat.rules.permissions import Permission

__all__ = [
    "KEPT_APART",
    "RECEIVED",
    "UNCHANGED",
    "Counts",
    "Received",
    "code_of",
    "receive",
    "receive_many",
    "said",
]

PUBLIC = "public"  # the actor of a form without account
SYSTEM = "system"

RECEIVED, UNCHANGED, KEPT_APART = "received", "unchanged", "kept_apart"


@dataclass(frozen=True)
class Received:
    """What became of a draft. `outcome`: received, unchanged (sent again), kept_apart (sent again with other content).

    report: the report's own code (R-2026-000042). receipt_code: sixteen digits, or "" where nobody is handed one.
    """

    outcome: str
    report: str
    receipt_code: str
    state: str


def receive(*, by: Person | str, at: datetime, draft: Draft) -> Received:
    """Raises RefusedDraft (with every fault), constat.apps.access.errors.NotAllowed. `by` is a person, "public" or "system"."""
    _may(by, draft, at)
    if found := faults(draft):
        raise RefusedDraft(found)
    when = rounded(at) if by == PUBLIC else at
    try:
        with transaction.atomic():
            return _receive(by, when, draft)
    except IntegrityError:
        # Two copies of one report arrived at the same moment (a double tap): the other one was first.
        with transaction.atomic():
            return _again(by, when, draft, _known(draft))


def _may(by: Person | str, draft: Draft, at: datetime) -> None:
    if isinstance(by, Person):
        require(by, Permission.REPORTS_RECORD, at=at)
        if draft.identity:
            require(by, Permission.IDENTITIES_RECORD, at=at)
    elif by not in (PUBLIC, SYSTEM):
        raise ReportError(f"{by!r} may not record a report: use a person, 'public' or 'system'.")


def _known(draft: Draft) -> Report:
    return Report.objects.only("code", "uid", "content_sha256", "state").get(uid=draft.uid)


def _receive(by: Person | str, at: datetime, draft: Draft) -> Received:
    try:
        return _again(by, at, draft, _known(draft))
    except Report.DoesNotExist:
        return _new(by, at, draft)


def _new(by: Person | str, at: datetime, draft: Draft) -> Received:
    person = by if isinstance(by, Person) else None
    protection = protect_draft(draft)
    key = None
    if draft.identity:
        key = vault.seal(
            kind="reporter", values=dict(draft.identity), by=by, at=at, compartment=protection.compartment
        )
    code = next_code("R", at.year)
    report = Report(
        **report_values(draft, code=code, at=at, by=person, reporter_key=key, protection=protection)
    )
    report.save(force_insert=True)
    ReportHarm.objects.bulk_create([ReportHarm(report=report, **harm_values(line)) for line in draft.harms])
    Consent.objects.bulk_create(
        [Consent(report=report, **consent_values(one, draft, at)) for one in draft.consents]
    )
    receipt_code = _issue(report, draft, at) if draft.receipt else ""
    log.record(
        by=by, verb="reports.receive", object_type="report", object_key=code, at=at,
        details={"channel": report.channel, "clock": report.clock, "compartment": report.compartment,
                 "sensitivity": report.sensitivity, "content": report.content_sha256},
    )  # fmt: skip
    return Received(RECEIVED, code, receipt_code, report.state)


def _issue(report: Report, draft: Draft, at: datetime) -> str:
    for code in receipts.candidates(draft.uid):
        found = receipts.lookup(code)
        if not Receipt.objects.filter(lookup=found).exists():
            Receipt.objects.create(
                report=report, lookup=found, language=draft.reporter_language, issued_on=at.date()
            )
            return code
    raise AssertionError("candidates never end")


def code_of(uid: object, report_id: int) -> str:
    """The receipt code of a report that has one, made again from its uid; "" when none was issued."""
    held = Receipt.objects.filter(report_id=report_id).values_list("lookup", flat=True).first()
    if held is None:
        return ""
    return next(code for code in receipts.candidates(uid) if receipts.lookup(code) == held)  # type: ignore[arg-type]


def _again(by: Person | str, at: datetime, draft: Draft, report: Report) -> Received:
    code = code_of(report.uid, report.pk)
    if draft.digest() == report.content_sha256:
        return Received(UNCHANGED, report.code, code, report.state)
    _keep_apart(by, at, draft, report)
    return Received(KEPT_APART, report.code, code, report.state)


def _keep_apart(by: Person | str, at: datetime, draft: Draft, known: Report) -> None:
    digest = draft.digest()
    report = Report.objects.select_for_update().defer("original", "search_text").get(pk=known.pk)
    if KeptApart.objects.filter(report=report, content_sha256=digest).exists():
        return
    protection = _protect_both(report, draft)
    key = None
    if draft.identity:
        key = vault.seal(
            kind="reporter", values=dict(draft.identity), by=by, at=at, compartment=protection.compartment
        )
    KeptApart.objects.create(
        report=report, at=at, by=by if isinstance(by, Person) else None, original=draft.original,
        content=said(draft), content_sha256=digest, identity_key=key,
    )  # fmt: skip
    # What was said the second time protects too: a survivor may go back to add what she could not write at first.
    if report.compartment != protection.compartment:
        earlier = KeptApart.objects.filter(report=report).values_list("identity_key", flat=True)
        for one in {report.reporter_key, *earlier} - {key}:
            if one is not None:
                vault.move(one, compartment=protection.compartment)
    for name in ("compartment", "sensitivity", "child_involved", "sexual_violence"):
        setattr(report, name, getattr(protection, name))
    report.save(update_fields=["compartment", "sensitivity", "child_involved", "sexual_violence"])
    log.record(
        by=by, verb="reports.keep_apart", object_type="report", object_key=report.code, at=at,
        details={"content": digest, "compartment": report.compartment},
    )  # fmt: skip


def _protect_both(report: Report, draft: Draft):  # type: ignore[no-untyped-def]
    answers = {}
    for name in ("child_involved", "sexual_violence"):
        answers[name] = (
            "yes" if "yes" in (getattr(report, name), getattr(draft, name)) else getattr(report, name)
        )
    return protect(
        compartment=report.compartment, sensitivity=report.sensitivity, harms=draft.harms, **answers
    )


def said(draft: Draft) -> dict[str, object]:
    """The draft as plain data, without words and identity: they have places of their own."""
    data = asdict(draft)
    for name in ("original", "identity", "warnings", "content", "row"):
        data.pop(name)
    return {name: value if isinstance(value, str | int | float | bool | type(None) | dict | list) else
            [dict(line) for line in value] if isinstance(value, tuple) else str(value)
            for name, value in data.items()}  # fmt: skip
