"""The facts of an incident as plain data: what a baseline freezes, what a version of the findings is compared with.

One shape for both, so that a difference is a difference of facts and not of form. Reports of a closed compartment that
hang on an incident of the general one are left out: whoever reads the inquiry may not know of them.
"""

from typing import Any

from constat.apps.access.log import canonical
from constat.apps.incidents.actions._case import shows
from constat.apps.incidents.models import HarmLine, Incident, IncidentReport

FORM = "constat-facts-1"
COLUMNS = (
    "starts_on", "ends_on", "date_precision", "place_text", "country", "adm1", "adm2", "adm3", "lon", "lat",
    "place_precision", "incident_type", "weapon", "violence_type", "involvement", "grade", "proof_standard", "deaths_min",
    "deaths_best", "deaths_max", "injured_min", "injured_best", "injured_max", "narrative", "methodology",
)  # fmt: skip
# Where exactly it was: shown only to those who see the exact place of the incident.
EXACT = frozenset({"place_text", "lon", "lat"})
HARM = ("harm", "sex", "age_band", "status", "unit", "minimum", "best", "maximum", "is_total", "basis")


def facts_of(incident: Incident) -> dict[str, Any]:
    """The columns, the lines of harm, and by code and hash the reports it rests on."""
    lines = HarmLine.objects.filter(incident=incident).order_by("pk").values_list(*HARM)
    links = IncidentReport.objects.filter(incident=incident, cut_at__isnull=True).select_related("report")
    return {
        "form": FORM,
        "incident": incident.code,
        "columns": {name: _plain(getattr(incident, name)) for name in COLUMNS},
        "harms": [dict(zip(HARM, line, strict=True)) for line in lines],
        "reports": [
            {
                "code": link.report.code,
                "sha256": link.report.original_sha256,
                "received_at": link.report.received_at.isoformat(),
                "involvement": link.report.involvement,
            }
            for link in links.order_by("report__code")
            if shows(incident, link.report)
        ],
    }


def as_reported(incident: Incident) -> bytes:
    """The bytes that a baseline keeps."""
    return canonical(facts_of(incident)).encode("utf-8")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
