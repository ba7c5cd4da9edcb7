"""A published table of counts: small cells suppressed, and one more wherever the total would give the first away."""

from collections.abc import Mapping
from dataclasses import dataclass

from constat.rules.disclosure import Cell, public_cell
from constat.rules.speech import RuleError


class CellsDisagree(RuleError):
    """The parts of a table do not add up to its total: nothing is published from it."""


@dataclass(frozen=True)
class Printed:
    """A cell as it may be printed. `value` is None when it is suppressed or unknown."""

    value: int | None
    cell: Cell
    secondary: bool = False  # large enough by itself; kept back so that a neighbour cannot be computed


def printed(parts: Mapping[str, int | None], total: int, k: int) -> dict[str, Printed]:
    """The cells of one column under its published total. Unknown parts are None and are not zero.

    A single suppressed cell is total minus the others, so the smallest other one goes with it. Raises CellsDisagree.
    """
    known = sum(value for value in parts.values() if value is not None)
    if known > total or (known != total and None not in parts.values()):
        raise CellsDisagree("cells_disagree", sum=known, total=total)
    cells = {name: Printed(value, public_cell(value, k)) for name, value in parts.items()}
    hidden = [name for name, one in cells.items() if one.cell is Cell.SUPPRESSED]
    hidden += _companion(cells, hidden)
    return {
        name: Printed(None, Cell.SUPPRESSED, one.cell is Cell.SHOWN) if name in hidden else one
        for name, one in cells.items()
    }


def _companion(cells: Mapping[str, Printed], hidden: list[str]) -> list[str]:
    # An unknown cell hides already: the rest cannot be computed to the unit.
    unknown = any(one.cell is Cell.UNKNOWN for one in cells.values())
    if len(hidden) != 1 or unknown:
        return []
    shown = [(one.value or 0, name) for name, one in cells.items() if one.cell is Cell.SHOWN]
    return [min(shown)[1]] if shown else []
