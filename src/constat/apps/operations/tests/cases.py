"""Units of our own force and operations of theirs, with defaults that make the common case one line. All invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from constat.apps.operations import actions
from constat.apps.operations.draft import Draft
from constat.apps.operations.models import Operation
from constat.apps.register.models import Actor, Unit
from tests.cast import NOW

DAY = datetime(2026, 2, 20, tzinfo=UTC)


def own_unit(code: str = "bat-1", **over: Any) -> Unit:
    force, _ = Actor.objects.get_or_create(
        code="own", defaults={"name": "Own force", "kind": "own_force", "folded": "own", "is_own": True}
    )
    return Unit.objects.get_or_create(code=code, defaults={"name": code.upper(), "actor": force, **over})[0]


def draft(**over: Any) -> Draft:
    """A foot patrol of bat-1 on 20 February 2026 from 8 to 12, two kilometres around a place."""
    values: dict[str, Any] = {
        "unit": "bat-1", "kind": "foot_patrol", "starts_at": DAY + timedelta(hours=8),
        "ends_at": DAY + timedelta(hours=12), "zone": "UTC", "lon": 0.25, "lat": 17.55, "radius_km": 2.0,
        "place_text": "Tabankort",
    }  # fmt: skip
    values.update(over)
    own_unit(values["unit"])
    return Draft(**values)


def recorded(by: Any, **over: Any) -> Operation:
    return Operation.objects.get(code=actions.record(by=by, at=NOW, draft=draft(**over)))


def days(first: str, last: str) -> dict[str, date]:
    return {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
