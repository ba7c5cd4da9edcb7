"""Which incidents a report may belong to, which reports an incident may be missing, which two incidents may be one.

Candidates come by index (days around the event, box or area), the score by constat.analysis.suggestion, the decision by a
person. What was refused once is not proposed again, and the page says how many were compared.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from constat.analysis.names import BONES, fold
from constat.analysis.suggestion import SHOWN_FROM, Account, Suggestion, rarity_of, suggest
from constat.apps.incidents.errors import ReportNotReadable
from constat.apps.incidents.models import Incident, IncidentReport, NotOneEvent, NotTheSame
from constat.apps.incidents.pages import Proposal, Proposals, Where
from constat.apps.incidents.places import where
from constat.apps.incidents.precision import (
    EXACT_RADIUS_KM,
    date_width,
    known_level,
    slack_days,
    window,
)
from constat.apps.incidents.queries import get, killed, readable_incidents
from constat.apps.incidents.reasons import names_in, said
from constat.apps.incidents.sums import family
from constat.apps.reports.models import Report, ReportHarm
from constat.apps.reports.queries import area_names, readable_reports
from constat.apps.reports.queries import where as report_where
from constat.rules.disclosure import radius_km
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.shapes import Range

AROUND_DAYS = (
    7  # people are a few days wrong about a date; further off nothing is proposed unless the date is coarse
)
AROUND_KM = 30.0
KM_PER_DEGREE = 111.32
MOST = 400  # candidates scored for one page
TOP = 5
COARSE_DATES = tuple(c for c in vocabulary("date_precision") if date_width(c) > 7)
AREA_PLACES = tuple(c for c in vocabulary("place_precision") if radius_km(c) is None)
LINKABLE = ("in_triage", "accepted", "linked")  # vocabulary "report_state": from here a report can be linked
UNKNOWN = "unknown"
LEAST_LETTERS = 3
# Words that every account has, folded. A small pool cannot find out by itself that they tell nothing.
EVERYWHERE = frozenset(
    [
        "aux",
        "avec",
        "ces",
        "cette",
        "dans",
        "des",
        "elle",
        "est",
        "ete",
        "etaient",
        "etait",
        "ils",
        "les",
        "leur",
        "leurs",
        "mais",
        "nous",
        "ont",
        "par",
        "pas",
        "plus",
        "pour",
        "que",
        "qui",
        "sans",
        "selon",
        "ses",
        "son",
        "sont",
        "sous",
        "sur",
        "une",
        "vers",
        "and",
        "are",
        "been",
        "but",
        "for",
        "from",
        "has",
        "have",
        "her",
        "his",
        "not",
        "that",
        "the",
        "their",
        "there",
        "they",
        "this",
        "was",
        "were",
        "which",
        "with",
        "ala",
        "an",
        "ila",
        "ma",
        "min",
        "fi",
        "wa",
        "hatha",
        "hathih",
        "allathi",
    ]
)


def for_report(viewer: Viewer, code: str, *, at: datetime, everything: bool = False) -> Proposals:
    """The incidents this report may be about. Raises ReportNotReadable."""
    report = (
        readable_reports(viewer, at=at)
        .filter(code=code)
        .select_related("place", "claimed_actor", "source")
        .first()
    )
    if report is None:
        raise ReportNotReadable(code, code=code)
    linked = IncidentReport.objects.filter(report=report, cut_at__isnull=True).values("incident")
    refused = NotTheSame.objects.filter(report=report)
    rows = readable_incidents(viewer, at=at).exclude(state="merged").exclude(pk__in=linked)
    rows = rows.exclude(pk__in=refused.values("incident")).select_related("place")
    found = _near(rows, report)
    accounts = incident_accounts(viewer, found[:MOST], at)
    said_no = (
        readable_incidents(viewer, at=at)
        .filter(pk__in=refused.values("incident"))
        .values_list("code", flat=True)
    )
    return _proposals(
        viewer, report_account(report, _harms([report.pk]).get(report.pk, {})), accounts, found, everything,
        lambda row: _incident_line(viewer, row), refused=sorted(said_no),
    )  # fmt: skip


def for_incident(viewer: Viewer, code: str, *, at: datetime, everything: bool = False) -> Proposals:
    """The reports that may belong to this incident and do not yet."""
    incident = get(viewer, code, at=at)
    linked = IncidentReport.objects.filter(incident=incident, cut_at__isnull=True).values("report")
    refused = NotTheSame.objects.filter(incident=incident)
    rows = readable_reports(viewer, at=at).filter(state__in=LINKABLE).exclude(pk__in=linked)
    rows = (
        rows.exclude(pk__in=refused.values("report"))
        .select_related("place", "claimed_actor", "source")
        .defer("original")
    )
    found = _near(rows, incident)
    harms = _harms([row.pk for row in found[:MOST]])
    accounts = [report_account(row, harms.get(row.pk, {})) for row in found[:MOST]]
    (account,) = incident_accounts(viewer, [incident], at)
    said_no = (
        readable_reports(viewer, at=at).filter(pk__in=refused.values("report")).values_list("code", flat=True)
    )
    return _proposals(viewer, account, accounts, found, everything, lambda row: _report_line(viewer, row, harms),
                      refused=sorted(said_no))  # fmt: skip


def doubles(viewer: Viewer, code: str, *, at: datetime, everything: bool = False) -> Proposals:
    """Incidents that may be the same event as this one."""
    incident = get(viewer, code, at=at)
    told_apart = NotOneEvent.objects.filter(Q(one=incident) | Q(other=incident)).values_list("one", "other")
    apart = {pk for pair in told_apart for pk in pair} - {incident.pk}
    rows = readable_incidents(viewer, at=at).exclude(state="merged").exclude(pk__in=[incident.pk, *apart])
    rows = rows.select_related("place")
    # Two compartments are never merged; proposing it would be a promise the merge refuses.
    found = _near(rows.filter(compartment=incident.compartment), incident)
    (account,) = incident_accounts(viewer, [incident], at)
    accounts = incident_accounts(viewer, found[:MOST], at)
    said_no = readable_incidents(viewer, at=at).filter(pk__in=apart).values_list("code", flat=True)
    return _proposals(viewer, account, accounts, found, everything, lambda row: _incident_line(viewer, row),
                      refused=sorted(said_no))  # fmt: skip


# Candidates ------------------------------------------------------------------------------------------------------


def _near(rows: QuerySet[Any], to: Report | Incident) -> list[Any]:
    """By day and by place, each widened by what both sides leave open; newest first, one more than is scored."""
    found = rows.filter(_days(to)).filter(_ground(to))
    return list(found.order_by("-starts_on", "-id")[: MOST + 1])


def _days(to: Report | Incident) -> Q:
    if to.starts_on is None:
        return Q()
    first, last = window(to.date_precision, to.starts_on, to.ends_on, AROUND_DAYS)
    year = timedelta(days=366)
    inside = Q(starts_on__range=(first, last)) | Q(starts_on__lte=last, ends_on__gte=first)
    coarse = Q(date_precision__in=COARSE_DATES, starts_on__range=(first - year, last + year))
    return inside | coarse | Q(starts_on__isnull=True)


def _ground(to: Report | Incident) -> Q:
    """The same region for whatever is coarse on either side; a box for what can be measured."""
    region = Q(adm1=to.adm1) if to.adm1 and known_level(to.place_precision) >= 1 else Q(country=to.country)
    own = radius_km(to.place_precision)
    if to.lon is None or to.lat is None or own is None:
        return region | Q(adm1="", lon__isnull=True) if to.country or to.adm1 else Q()
    high = (AROUND_KM + own + 25.0) / KM_PER_DEGREE
    wide = high / max(0.2, 1 - abs(to.lat) / 90)  # wider than needed away from the equator, never narrower
    box = Q(lon__range=(to.lon - wide, to.lon + wide), lat__range=(to.lat - high, to.lat + high))
    return box | (region & (Q(place_precision__in=AREA_PLACES) | Q(lon__isnull=True)))


# Accounts --------------------------------------------------------------------------------------------------------


def tokens(text: str) -> frozenset[str]:
    """Words of a folded text that can tell one account from another: no figures, no particles, no bones of Arabic words."""
    words = (word for word in text.split() if len(word) >= LEAST_LETTERS and not word.isdigit())
    return frozenset(word for word in words if word not in EVERYWHERE and not word.startswith(BONES))


def report_account(report: Report, counts: dict[str, tuple[int, int | None, int | None]]) -> Account:
    return Account(
        key=report.code,
        texts=(tokens(report.search_text),),
        actors=frozenset({report.claimed_actor.code} if report.claimed_actor else ()),
        sources=_sources(report.independence_group, report.source_id, report.external_key),
        counts=counts,
        **_common(report),
    )


def incident_accounts(viewer: Viewer, incidents: Sequence[Incident], at: datetime) -> list[Account]:
    """One query for all their reports, of which only those this viewer may read are heard."""
    ids = [incident.pk for incident in incidents]
    links = (
        IncidentReport.objects.filter(incident_id__in=ids, cut_at__isnull=True)
        .filter(report__in=readable_reports(viewer, at=at))
        .values_list("incident_id", "report__search_text", "report__claimed_actor__code", "report__independence_group",
                     "report__source_id", "report__external_key")
    )  # fmt: skip
    heard: dict[int, list[tuple[Any, ...]]] = {}
    for pk, *values in links:
        heard.setdefault(pk, []).append(tuple(values))
    return [_incident_account(incident, heard.get(incident.pk, [])) for incident in incidents]


def _incident_account(incident: Incident, heard: Iterable[tuple[Any, ...]]) -> Account:
    texts, actors, sources = [tokens(incident.search_text)], set(), frozenset[str]()
    for text, actor, group, source, key in heard:
        texts.append(tokens(text))
        actors |= {actor} - {None}
        sources |= _sources(group, source, key)
    counts = {
        name: (found.low or 0, found.best, found.high)
        for name, found in (("death", killed(incident)), ("injury", _injured(incident)))
        if found
    }
    return Account(key=incident.code, texts=tuple(texts), actors=frozenset(actors), sources=sources, counts=counts,
                   **_common(incident))  # fmt: skip


def _injured(incident: Incident) -> Range | None:
    found = (incident.injured_min, incident.injured_best, incident.injured_max)
    return None if found == (0, None, None) else Range(*found)


def _sources(group: str, source: int | None, key: str) -> frozenset[str]:
    found = {f"group:{group}"} if group else set()
    return frozenset(found | ({f"key:{source}:{key}"} if source and key else set()))


def _common(record: Report | Incident) -> dict[str, Any]:
    radius = radius_km(record.place_precision)
    codes = (record.country, record.adm1, record.adm2, record.adm3)[: known_level(record.place_precision) + 1]
    areas: list[str] = []
    for code in codes:
        if not code:
            break
        areas.append(code)
    return {
        "first": record.starts_on,
        "last": record.ends_on or record.starts_on,
        "slack_days": slack_days(record.date_precision, record.starts_on, record.ends_on)
        if record.starts_on
        else 0,
        "lon": record.lon,
        "lat": record.lat,
        "radius_km": None if radius is None else max(radius, EXACT_RADIUS_KM),
        "areas": tuple(areas),
        "place_name": fold(record.place.name if record.place else record.place_text),
        "incident_type": "" if record.incident_type == UNKNOWN else record.incident_type,
        "weapon": "" if record.weapon == UNKNOWN else record.weapon,
    }


def _harms(ids: Sequence[int]) -> dict[int, dict[str, tuple[int, int | None, int | None]]]:
    """Report -> family of harm -> its total line. Where there are several, the fullest one."""
    lines = ReportHarm.objects.filter(report_id__in=ids, is_total=True, unit="persons")
    found: dict[int, dict[str, tuple[int, int | None, int | None]]] = {}
    for line in lines:
        mine = found.setdefault(line.report_id, {})
        harm = family(line.harm)
        if harm not in mine or line.minimum > mine[harm][0]:
            mine[harm] = (line.minimum, line.best, line.maximum)
    return found


# Lines of the page -----------------------------------------------------------------------------------------------


def _proposals(
    viewer: Viewer, account: Account, accounts: Sequence[Account], found: Sequence[Any], everything: bool, line: Any,
    *, refused: Sequence[str],
) -> Proposals:  # fmt: skip
    rarity = rarity_of([text for one in (account, *accounts) for text in one.texts])
    scored = suggest(account, accounts, rarity=rarity, limit=len(accounts))
    above = [one for one in scored if one.score >= SHOWN_FROM]
    shown = scored[: TOP * 4] if everything else above[:TOP]
    rows = {row.code: row for row in found}
    names = area_names(
        code for one in shown for code in (rows[one.incident_key].adm1, rows[one.incident_key].adm2)
    )
    spoken = names_in(reason for one in shown for reason in one.reasons)
    return Proposals(
        lines=[_with_reasons(one, line(rows[one.incident_key]), names, spoken) for one in shown],
        compared=len(accounts), capped=len(found) > MOST, below=len(scored) - len(above),
        threshold=round(SHOWN_FROM * 100), refused=refused,
    )  # fmt: skip


def _with_reasons(
    one: Suggestion, values: dict[str, Any], names: dict[str, str], spoken: dict[str, str]
) -> Proposal:
    place = values.pop("where")
    # Never 100: nothing here is certain.
    return Proposal(
        percent=min(round(one.score * 100), 99),
        reasons=said(one.reasons, spoken),
        where=place(names),
        **values,
    )


def _incident_line(viewer: Viewer, row: Incident) -> dict[str, Any]:
    return {
        "code": row.code, "incident_type": row.incident_type, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "date_precision": row.date_precision, "where": lambda names: where(viewer, row, names), "killed": killed(row),
        "state": row.state, "excerpt": row.narrative[:240],
    }  # fmt: skip


def _report_line(viewer: Viewer, row: Report, harms: dict[int, Any]) -> dict[str, Any]:
    count = harms.get(row.pk, {}).get("death")
    value = {name: getattr(row, name) for name in ("adm1", "adm2", "place_text", "place_precision", "lon", "lat",
             "sensitivity", "compartment", "office", "recorded_by_id", "assigned_to_id")}  # fmt: skip
    value["place__name"] = row.place.name if row.place else ""
    return {
        "code": row.code, "incident_type": row.incident_type, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "date_precision": row.date_precision, "where": lambda names: Where.of(report_where(viewer, value, names)),
        "killed": Range(*count) if count else None, "state": row.state,
    }  # fmt: skip
