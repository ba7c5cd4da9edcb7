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

    What is suppressed is, taken together, the total minus the others: so the smallest others go with it until there are two
    and together they hold k people or more. Raises CellsDisagree.
    """
    known = sum(value for value in parts.values() if value is not None)
    if known > total or (known != total and None not in parts.values()):
        raise CellsDisagree("cells_disagree", sum=known, total=total)
    cells = {name: Printed(value, public_cell(value, k)) for name, value in parts.items()}
    hidden = [name for name, one in cells.items() if one.cell is Cell.SUPPRESSED]
    hidden += _companions(cells, hidden, k)
    return {
        name: Printed(None, Cell.SUPPRESSED, one.cell is Cell.SHOWN) if name in hidden else one
        for name, one in cells.items()
    }


def _companions(cells: Mapping[str, Printed], hidden: list[str], k: int) -> list[str]:
    # An unknown cell hides already: the rest cannot be computed to the unit.
    if not hidden or any(one.cell is Cell.UNKNOWN for one in cells.values()):
        return []
    shown = sorted((one.value or 0, name) for name, one in cells.items() if one.cell is Cell.SHOWN)
    together = sum(cells[name].value or 0 for name in hidden)
    found: list[str] = []
    for value, name in shown:
        if len(hidden) + len(found) >= 2 and together >= k:
            break
        found.append(name)
        together += value
    return found


def rest_points(part: int, whole: int, k: int) -> bool:
    """Does a part printed beside its whole point at the rest? Of 12 killed 11 were women: then one was not. A rest of nobody
    points at nobody."""
    return 0 < whole - part < k
