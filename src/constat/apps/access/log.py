"""The log: one event per act, each holding the hash of the one before it.

This is the only place that writes events. A later form of the log (a Merkle tree with proofs) replaces this module
and nothing else. Hashing: SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8).

What it proves: nobody changed, removed, inserted or reordered an event without every later hash changing. What it
does not prove alone: that the tail was not cut by somebody who can also rewrite `LogHead`; for that, somebody outside
must hold an earlier head (`constat verify` prints it, and takes one to compare with).
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from constat.apps.access.models import Event, LogHead, Person

GENESIS = "0" * 64


class LogError(Exception):
    """The log could not take an event; the act it belongs to is undone with it."""


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _leaf(*, seq: int, at: datetime, actor: str, verb: str, object_type: str, object_key: str,
          purpose: str, commitment: str, previous: str) -> str:  # fmt: skip
    return _sha256(canonical([seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, verb,
                              object_type, object_key, purpose, commitment, previous]))  # fmt: skip


def actor_label(by: Person | str) -> str:
    """`by` is a person, or one of the words "public" (a form without account) and "system" (set-up, demo)."""
    return f"{by.pk} {by.display_name}" if isinstance(by, Person) else by


def record(*, by: Person | str, verb: str, object_type: str, object_key: object, at: datetime,
           purpose: str = "", details: Mapping[str, object] | None = None) -> Event:  # fmt: skip
    """Write one event inside the caller's transaction. Refuses to write outside one: act and event stand or fall together."""
    if not connection.in_atomic_block:
        raise LogError("An event is written in the same transaction as the act it records.")
    head = LogHead.objects.select_for_update().filter(id=1).first()
    if head is None:
        # Never made anew here: a node that lost its head must say so, not start a second history.
        raise LogError(
            "The log has lost its head. Nothing can be written; run `constat verify` and call for help."
        )
    text = canonical(dict(details or {}))
    salt = secrets.token_hex(16)
    commitment = _sha256(salt + text)
    seq = head.size + 1
    values: dict[str, Any] = {
        "seq": seq, "at": at, "actor": actor_label(by), "verb": verb, "object_type": object_type,
        "object_key": str(object_key), "purpose": purpose, "commitment": commitment, "previous": head.hash,
    }  # fmt: skip
    event = Event(**values, details=text, salt=salt, hash=_leaf(**values))
    event.save(force_insert=True)
    LogHead.objects.filter(id=1).update(size=seq, hash=event.hash)
    return event


@dataclass(frozen=True)
class Fault:
    """Where the chain breaks and how: `seq` is the first event that cannot be trusted."""

    seq: int
    what: str


def faults(*, expected_head: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Walk the whole log. `expected_head` is (size, hash) as noted earlier by somebody else, outside this node."""
    previous, seq = GENESIS, 0
    for event in Event.objects.order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if event.seq != seq:
            yield Fault(seq, f"event {seq} is missing: the next one found is {event.seq}")
            seq = event.seq
        if event.previous != previous:
            yield Fault(seq, f"event {seq} does not follow the event before it")
        if event.details and _sha256(event.salt + event.details) != event.commitment:
            yield Fault(seq, f"the details of event {seq} were changed")
        if event.hash != _leaf(seq=event.seq, at=event.at, actor=event.actor, verb=event.verb,
                               object_type=event.object_type, object_key=event.object_key, purpose=event.purpose,
                               commitment=event.commitment, previous=event.previous):  # fmt: skip
            yield Fault(seq, f"event {seq} was changed")
        previous = event.hash
        if expected_head and expected_head[0] == seq and expected_head[1] != event.hash:
            yield Fault(seq, f"event {seq} is not the one noted outside: history was rewritten")
    size, last = head()
    if (size, last) != (seq, previous):
        yield Fault(
            seq + 1,
            f"the log ends at event {seq}, its head says {size}: the tail was cut or the head changed",
        )
    if expected_head and expected_head[0] > seq:
        yield Fault(
            seq + 1, f"the log has {seq} events; {expected_head[0]} were noted outside: the tail was cut"
        )


def head() -> tuple[int, str]:
    """(size, hash). A head that is gone reads as that of an empty log, which then does not fit the events."""
    row = LogHead.objects.filter(id=1).first()
    return (row.size, row.hash) if row else (0, GENESIS)


def events_of(object_type: str, object_key: object, *, limit: int = 200) -> list[Event]:
    """Newest first. The caller has already asked whether the viewer may read the record."""
    return list(
        Event.objects.filter(object_type=object_type, object_key=str(object_key)).order_by("-seq")[:limit]
    )


__all__ = [
    "GENESIS",
    "Fault",
    "LogError",
    "actor_label",
    "canonical",
    "events_of",
    "faults",
    "head",
    "record",
]
