"""Fetcher of the page of one incident. Beside queries.py because one page asks for more than all lists together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from constat.apps.access.log import events_of
from constat.apps.access.models import Event, Identity
from constat.apps.access.queries import explain_access
from constat.apps.incidents import places
from constat.apps.incidents.actions.tell import NOTIFY
from constat.apps.incidents.grading import heard, operation_nearby, suggest, view_of
from constat.apps.incidents.models import (
    Attribution,
    Closure,
    HarmDifference,
    HarmLine,
    Incident,
    IncidentGrant,
    IncidentPause,
    IncidentReport,
    Merge,
    PersonHarm,
    PersonHarmed,
    Revision,
    Source,
)
from constat.apps.incidents.pages import (
    AttributionLine,
    ClosureLine,
    DifferenceLine,
    MergeLine,
    Page,
    PersonLine,
    ReportLine,
    SourceLine,
    Step,
)
from constat.apps.incidents.places import language
from constat.apps.incidents.queries import OWN_INVOLVEMENTS, clock_of, get, injured, killed
from constat.apps.incidents.verbs import ACTS
from constat.apps.reports.actions._rows import words_of
from constat.apps.reports.models import Translation
from constat.apps.reports.queries import readable_reports
from constat.rules.permissions import Permission
from constat.rules.proof import GradeSuggestion
from constat.rules.speech import Sentence
from constat.rules.tally import Range as Bounds
from constat.rules.tally import reconcile
from constat.rules.visibility import Facts, Field, Viewer, may_see
from constat.rules.vocabulary import vocabulary
from constat.rules.workflow import INCIDENT
from constat.ui.shapes import HarmRow, Moment, Range

GENERAL = "general"
ASKED = ("closure_reason", "explanation", "trigger", "absorbed_into")
# Acts on an open incident, in the order of the work: verb -> permission.
EDITS = (
    ("describe", Permission.INCIDENTS_BUILD), ("harm", Permission.INCIDENTS_BUILD),
    ("person", Permission.INCIDENTS_BUILD), ("source", Permission.INCIDENTS_GRADE),
    ("grade", Permission.INCIDENTS_GRADE), ("attribute", Permission.INCIDENTS_ATTRIBUTE),
    ("merge", Permission.INCIDENTS_MERGE), ("split_out", Permission.INCIDENTS_BUILD),
    ("assign", Permission.ACCESS_GRANT), ("share", Permission.ACCESS_GRANT),
)  # fmt: skip
ALSO_LATER = frozenset({"assign", "share"})  # these two do not change the facts
DONE_ELSEWHERE = frozenset({"absorb", "restore"})  # verbs of the table with pages of their own


def page(viewer: Viewer, code: str, *, at: datetime) -> Page:
    """Raises IncidentNotFound, also for an incident that is there and not theirs."""
    incident = get(viewer, code, at=at)
    held = places.facts(incident, viewer)
    names = places.named(incident)
    sources = list(heard(incident=incident).select_related("report").order_by("pk"))
    attributions = list(
        Attribution.objects.filter(incident=incident)
        .select_related("actor", "by")
        .order_by("withdrawn_at", "-at")
    )
    lines = list(HarmLine.objects.filter(incident=incident).order_by("harm", "-is_total", "pk"))
    pauses = list(IncidentPause.objects.filter(incident=incident))
    live = [row for row in attributions if row.withdrawn_at is None]
    suggestion = suggest(sources, live, lines, nearby=operation_nearby(incident))
    links = _links(viewer, incident, at)
    drawn = places.shape(viewer, incident)
    whole = may_see(viewer, held, Field.PATTERN).level == "full"
    shown = _attribution_shown(viewer, held, incident)
    return Page(
        **{name: getattr(incident, name) for name in _SAME},
        own=incident.involvement in OWN_INVOLVEMENTS,
        narrative=incident.narrative if whole else "",
        starts_on=incident.starts_on
        if whole or incident.starts_on is None
        else incident.starts_on.replace(day=1),
        ends_on=incident.ends_on if whole else None,
        date_precision=incident.date_precision if whole else "month",
        where=places.where(viewer, incident, names),
        killed=killed(incident),
        injured=injured(incident),
        harms=harm_rows(lines),
        graded_by=incident.graded_by.display_name if incident.graded_by else "",
        grade_trace=_spoken(incident.grade_trace),
        suggested=suggestion.grade,
        suggested_trace=[one.say(language()) for one in suggestion.trace],
        counter_evidence=[one.say(language()) for one in suggestion.counter_evidence],
        sources=_sources(viewer, held, sources, {line.code for line in links}),
        groups=len({view_of(one).independence_group for one in sources}),
        attributions=[_attribution(row) for row in attributions] if shown else [],
        attribution_shown=shown,
        persons=_persons(incident),
        differences=_differences(incident, lines),
        reports=[line for line in links if line.cut_at is None and line.readable],
        cut=[line for line in links if line.cut_at is not None and line.readable],
        closed_reports=sum(line.cut_at is None and not line.readable for line in links),
        clock=clock_of(incident, pauses, at),
        paused=any(pause.ends_at is None for pause in pauses),
        to_tell=incident.clock == NOTIFY,
        steps=steps(viewer, incident),
        edits=edits(viewer, incident),
        merges=_merges(incident),
        merged_into=incident.merged_into.code if incident.merged_into else "",
        closures=_closures(incident),
        history=history(incident) if _works_here(viewer) else [],
        reading=explain_access(
            viewer, incident, kind="incident", grants=IncidentGrant.objects.filter(incident=incident), at=at
        ),
        assigned_to=incident.assigned_to.display_name if incident.assigned_to else "",
        may_reveal=bool(viewer.may(Permission.IDENTITIES_REVEAL))
        and bool(may_see(viewer, held, Field.PERSON_IDENTITY, purpose="shown on demand")),
        has_shape=drawn is not None,
        bounds=places.bounds(drawn) if drawn else "",
    )


_SAME = (
    "code", "state", "incident_type", "weapon", "violence_type", "involvement", "sensitivity", "compartment", "grade",
    "grade_reason", "graded_at", "proof_standard", "docket",
)  # fmt: skip


def suggestion_of(viewer: Viewer, code: str, *, at: datetime) -> GradeSuggestion:
    """For the page where a person chooses the grade."""
    incident = get(viewer, code, at=at)
    return suggest(
        list(heard(incident=incident)),
        list(Attribution.objects.filter(incident=incident, withdrawn_at__isnull=True)),
        list(HarmLine.objects.filter(incident=incident)),
        nearby=operation_nearby(incident),
    )


def _works_here(viewer: Viewer) -> bool:
    return any(
        viewer.may(one)
        for one in (Permission.INCIDENTS_BUILD, Permission.INCIDENTS_CLOSE, Permission.LOG_READ)
    )


def _attribution_shown(viewer: Viewer, held: Facts, incident: Incident) -> bool:
    """A draft is for those who draft; who sees it coarsely sees what was signed."""
    level = may_see(viewer, held, Field.DRAFT_ATTRIBUTION).level
    return level == "full" or (level == "coarse" and incident.state == "closed")


# Harm ------------------------------------------------------------------------------------------------------------


def harm_rows(lines: Sequence[HarmLine]) -> list[HarmRow]:
    """Totals with their parts below; `n`: how many accounts a line names as its basis."""
    rows = []
    for line in (one for one in lines if one.is_total):
        parts = [
            one
            for one in lines
            if not one.is_total and one.unit == line.unit and _inside(one.harm, line.harm)
        ]
        children = tuple(HarmRow(_part_label(part, line), _bounds(part), _named(part)) for part in parts)
        rows.append(HarmRow(_label(line), _bounds(line), _named(line), children))
    return rows


def _inside(harm: str, whole: str) -> bool:
    return harm == whole or whole in vocabulary("harm").ancestors(harm)


def _label(line: HarmLine) -> str:
    label = vocabulary("harm").label(line.harm, language())
    parts = _who(line)
    if line.unit != "persons":
        parts.append(vocabulary("harm_unit").label(line.unit, language()))
    return f"{label} ({', '.join(parts)})" if parts else label


def _part_label(part: HarmLine, whole: HarmLine) -> str:
    words = _who(part)
    if part.harm != whole.harm:
        words.insert(0, vocabulary("harm").label(part.harm, language()))
    return ", ".join(words) or vocabulary("harm").label(part.harm, language())


def _who(line: HarmLine) -> list[str]:
    pairs = (("sex", line.sex), ("age_band", line.age_band), ("person_status", line.status))
    return [vocabulary(name).label(code, language()) for name, code in pairs if code != "unknown"]


def _bounds(line: HarmLine) -> Range:
    return Range(line.minimum, line.best, line.maximum)


def _named(line: HarmLine) -> int | None:
    return len([part for part in line.basis.split(",") if part.strip()]) or None


def _differences(incident: Incident, lines: Sequence[HarmLine]) -> list[DifferenceLine]:
    """Persons listed one by one against the figures; only when somebody was listed."""
    listed = Counter(PersonHarm.objects.filter(incident=incident).values_list("harm", flat=True))
    if not listed:
        return []
    stated = {
        line.harm: Bounds(line.minimum, line.best, line.maximum)
        for line in lines
        if line.is_total and line.unit == "persons"
    }
    said = dict(HarmDifference.objects.filter(incident=incident).values_list("harm", "reason"))
    relevant = {harm: value for harm, value in stated.items() if harm in listed}
    return [
        DifferenceLine(
            harm=one.harm, listed=one.listed, kind=one.kind, reason=one.reason,
            stated=Range(one.stated.min, one.stated.best, one.stated.max) if one.stated else None,
        )
        for one in reconcile(listed, relevant, said).differences
    ]  # fmt: skip


# Persons, sources, attribution -----------------------------------------------------------------------------------


def _persons(incident: Incident) -> list[PersonLine]:
    rows = list(PersonHarmed.objects.filter(harms__incident=incident).distinct().order_by("created_at"))
    keys = [row.key for row in rows]
    sealed = set(Identity.objects.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    harms: dict[Any, list[str]] = {}
    for key, harm in PersonHarm.objects.filter(incident=incident).values_list("person", "harm"):
        harms.setdefault(key, []).append(harm)
    return [
        PersonLine(
            key=str(row.key), short=str(row.key)[:8], sex=row.sex, age_band=row.age_band, status=row.status,
            groups=row.groups, harms=harms.get(row.key, []), sealed=row.key in sealed,
        )
        for row in rows
    ]  # fmt: skip


def _sources(viewer: Viewer, held: Facts, rows: Iterable[Source], readable: set[str]) -> list[SourceLine]:
    # A note may tell who the source is; the grading never does.
    noted = bool(may_see(viewer, held, Field.SOURCE_IDENTITY, purpose="the page of the incident"))
    return [
        SourceLine(
            pk=row.pk, kind=row.kind, reliability=row.reliability, credibility=row.credibility,
            group=view_of(row).independence_group, access=row.access, supports=row.supports,
            report=row.report.code if row.report and row.report.code in readable else "", note=row.note if noted else "",
        )
        for row in rows
    ]  # fmt: skip


def _attribution(row: Attribution) -> AttributionLine:
    return AttributionLine(
        pk=row.pk, actor=row.actor.name if row.actor else "", basis=row.basis, said_by=row.said_by,
        explanation=row.explanation, proof_standard=row.proof_standard, by=row.by.display_name if row.by else "",
        at=row.at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip


def _spoken(trace: Sequence[Mapping[str, Any]]) -> list[str]:
    """A stored trace as sentences. Facts are stored as codes and figures; the sentences of grading carry figures only."""
    return [Sentence(str(one["code"]), dict(one.get("facts", {}))).say(language()) for one in trace]


# Reports ---------------------------------------------------------------------------------------------------------


def _links(viewer: Viewer, incident: Incident, at: datetime) -> list[ReportLine]:
    """A report of a compartment the viewer is outside of is not there at all, and not counted. One of the shared
    compartment that they may not read for another reason is counted, without a word of it."""
    rows = list(
        IncidentReport.objects.filter(incident=incident)
        .select_related("report", "linked_by", "cut_by")
        .defer("report__search_text", "report__extra")
        .order_by("cut_at", "linked_at", "pk")
    )
    ids = [row.report_id for row in rows]
    readable = (
        set(readable_reports(viewer, at=at).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    )
    shared = {GENERAL, incident.compartment}
    kept = [row for row in rows if row.report_id in readable or row.report.compartment in shared]
    return [
        _report_line(row, row.report_id in readable, shared, said)
        for row, said in _with_translations(kept, readable)
    ]


def _with_translations(
    rows: Sequence[IncidentReport], readable: set[int]
) -> list[tuple[IncidentReport, Translation | None]]:
    wanted = [row.report_id for row in rows if row.report_id in readable]
    found: dict[int, Translation] = {}
    for one in Translation.objects.filter(report_id__in=wanted).order_by("at"):
        # The one in the reader's language, else the latest.
        if (
            one.report_id not in found
            or found[one.report_id].language != language()
            or one.language == language()
        ):
            found[one.report_id] = one
    return [(row, found.get(row.report_id)) for row in rows]


def _report_line(
    row: IncidentReport, readable: bool, shared: set[str], said: Translation | None
) -> ReportLine:
    report = row.report
    values: dict[str, Any] = {
        "code": report.code if readable else "", "relation": row.relation, "reason": row.reason if readable else "",
        "linked_by": row.linked_by.display_name if row.linked_by else "", "linked_at": row.linked_at,
        "readable": readable, "protected": report.compartment not in shared,
        "cut_by": row.cut_by.display_name if row.cut_by else "", "cut_at": row.cut_at,
        "cut_reason": row.cut_reason if readable else "",
    }  # fmt: skip
    if readable:
        values |= {
            "words": words_of(bytes(report.original)), "language": report.original_language, "channel": report.channel,
            "received_at": report.received_at, "translation": said.text if said else "",
            "translation_language": said.language if said else "",
        }  # fmt: skip
    return ReportLine(**values)


# What next -------------------------------------------------------------------------------------------------------


def steps(viewer: Viewer, incident: Incident) -> list[Step]:
    """The steps of the workflow open to this viewer now, each with what it asks for."""
    found = []
    for verb in INCIDENT.verbs_from(incident.state):
        step = INCIDENT.steps(incident.state, verb)[0]
        if verb not in DONE_ELSEWHERE and viewer.may(step.permission):
            needs = [vocabulary("need").label(need, language()) for need in step.needs if need in ASKED]
            found.append(Step(verb, vocabulary("verb").label(verb, language()), needs))
    return found


def edits(viewer: Viewer, incident: Incident) -> list[Step]:
    if incident.state == "merged":
        return []
    at_work = incident.state == "open"
    allowed = [
        verb for verb, permission in EDITS if viewer.may(permission) and (at_work or verb in ALSO_LATER)
    ]
    return [Step(verb, str(ACTS[verb].label) if verb in ACTS else str(_page_label(verb))) for verb in allowed]


def _page_label(verb: str) -> str:
    return {"merge": _("Merge with another incident"), "split_out": _("Split out into a new incident")}[verb]


def _merges(incident: Incident) -> list[MergeLine]:
    rows = Merge.objects.filter(kept=incident).select_related("absorbed", "by", "undone_by").order_by("-at")
    found = list(rows)
    lines: dict[int, list[HarmLine]] = {}
    if found:
        for line in HarmLine.objects.filter(incident__in=[row.absorbed_id for row in found]).order_by(
            "harm", "pk"
        ):
            lines.setdefault(line.incident_id, []).append(line)
    return [
        MergeLine(
            pk=row.pk, absorbed=row.absorbed.code, by=row.by.display_name, at=row.at, reason=row.reason,
            undone_at=row.undone_at, undone_by=row.undone_by.display_name if row.undone_by else "",
            undone_reason=row.undone_reason, harms=harm_rows(lines.get(row.absorbed_id, [])),
            taken_back=sorted(row.later.get("taken_back", {})),
        )
        for row in found
    ]  # fmt: skip


def _closures(incident: Incident) -> list[ClosureLine]:
    rows = Closure.objects.filter(incident=incident).select_related("by", "reopened_by").order_by("-at")
    return [
        ClosureLine(row.reason, row.explanation, row.by.display_name, row.at, row.reopened_at,
                    row.reopened_by.display_name if row.reopened_by else "", row.trigger)
        for row in rows
    ]  # fmt: skip


# History ---------------------------------------------------------------------------------------------------------


def _titles() -> dict[str, str]:
    return {
        "build": _("Incident built"), "link": _("Report linked"), "cut": _("Report cut"),
        "move_out": _("Report moved to another incident"), "move_in": _("Report moved here"),
        "refuse_suggestion": _("A suggestion was refused"), "reconsider_suggestion": _("A refusal was taken back"),
        "not_one_event": _("Told apart from another incident"), "perhaps_one_event": _("No longer told apart"),
        "describe": _("Description changed"), "set_harm": _("Figures changed"),
        "explain_difference": _("A difference was explained"), "add_person": _("Person harmed added"),
        "amend_person": _("Person harmed amended"), "remove_person": _("Person harmed taken off"),
        "add_source": _("Source added"), "grade_source": _("Source graded"), "grade": _("Graded"),
        "attribute": _("Attributed"), "withdraw_attribution": _("Attribution withdrawn"),
        "submit_for_review": _("Submitted for review"), "return_to_open": _("Returned for more work"),
        "close": _("Closed"), "reopen": _("Reopened"), "tell": _("Those concerned were told"), "pause": _("Clock paused"), "resume": _("Clock resumed"),
        "assign": _("Assigned"), "share": _("Opened to another reader"), "unshare": _("Reading ended"),
        "merge": _("Another incident was merged into it"), "absorbed": _("Merged into another incident"),
        "split": _("A merge was undone"), "restored": _("Restored from a merge"),
        "split_out": _("Part split out into a new incident"),
        "docket": _("Inquiry opened"), "undocket": _("Inquiry ended"),
        "find_involvement": _("Involvement of our force found by a decision"),
        # Acts of later steps on the incident, by the names the log has for them.
        "responses.add_addressee": _("Somebody to be told was added"), "responses.set_plan": _("Safe contact set"),
        "responses.judge_risk": _("Risk of a contact judged"), "responses.acknowledge": _("Harm acknowledged"),
        "responses.set_limit": _("Dates of a claim set"), "responses.file_claim": _("Claim filed"),
        "responses.except_claim": _("Exception for a late claim"),
    }  # fmt: skip


DECISIONS = frozenset(
    {
        "grade",
        "close",
        "reopen",
        "merge",
        "split",
        "restored",
        "absorbed",
        "attribute",
        "return_to_open",
        "find_involvement",
    }
)


def history(incident: Incident) -> list[Moment]:
    """Newest first: the events of the log, with the words that stood beside them at that moment."""
    said = {row.at: row.reason for row in Revision.objects.filter(incident=incident).exclude(reason="")}
    titles = _titles()
    return [_moment(event, titles, said) for event in events_of("incident", incident.code)]


def _moment(event: Event, titles: Mapping[str, str], said: Mapping[datetime, str]) -> Moment:
    verb = event.verb.removeprefix("incidents.")
    by = {"system": _("the system")}.get(event.actor) or event.actor.partition(" ")[2] or event.actor
    return Moment(at=event.at, title=titles.get(verb) or _("A later step"), by=by, words=said.get(event.at, ""),
                  kind="decision" if verb in DECISIONS else "event")  # fmt: skip


__all__ = ["edits", "harm_rows", "history", "page", "steps", "suggestion_of"]
