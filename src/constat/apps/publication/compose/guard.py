"""Two columns side by side, killed and all harm: the difference is a third one that nobody printed and everybody can compute.

The attacker of constat.analysis.suppression works on what would be printed; while it finds a number below the threshold, one
more cell is kept back. Cells are only ever taken away, so what a column hid by itself stays hidden.
"""

from collections.abc import Mapping

from constat.rules.cells import Printed
from constat.rules.disclosure import Cell

PART, REST = "part", "rest"


def guarded(
    part: Mapping[str, Printed], whole: Mapping[str, Printed], true: Mapping[str, tuple[int, int]],
    margins: tuple[int | None, int | None], k: int,
) -> tuple[dict[str, Printed], dict[str, Printed]]:  # fmt: skip
    """Both columns, safe together. true: row -> (part, whole), the part inside the whole. margins: as printed, or None."""
    columns = (dict(part), dict(whole))
    small = {
        (row, name)
        for row, (one, all_) in true.items()
        for name, value in ((PART, one), (REST, all_ - one), ("", all_))
        if 0 < value < k
    }
    while small and (row := _given_away(columns, true, margins, small, k)) is not None:
        # First the row's own number, that hides the difference; then a neighbour, that hides the row.
        own = columns[0][row].cell is Cell.SHOWN
        found = (0, row) if own else _next(columns, true)
        if found is None:
            break
        columns[found[0]][found[1]] = Printed(None, Cell.SUPPRESSED, secondary=True)
    return columns


def _next(
    columns: tuple[dict[str, Printed], dict[str, Printed]], true: Mapping[str, tuple[int, int]]
) -> tuple[int, str] | None:
    """The smallest number of the narrower column that is still printed, then of the wider one. Zeros tell of nobody."""
    for column in (0, 1):
        left = [(true[row][column], row) for row, one in columns[column].items() if one.cell is Cell.SHOWN]
        if left:
            return column, min(left)[1]
    return None


def _given_away(
    columns: tuple[dict[str, Printed], dict[str, Printed]], true: Mapping[str, tuple[int, int]],
    margins: tuple[int | None, int | None], small: set[tuple[str, str]], k: int,
) -> str | None:  # fmt: skip
    """The first row of which a reader can tell that a small number is small, or that it is no smaller than it is."""
    # Not at the top: the solver is heavy, and most that runs here composes nothing.
    from constat.analysis.suppression import TOTAL, Released, attack

    values: dict[tuple[str, ...], int | None] = {(TOTAL, PART): margins[0], (TOTAL, TOTAL): margins[1]}
    for row in true:
        values[row, PART], values[row, TOTAL] = columns[0][row].value, columns[1][row].value
        values[row, REST] = None
    bounds = attack([Released("note", ("row", "kind"), values)])
    if bounds is None:
        return None
    for one in bounds:
        row, kind = one.cell
        name = "" if kind == TOTAL else kind
        if (row, name) not in small:
            continue
        value = {PART: true[row][0], REST: true[row][1] - true[row][0], "": true[row][1]}[name]
        if one.lower >= value or (one.upper is not None and one.upper < k):
            return row
    return None
