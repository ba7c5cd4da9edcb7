"""The method annex of an inquiry: what was done, how much of it, what was not possible and why. Counted from the store.

Findings are attacked on their method (Bounti 2021): so every figure here is a count of stored records, none is typed. For
the public, a count that would point at a person is held back, and with it whatever would give it away by subtraction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.apps.evidence import queries as evidence
from constat.apps.evidence.models import CustodyEvent
from constat.apps.incidents.grading import heard
from constat.apps.incidents.models import IncidentReport
from constat.apps.inquiries import queries
from constat.apps.inquiries.models import Finding, Inquiry, InquiryPause, OperationSearch
from constat.rules import disclosure
from constat.rules.cells import Printed, printed
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.documents import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Note,
    Paragraph,
    TableBlock,
    isolate,
)
from constat.ui.formats import base

GROUP = "group"  # vocabulary "interview_form"


@dataclass(frozen=True)
class Tally:
    """One table: code of a vocabulary -> how many records. The parts add up to the total unless `overlapping`."""

    name: str
    vocabulary: str
    counts: Mapping[str, int]
    total: int
    overlapping: bool = False  # a record may count in several rows (conditions of an interview)


@dataclass(frozen=True)
class Annex:
    """Everything the annex says, as counts. `not_possible`: (code of pause_reason, days)."""

    inquiry: Inquiry
    at: datetime
    sources: Tally
    reliability: Tally
    interviews: Sequence[Tally]
    people_in_groups: int
    items: Tally
    acquisition: Tally
    proof: Tally
    logs_searched: int
    logs_missing: Sequence[tuple[str, str]]
    operations_found: int
    searches: int
    not_possible: Sequence[tuple[str, int]]
    notes: Sequence[str]
    withheld: Mapping[str, int]
    custody_lines: int
    sensitive: bool = False


def annex(viewer: Viewer, code: str, *, at: datetime) -> Annex:
    """Raises InquiryNotFound. Counts the records of the inquiry, its incident and the reports linked to it."""
    inquiry = queries.get(viewer, code, at=at)
    about = subjects_of(inquiry)
    interviews = list(evidence.interviews_held(viewer, about, at=at).order_by("pk"))
    items = list(evidence.items_held(viewer, about, at=at).order_by("pk"))
    sources = list(heard(incident=inquiry.incident))
    searches = list(OperationSearch.objects.filter(inquiry=inquiry).order_by("number"))
    last = searches[-1] if searches else None
    return Annex(
        inquiry=inquiry, at=at,
        sources=_tally("sources", "source_type", (one.kind for one in sources)),
        reliability=_tally("reliability", "reliability", (one.reliability for one in sources)),
        interviews=_of_interviews(interviews),
        people_in_groups=sum(one.persons for one in interviews if one.form == GROUP),
        items=_tally("items", "media_family", (family(one.media_type, physical=one.physical) for one in items)),
        acquisition=_tally("acquisition", "acquisition", (one.acquisition for one in items)),
        proof=_tally("proof", "proof_standard", _standards(inquiry)),
        logs_searched=len(last.searched) if last else 0,
        logs_missing=[(str(one.get("unit", "")), str(one.get("period", ""))) for one in (last.missing if last else ())],
        operations_found=last.count if last else 0, searches=len(searches), not_possible=_pauses(inquiry, at),
        notes=[note for note in _unknowns(inquiry) if note],
        withheld={"interviews": sum(1 for one in interviews if one.identity_key), "sources": len(sources)},
        custody_lines=CustodyEvent.objects.filter(item__in=items).count(),
        sensitive=inquiry.incident.compartment != "general",
    )  # fmt: skip


def subjects_of(inquiry: Inquiry) -> list[evidence.Subject]:
    linked = IncidentReport.objects.filter(incident=inquiry.incident, cut_at__isnull=True)
    reports = [("report", code) for code in linked.values_list("report__code", flat=True)]
    return [("inquiry", inquiry.code), ("incident", inquiry.incident.code), *reports]


def family(media_type: str, *, physical: bool) -> str:
    """What a reader calls it: object, picture, video, sound, document, other."""
    if physical:
        return "object"
    if media_type in {"application/pdf", "text/plain"} or "document" in media_type or "sheet" in media_type:
        return "document"
    return {"image": "picture", "video": "video", "audio": "sound"}.get(media_type.partition("/")[0], "other")


def _tally(name: str, words: str, values: Iterable[str]) -> Tally:
    found = Counter(values)
    order = [code for code in vocabulary(words) if code in found]
    return Tally(name, words, {code: found[code] for code in order}, sum(found.values()))


def _of_interviews(rows: Sequence[Any]) -> list[Tally]:
    # Every table counts the same interviews: two totals that differ would tell by subtraction what one of them holds back.
    conditions = Counter(condition for one in rows for condition in one.conditions)
    return [
        _tally("interview_form", "interview_form", (one.form for one in rows)),
        _tally("interview_setting", "interview_setting", (one.setting for one in rows)),
        Tally("interview_condition", "interview_condition",
              {code: conditions[code] for code in vocabulary("interview_condition") if code in conditions}, len(rows), True),
        _tally("interview_sex", "sex", (one.sex for one in rows)),
        _tally("interview_age", "age_band", (one.age_band for one in rows)),
        _tally("interview_language", "language", (one.language for one in rows)),
    ]  # fmt: skip


def _standards(inquiry: Inquiry) -> list[str]:
    findings = Finding.objects.filter(investigation__inquiry=inquiry, withdrawn_at__isnull=True)
    return [
        *inquiry.decisions.order_by("number")
        .exclude(proof_standard="")
        .values_list("proof_standard", flat=True),
        *findings.values_list("proof_standard", flat=True),
    ]


def _pauses(inquiry: Inquiry, at: datetime) -> list[tuple[str, int]]:
    days: Counter[str] = Counter()
    for pause in InquiryPause.objects.filter(inquiry=inquiry):
        days[pause.reason] += max(0, ((pause.ends_at or at) - pause.starts_at).days)
    return sorted(days.items())


def _unknowns(inquiry: Inquiry) -> list[str]:
    last = inquiry.assessments.order_by("-number").first()
    return [last.unknowns.strip()] if last else []


# As a document -----------------------------------------------------------------------------------------------------


def _spoken() -> str:
    return base(get_language() or "fr")


def _title(name: str) -> str:
    return {
        "sources": _("Sources by type"), "reliability": _("Sources by reliability"),
        "interview_form": _("Interviews by form"), "interview_setting": _("Interviews by setting"),
        "interview_condition": _("Interviews by condition"), "interview_sex": _("Interviews by sex (groups: unknown)"),
        "interview_age": _("Interviews by age (groups: unknown)"), "interview_language": _("Interviews by language"),
        "items": _("Items held, by kind"), "acquisition": _("Items held, by how they were obtained"),
        "proof": _("Standards of proof applied"),
    }[name]  # fmt: skip


def cells_of(tally: Tally, *, public: bool, k: int) -> tuple[list[tuple[str, str]], str]:
    """((label, figure) of each row, total). For the public: held back where it would point at a person.

    A table whose total is itself too small shows nothing at all but that.
    """
    words = vocabulary(tally.vocabulary)
    if not public:
        return [(words.label(code, _spoken()), str(n)) for code, n in tally.counts.items()], str(tally.total)
    fewer = _("fewer than %(k)s") % {"k": k}
    if 0 < tally.total < k:
        return [], fewer
    if tally.overlapping:
        # Not parts of a sum: what is held back cannot be found by subtracting, except from the total itself.
        shown = {
            code: n >= k and (tally.total - n == 0 or tally.total - n >= k)
            for code, n in tally.counts.items()
        }
        return [
            (words.label(code, _spoken()), str(n) if shown[code] else fewer)
            for code, n in tally.counts.items()
        ], str(tally.total)
    hidden = _hidden(tally, k)
    held = _("held back")
    return [
        (words.label(code, _spoken()), held if code in hidden else str(n)) for code, n in tally.counts.items()
    ], str(tally.total)


def _hidden(tally: Tally, k: int) -> set[str]:
    """The rows held back. Together they hold at least k records (or are all there is): two rows of one record each would
    otherwise be found by subtracting the others from the total."""
    cells: dict[str, Printed] = printed(dict(tally.counts), tally.total, k)
    hidden = {code for code, cell in cells.items() if cell.cell is disclosure.Cell.SUPPRESSED}
    shown = sorted((n, code) for code, n in tally.counts.items() if code not in hidden)
    while hidden and shown and sum(tally.counts[code] for code in hidden) < k:
        hidden.add(shown.pop(0)[1])
    return hidden


def document(found: Annex, *, public: bool) -> Document:
    """The annex in the reader's language. public: for whoever is outside; small counts are held back."""
    k = disclosure.K_SENSITIVE if found.sensitive else disclosure.K_GENERAL
    tables = [found.sources, found.reliability]
    blocks: list[Block] = [
        Paragraph(_("This annex says how the inquiry was made. Every figure is a count of records in the store."), lead=True),
        Heading(_("What it rests on")), *(_table(one, public, k) for one in tables),
        Heading(_("Interviews")), *(_table(one, public, k) for one in found.interviews), *_people(found, public, k),
        Heading(_("Documents, pictures, objects, visits")), _table(found.items, public, k), _table(found.acquisition, public, k),
        *([] if public else [Paragraph(_("Lines of custody on record: %(n)s.") % {"n": found.custody_lines})]),
        Heading(_("Activity logs of the force")), *_logs(found, public),
        Heading(_("Standards of proof")), _table(found.proof, public, k),
        Heading(_("What was not possible, and why")), *_limits(found, public),
        Heading(_("Why names are not given")), *_names(found, public),
    ]  # fmt: skip
    if public:
        blocks.append(Note(_("A count below %(k)s is not printed, and with it any other that would give it away: it could"
                             " point at a person.") % {"k": k}))  # fmt: skip
    return Document(
        title=_("How the inquiry was made"), language=_spoken(), blocks=blocks, as_of=found.at,
        subtitle=_("Method annex, inquiry %(code)s") % {"code": isolate(found.inquiry.code)}, reference=found.inquiry.code,
        status="" if public else _("For the cell; not for release"),
    )  # fmt: skip


def _table(tally: Tally, public: bool, k: int) -> Block:
    rows, total = cells_of(tally, public=public, k=k)
    if not tally.counts:
        return Paragraph(_("%(table)s: none on record.") % {"table": _title(tally.name)})
    columns = [
        Column(vocabulary(tally.vocabulary).title[_spoken()], share=3),
        Column(_("Number on record"), numeric=True),
    ]
    note = (
        _("One interview can meet several conditions: the rows do not add up to the total.")
        if tally.overlapping
        else ""
    )
    return TableBlock(columns, [*rows, (_("Total"), total)], caption=_title(tally.name), totals=1, note=note)


def _people(found: Annex, public: bool, k: int) -> list[Block]:
    n = found.people_in_groups
    if not n:
        return []
    said = str(n) if not public or n >= k else _("fewer than %(k)s") % {"k": k}
    return [Paragraph(_("People heard in group talks: %(n)s.") % {"n": said})]


def _logs(found: Annex, public: bool) -> list[Block]:
    if not found.searches:
        return [Paragraph(_("No search of the activity logs is on record."))]
    blocks: list[Block] = [
        Paragraph(_("Logs searched: %(searched)s. Logs missing: %(missing)s. Operations that could have met the event:"
                    " %(found)s.") % {"searched": found.logs_searched, "missing": len(found.logs_missing),
                                      "found": found.operations_found})
    ]  # fmt: skip
    if found.logs_missing and not public:
        blocks.append(Bullets([f"{isolate(unit)} {isolate(period)}" for unit, period in found.logs_missing]))
    return blocks


def _limits(found: Annex, public: bool) -> list[Block]:
    words = vocabulary("pause_reason")
    lines = [
        _("%(reason)s: %(days)s days") % {"reason": words.label(code, _spoken()), "days": days}
        for code, days in found.not_possible
    ]
    lines += (
        [_("Activity logs that were never received: %(n)s") % {"n": len(found.logs_missing)}]
        if found.logs_missing
        else []
    )
    # Written for the cell: nobody has cleared these words for the outside.
    lines += [] if public else list(found.notes)
    return [Bullets(lines)] if lines else [Paragraph(_("Nothing is on record that could not be done."))]


def _names(found: Annex, public: bool) -> list[Block]:
    text = _("Those who speak can be harmed for it. Names are kept apart from the case, encrypted, and are shown only for a"
             " stated purpose that is logged. What each person agreed to is recorded purpose by purpose.")  # fmt: skip
    blocks: list[Block] = [Paragraph(text)]
    if not public:
        blocks.append(
            Paragraph(
                _("Interviews whose speaker is in the vault: %(n)s.") % {"n": found.withheld["interviews"]}
            )
        )
    return blocks


__all__ = ["Annex", "Tally", "annex", "cells_of", "document", "family", "subjects_of"]
