"""Fetcher of the page of one report. Beside queries.py because one page asks for more than all lists together."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from constat.apps.access.log import events_of
from constat.apps.access.models import Event
from constat.apps.access.visibility import facts_of
from constat.apps.reports.actions._rows import words_of
from constat.apps.reports.models import (
    Consent,
    KeptApart,
    Report,
    ReportGrant,
    ReportHarm,
    ReportNote,
    ReportPause,
    Translation,
    Triage,
)
from constat.apps.reports.pages import Apart, Granted, Page, PauseSpan, Rendering, Verb, Where, Words
from constat.apps.reports.queries import area_names, get, language, reading_of, where
from constat.rules.permissions import Permission
from constat.rules.visibility import Field, Viewer, explain, may_see
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import REPORT
from constat.ui.shapes import HarmRow, Moment, Range, Reading

# What the person supplies; who, when and the reason are asked by every form anyway.
ASKED = ("protection_plan", "outcome", "explanation", "trigger", "incident")


# Somebody who takes the calls of an office follows own reports and sees of the others that there are such.
WITHHELD = Words(original="", language="und", sha256="", size=0, exact=True, translations=(), withheld=True)


def page(viewer: Viewer, code: str, *, at: datetime) -> Page:
    """Raises ReportNotFound, also for a report that is there and not theirs."""
    report = get(viewer, code, at=at)
    pauses = list(ReportPause.objects.filter(report=report).order_by("starts_at"))
    value = _value(report)
    clock = reading_of(value, pauses, at)
    facts = facts_of(report, kind="report", granted_to=frozenset({viewer.key}))
    whole = may_see(viewer, facts, Field.PATTERN).level == "full"
    claimed = report.claimed_actor.name if report.claimed_actor else report.claimed_actor_text
    past = history(report)
    return Page(
        words=_words(report) if whole else WITHHELD,
        harms=_harms(report),
        where=_where(viewer, report, value),
        claimed_actor=claimed if whole else "",
        source=report.source.name if report.source else "",
        extra=[(str(name), str(content)) for name, content in report.extra.items()] if whole else [],
        has_identity=report.reporter_key is not None,
        consents=_consents(report),
        assigned_to=report.assigned_to.display_name if report.assigned_to else "",
        assigned_key=report.assigned_to_id,
        recorded_by=report.recorded_by.display_name if report.recorded_by else "",
        clock=clock,
        clock_code=report.clock,
        paused=any(pause.ends_at is None for pause in pauses),
        pauses=[
            PauseSpan(pause.reason, pause.note if whole else "", pause.starts_at, pause.ends_at)
            for pause in pauses
        ],
        history=past if whole else [replace(one, words="") for one in past],
        kept_apart=_kept_apart(report) if whole else [],
        grants=_grants(report),
        verbs=verbs(viewer, report),
        reading=_reading(viewer, report, at),
        **{name: getattr(report, name) for name in _SAME},
    )


_SAME = (
    "code", "state", "outcome", "channel", "reporter_type", "received_at", "starts_on", "ends_on", "date_precision",
    "incident_type", "weapon", "violence_type", "involvement", "in_danger", "needs_care", "child_involved",
    "sexual_violence", "reliability", "credibility", "source_access", "independence_group", "sources_stated",
    "external_key", "sensitivity", "compartment",
)  # fmt: skip


def _value(report: Report) -> dict[str, Any]:
    names = ("place_text", "adm1", "adm2", "lon", "lat", "place_precision", "sensitivity", "compartment", "office",
             "recorded_by_id", "assigned_to_id", "clock", "clock_started_at")  # fmt: skip
    return {
        "place__name": report.place.name if report.place else "",
        **{name: getattr(report, name) for name in names},
    }


def _where(viewer: Viewer, report: Report, value: dict[str, Any]) -> Where:
    return where(viewer, value, area_names([report.adm1, report.adm2]))


def _words(report: Report) -> Words:
    original = bytes(report.original)
    text = words_of(original)
    rows = Translation.objects.filter(report=report).select_related("translator").order_by("at", "id")
    return Words(
        original=text,
        language=report.original_language,
        sha256=report.original_sha256,
        size=len(original),
        exact=text.encode("utf-8", errors="replace") == original,
        translations=[Rendering(row.language, row.text, row.translator.display_name, row.at) for row in rows],
    )


def _harms(report: Report) -> list[HarmRow]:
    """Totals, each with its parts below; a part whose total is missing stands for itself."""
    lines = list(ReportHarm.objects.filter(report=report).order_by("id"))
    totals = [line for line in lines if line.is_total]
    parts = [line for line in lines if not line.is_total]
    held = {line.harm for line in totals}
    rows = [
        HarmRow(_harm_label(total), _range(total), children=[HarmRow(_part_label(part), _range(part))
                for part in parts if part.harm == total.harm])
        for total in totals
    ]  # fmt: skip
    loose = [part for part in parts if part.harm not in held]
    return rows + [HarmRow(f"{_harm_label(part)}, {_part_label(part)}", _range(part)) for part in loose]


def _range(line: ReportHarm) -> Range:
    return Range(line.minimum, line.best, line.maximum)


def _harm_label(line: ReportHarm) -> str:
    label = vocabulary("harm").label(line.harm, language())
    return (
        label
        if line.unit == "persons"
        else f"{label} ({vocabulary('harm_unit').label(line.unit, language())})"
    )


def _part_label(line: ReportHarm) -> str:
    named = (("sex", line.sex), ("age_band", line.age_band), ("person_status", line.status))
    return ", ".join(
        vocabulary(name).label(code, language()) for name, code in named if code != "unknown"
    ) or _("part")


def _consents(report: Report) -> list[tuple[str, str]]:
    latest = dict(Consent.objects.filter(report=report).order_by("at", "id").values_list("purpose", "answer"))
    return [
        (purpose, latest.get(purpose, "")) for purpose in vocabulary("consent_purpose") if purpose in latest
    ]


def _kept_apart(report: Report) -> list[Apart]:
    rows = KeptApart.objects.filter(report=report).select_related("by").order_by("at", "id")
    return [
        Apart(words_of(bytes(row.original)), row.at, row.by.display_name if row.by else "") for row in rows
    ]


def _grants(report: Report) -> list[Granted]:
    rows = (
        ReportGrant.objects.filter(report=report).select_related("person", "granted_by").order_by("starts_at")
    )
    return [
        Granted(
            row.pk,
            row.person.display_name if row.person else vocabulary("section").label(row.section, language()),
            row.reason,
            row.granted_by.display_name,
            row.ends_at,
        )
        for row in rows
    ]


def verbs(viewer: Viewer, report: Report) -> list[Verb]:
    """The steps of the workflow open to this viewer now, each with what it asks for."""
    words = vocabulary("verb")
    found = []
    for verb in REPORT.verbs_from(report.state):
        step = REPORT.steps(report.state, verb)[0]
        if viewer.may(step.permission):
            needs = [vocabulary("need").label(need, language()) for need in step.needs if need in ASKED]
            found.append(Verb(verb, words.label(verb, language()), needs))
    return found


def _reading(viewer: Viewer, report: Report, at: datetime) -> Reading:
    granted = ReportGrant.objects.filter(report=report, starts_at__lte=at).exclude(ends_at__lte=at)
    keys = {str(row.person_id) if row.person_id else row.section for row in granted}
    facts = facts_of(report, kind="report", granted_to=frozenset(keys))
    withheld = [
        part.label(language()) for part in Field if not may_see(viewer, facts, part, purpose=_("reading"))
    ]
    return Reading(
        reasons=[sentence.say(language()) for sentence in explain(viewer, facts)],
        withheld=withheld,
        logged=False,
    )


# Verb of an event -> what the history says. Verbs that are not here are shown by their code, never hidden.
def _titles() -> dict[str, str]:
    return {
        "reports.receive": _("Received"),
        "reports.keep_apart": _("Sent again with other content, kept apart"),
        "reports.take": _("Taken"),
        "reports.hold": _("Held for safety"),
        "reports.release": _("Released with a protection plan"),
        "reports.triage": _("Triage decided"),
        "reports.reclassify": _("Protection changed"),
        "reports.reopen": _("Reopened"),
        "reports.translate": _("Translation added"),
        "reports.grade": _("Source graded"),
        "reports.pause_clock": _("Clock paused"),
        "reports.resume_clock": _("Clock resumed"),
        "reports.acknowledge": _("Receipt given"),
        "reports.assign": _("Assigned"),
        "reports.share": _("Opened to another reader"),
        "reports.unshare": _("Reading ended"),
        "reports.withdraw_consent": _("Consent withdrawn"),
        "reports.tell": _("Reporter told"),
        "reports.link": _("Linked to an incident"),
        "reports.unlink": _("Unlinked"),
    }


def history(report: Report) -> list[Moment]:
    """Newest first: the events of the log, with the words that stood under the report at that moment."""
    said = _said(report)
    titles = _titles()
    return [
        Moment(
            at=event.at,
            title=titles.get(event.verb, event.verb),
            by=_actor(event),
            words=said(event),
            kind=_kind(event),
        )
        for event in events_of("report", report.code)
    ]


def _said(report: Report) -> Callable[[Event], str]:
    """The words belonging to an event: notes and triage reasons written by the same act, at the same moment."""
    notes = {(note.kind, note.at): note.text for note in ReportNote.objects.filter(report=report)}
    triages = {one.at: one for one in Triage.objects.filter(report=report)}
    kinds = {
        "reports.hold": "hold",
        "reports.release": "protection_plan",
        "reports.reopen": "reopen",
        "reports.tell": "tell",
    }

    def words(event: Event) -> str:
        if event.verb == "reports.triage" and event.at in triages:
            one = triages[event.at]
            return f"{vocabulary('triage_outcome').label(one.outcome, language())}\n{one.reason}"
        return notes.get((kinds.get(event.verb, ""), event.at), "")

    return words


def _kind(event: Event) -> str:
    return (
        "decision"
        if event.verb in {"reports.triage", "reports.hold", "reports.release", "reports.reopen"}
        else "event"
    )


def _actor(event: Event) -> str:
    """ "12 Amina Diallo" is shown without its number; "public" as the public form."""
    if event.actor == "public":
        return _("public form")
    if event.actor == "system":
        return _("the system")
    return event.actor.partition(" ")[2] or event.actor


def may(viewer: Viewer) -> Iterator[str]:
    """The permissions of this area the viewer holds, as short words for templates: triage, translate ..."""
    for permission in Permission:
        area, _dot, verb = permission.value.partition(".")
        if area == "reports" and viewer.may(permission):
            yield verb
