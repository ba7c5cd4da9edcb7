"""From a draft to column values, the same for one report and for a file of them."""

import hashlib
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from constat.analysis import names
from constat.apps.access.models import Person
from constat.apps.reports.draft import ConsentAnswer, Draft, HarmClaim
from constat.apps.reports.protection import SAFETY, Protection, due_from, first_clock
from constat.rules.workflow import REPORT

# Columns of Report that a draft carries under the same name.
SAME = (
    "uid", "channel", "reporter_type", "original", "original_language", "starts_on", "ends_on", "date_precision",
    "place_text", "place_id", "country", "adm1", "adm2", "adm3", "lon", "lat", "place_precision", "incident_type",
    "weapon", "violence_type", "involvement", "claimed_actor_id", "claimed_actor_text", "in_danger", "needs_care",
    "office", "reliability", "credibility", "source_access", "independence_group", "sources_stated", "event_clarity",
    "source_id", "external_key",
)  # fmt: skip
_same = attrgetter(*SAME)


def words_of(original: bytes) -> str:
    """The original words as text for reading and searching. Bytes that are not UTF-8 show as U+FFFD; the bytes stay."""
    return bytes(original).decode("utf-8", errors="replace")


def index_text(code: str, *parts: str) -> str:
    """What search looks through (constat.analysis.names). PostgreSQL text cannot hold a NUL; the original bytes can."""
    return names.index_text(*(part.replace("\x00", " ") for part in (code, *parts) if part))


def report_values(
    draft: Draft, *, code: str, at: datetime, by: Person | None, reporter_key: UUID | None, protection: Protection,
    batch_id: int | None = None, digest: str = "",
) -> dict[str, Any]:  # fmt: skip
    values: dict[str, Any] = dict(zip(SAME, _same(draft), strict=True))
    clock = first_clock(
        in_danger=draft.in_danger, needs_care=draft.needs_care, protection=protection,
        involvement=draft.involvement, receipt_given=draft.receipt,
    )  # fmt: skip
    if draft.source_id is not None and clock != SAFETY:
        # Nobody waits for an answer to a row of an outside data set; but somebody in danger is in danger whoever says it.
        clock = ""
    values.update(
        code=code,
        received_at=at,
        state=REPORT.initial,
        original_sha256=hashlib.sha256(draft.original).hexdigest(),
        compartment=protection.compartment,
        sensitivity=protection.sensitivity,
        child_involved=protection.child_involved,
        sexual_violence=protection.sexual_violence,
        reporter_key=reporter_key,
        recorded_by_id=by.pk if by else None,
        content_sha256=digest or draft.digest(),
        extra=dict(draft.extra),
        batch_id=batch_id,
        clock=clock,
        clock_started_at=at if clock else None,
        due_at=due_from(clock, at) if clock else None,
        search_text=index_text(code, draft.place_text, words_of(draft.original), draft.claimed_actor_text,
                               draft.external_key),
    )  # fmt: skip
    return values


def harm_values(line: HarmClaim) -> dict[str, Any]:
    return {
        "harm": line.harm, "sex": line.sex, "age_band": line.age_band, "status": line.status, "unit": line.unit,
        "minimum": line.minimum, "best": line.best, "maximum": line.maximum, "is_total": line.is_total,
    }  # fmt: skip


def consent_values(one: ConsentAnswer, draft: Draft, at: datetime) -> dict[str, Any]:
    return {"purpose": one.purpose, "answer": one.answer, "language": draft.reporter_language, "at": at}
