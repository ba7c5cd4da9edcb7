"""Items ready to be handled, with defaults that make the common case one line. All invented."""

import io
from typing import Any

from PIL import Image

from constat.apps.evidence import actions
from constat.apps.evidence.models import Item
from constat.apps.incidents.models import Incident
from constat.apps.incidents.tests.cases import build
from tests.cast import NOW

TEXT = "Relevé du marché de Tabankort, fait à pied le 20 février.\n".encode()


def picture(*, size: tuple[int, int] = (320, 240), colour: str = "white", **save: Any) -> bytes:
    """A JPEG picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **save)
    return out.getvalue()


def case(by: Any, *, assigned_to: Any = None, builder: Any = None, **over: Any) -> Incident:
    """An incident that is this person's work. `over`: columns, for instance its compartment."""
    incident = build(builder or by)
    Incident.objects.filter(pk=incident.pk).update(assigned_to=assigned_to or by, **over)
    return Incident.objects.get(pk=incident.pk)


def deposit(by: Any, incident: Any, data: bytes = TEXT, *, at: Any = NOW, **over: Any) -> Item:
    values: dict[str, Any] = {"title": "Relevé du marché", "filename": "releve.txt"}
    values.update(over)
    code = actions.deposit(by=by, at=at, file=io.BytesIO(data), subject=("incident", incident.code), **values)
    return Item.objects.get(code=code)
