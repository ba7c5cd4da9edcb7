"""From the rows of an operation back to what was recorded of it, and to what the rule of overlap needs."""

from typing import Any

from constat.apps.operations.draft import Draft, EncounterDraft, Point, WeaponLine
from constat.apps.operations.models import Encounter, Exposure, Operation, WeaponUse

SAME = (
    "kind", "starts_at", "ends_at", "zone", "time_precision", "radius_km", "place_text", "place_precision", "place_id",
    "phase", "tasking", "kinetic", "partners", "supported_force", "planning", "fire", "warning_given", "recordings",
    "rules_card", "risk_sheet",
)  # fmt: skip


def draft_of(row: Operation) -> Draft:
    same: dict[str, Any] = {name: getattr(row, name) for name in SAME}
    return Draft(
        unit=row.unit.code, lon=row.lon or 0.0, lat=row.lat or 0.0, path=tuple((lon, lat) for lon, lat in row.path),
        domains=tuple(row.domains), external_key=row.external_key, content_sha256=row.content_sha256, **same,
        exposures=dict(Exposure.objects.filter(operation=row).order_by("measure").values_list("measure", "quantity")),
        weapons=tuple(weapon_line(use) for use in WeaponUse.objects.filter(operation=row).order_by("pk")),
        encounters=tuple(encounters_of(row)),
    )  # fmt: skip


def weapon_line(use: WeaponUse) -> WeaponLine:
    return WeaponLine(
        weapon=use.weapon, rounds=use.rounds, fire=use.fire, at=use.at, note=use.note,
        shooter=_point(use.shooter_lon, use.shooter_lat), target=_point(use.target_lon, use.target_lat),
    )  # fmt: skip


def _point(lon: float | None, lat: float | None) -> Point | None:
    return None if lon is None or lat is None else (lon, lat)


def encounters_of(row: Operation) -> list[EncounterDraft]:
    return [
        EncounterDraft(
            steps=tuple((step.step, step.distance_m) for step in sorted(one.steps.all(), key=lambda step: step.position)),
            outcome=one.outcome, light=one.light, at=one.at, note=one.note,
        )
        for one in Encounter.objects.filter(operation=row).order_by("pk").prefetch_related("steps")
    ]  # fmt: skip
