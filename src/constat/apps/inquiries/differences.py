"""The baseline and a version of the findings, side by side: what was reported, what was found, what of it differs."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from constat.apps.incidents import places
from constat.apps.inquiries.facts import COLUMNS, EXACT
from constat.apps.inquiries.models import Assessment, Inquiry
from constat.apps.reports.queries import area_names
from constat.rules.visibility import Field, Viewer, may_see

# Columns that hold a code, and the vocabulary it is of.
WORDS = {
    "date_precision": "date_precision", "place_precision": "place_precision", "incident_type": "incident_type",
    "weapon": "weapon", "violence_type": "violence_type", "involvement": "involvement", "grade": "grade",
    "proof_standard": "proof_standard", "country": "country",
}  # fmt: skip
RANGES = {"deaths": "deaths", "injured": "injured"}
# Not compared: parts of a range, prose too long for a cell, what only the machine needs.
LEFT_OUT = frozenset(
    {f"{name}_{end}" for name in RANGES for end in ("min", "best", "max")} | {"methodology", "narrative"}
)
Three = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Difference:
    """One line. `kind`: range, date, text, or the vocabulary of the code. Values as they are stored; a range as three."""

    name: str
    kind: str
    baseline: Any
    amplified: Any

    @property
    def changed(self) -> bool:
        return bool(self.baseline != self.amplified)


def differences(
    viewer: Viewer, inquiry: Inquiry, *, at: datetime, version: Assessment | None = None
) -> list[Difference]:
    """Against the last version unless one is given; empty while there is none. What a viewer sees of the incident only
    coarsely is left out here too."""
    last = version or Assessment.objects.filter(inquiry=inquiry).order_by("-number").first()
    if last is None:
        return []
    before = json.loads(bytes(inquiry.baseline.content))["columns"]
    after = {
        **last.facts["columns"],
        "involvement": last.involvement,
        "proof_standard": last.proof_standard,
    }
    lines = [Difference(name, "range", _three(before, name), (*_of(last, name),)) for name in RANGES]
    incident = inquiry.incident
    whole = may_see(viewer, places.facts(incident, viewer), Field.PATTERN).level == "full"
    exactly = places.exactly(viewer, incident)
    for name in COLUMNS:
        hidden = (name in EXACT and not exactly) or (not whole and name not in {"involvement", "grade"})
        if name not in LEFT_OUT and not hidden:
            lines.append(Difference(name, _kind(name), before.get(name), after.get(name)))
    return _with_names(lines)


def _with_names(lines: list[Difference]) -> list[Difference]:
    """Areas by their names, where the register has one."""
    areas = [line for line in lines if line.name.startswith("adm")]
    names = area_names(code for line in areas for code in (line.baseline, line.amplified) if code)

    def named(line: Difference) -> Difference:
        return replace(line, baseline=names.get(line.baseline, line.baseline),
                       amplified=names.get(line.amplified, line.amplified))  # fmt: skip

    return [named(line) if line in areas else line for line in lines]


def _kind(name: str) -> str:
    if name in WORDS:
        return WORDS[name]
    return "date" if name.endswith("_on") else "text"


def _three(columns: dict[str, Any], name: str) -> Three:
    return columns[f"{name}_min"], columns[f"{name}_best"], columns[f"{name}_max"]


def _of(row: Assessment, name: str) -> Three:
    return getattr(row, f"{name}_min"), getattr(row, f"{name}_best"), getattr(row, f"{name}_max")


def reports_since(inquiry: Inquiry, version: Assessment) -> tuple[list[str], list[str]]:
    """Codes of reports that came in after the baseline, and of those that were cut since."""
    before = {one["code"] for one in json.loads(bytes(inquiry.baseline.content))["reports"]}
    after = {one["code"] for one in version.facts["reports"]}
    return sorted(after - before), sorted(before - after)
