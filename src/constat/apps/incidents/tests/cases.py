"""Reports ready to be linked, with defaults that make the common case one line. All invented."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from constat.analysis.names import index_text
from constat.apps.access.counters import next_code
from constat.apps.incidents import actions
from constat.apps.incidents.models import Incident
from constat.apps.reports.models import Report, ReportHarm
from tests.cast import NOW

WORDS = "Des hommes armés ont tiré sur le marché de Tabankort, trois personnes sont mortes."


def make_report(
    *, words: str = WORDS, harms: Sequence[dict[str, Any]] = (), state: str = "accepted", **over: Any
) -> Report:
    """An accepted report of three people killed at a market, exact place and day, general compartment, L2."""
    original = words.encode()
    values: dict[str, Any] = {
        "code": next_code("R", 2026), "channel": "phone", "reporter_type": "witness", "received_at": NOW,
        "original": original, "original_language": "fr", "original_sha256": hashlib.sha256(original).hexdigest(),
        "starts_on": date(2026, 2, 20), "date_precision": "day", "place_text": "Tabankort", "country": "MLI",
        "adm1": "ML07", "adm2": "ML0701", "lon": 0.25, "lat": 17.55, "place_precision": "exact",
        "incident_type": "ground_engagement", "weapon": "small_arms_light", "violence_type": "one_sided",
        "involvement": "not_alleged", "reliability": "B", "credibility": "2", "source_access": "eyewitness",
        "independence_group": "", "state": state, "sensitivity": 2, "compartment": "general",
    }  # fmt: skip
    values.update(over)
    report = Report(**values)
    report.search_text = index_text(report.code, report.place_text, words)
    report.save()
    for line in harms or [{"harm": "death", "minimum": 2, "best": 3, "maximum": 4}]:
        ReportHarm.objects.create(report=report, **line)
    return report


def build(by: Any, *reports: Report, **over: Any) -> Incident:
    """An open incident from these reports (from one made here if none is given)."""
    codes = [report.code for report in reports] or [make_report().code]
    return incident_of(actions.build(by=by, at=NOW, reports=codes, **over))


def incident_of(code: str) -> Incident:
    return Incident.objects.get(code=code)
