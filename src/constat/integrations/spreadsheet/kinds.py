"""Files that need no mapping: another system's own format, recognised by its columns. Each system's folder names itself
here when the program starts (its apps.py), so that this folder need not know them."""

from collections.abc import Callable
from dataclasses import dataclass

from constat.integrations.spreadsheet.importing import Outcome


@dataclass(frozen=True)
class Kind:
    """bring_in takes path, filename, by, at and dry_run, all by name. door: route of the kind's own first page, for a
    kind that other people bring in than those who bring reports."""

    code: str
    recognises: Callable[[tuple[str, ...]], bool]
    bring_in: Callable[..., Outcome]
    door: str = ""


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    _kinds[kind.code] = kind


def kind_of(headers: tuple[str, ...]) -> Kind | None:
    """None: a list whose columns a person has to explain."""
    return next((kind for kind in _kinds.values() if kind.recognises(headers)), None)


__all__ = ["Kind", "add", "kind_of"]
