"""A dot-and-whisker chart as plain coordinates for an SVG: no number is ever drawn without its range and its n.

Sizes are in the units of the viewBox. Arabic pages read it from the right, so the axis is mirrored.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constat.ui import formats
from constat.ui.shapes import bounds

WIDTH = 720
LABELS = 190  # room for the names
NOTES = 78  # room for n
ROW = 26
TOP = 24


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    full: str
    y: str  # text, because a template writes a float with the comma of the language
    text_y: str
    solid: str
    dashed: str
    dot: str
    note: str
    n: int
    tally: Any
    url: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: int
    height: int
    ticks: list[Tick]
    lines: list[Line]
    label_x: int
    n_x: int
    anchor: str
    n_anchor: str


def scale(most: int) -> tuple[int, list[int]]:
    """(end of the axis, ticks) for values up to `most`: 1, 2 or 5 times a power of ten, at most six ticks."""
    if most <= 0:
        return 1, [0, 1]
    rough = most / 5
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(max(1, int(m * power)) for m in (1, 2, 5, 10) if m * power >= rough)
    end = math.ceil(most / step) * step
    return end, list(range(0, end + 1, step))


def chart(bars: Sequence[Any], language: str) -> Chart:
    """Coordinates of the bars (shapes.Bar), drawn in the order given."""
    right_to_left = formats.base(language) == "ar"
    known = [value for bar in bars for value in bounds(bar.tally) if value is not None]
    end, marks = scale(max(known, default=0))
    room = WIDTH - LABELS - NOTES - 24

    def x(value: float) -> str:
        place = LABELS + 12 + room * value / end
        return f"{WIDTH - place if right_to_left else place:.1f}"

    lines = [_line(bar, TOP + ROW * (i + 0.5), x, end, language) for i, bar in enumerate(bars)]
    # In an Arabic page "start" is the right edge, because text direction is inherited by the SVG.
    return Chart(
        width=WIDTH,
        height=TOP + ROW * len(bars) + 4,
        ticks=[Tick(x(mark), formats.number(mark, language)) for mark in marks],
        lines=lines,
        label_x=WIDTH - LABELS if right_to_left else LABELS,
        n_x=0 if right_to_left else WIDTH,
        anchor="end",
        n_anchor="end",
    )


def _line(bar: Any, y: float, x: Any, end: int, language: str) -> Line:
    low, best, high = bounds(bar.tally)
    first = next((value for value in (low, best, high) if value is not None), None)
    last = next((value for value in (high, best, low) if value is not None), None)
    solid = dashed = ""
    if first is not None and last is not None and first != last:
        caps = f"M{x(first)} {y - 5}v10M{x(last)} {y - 5}v10" if low is not None and high is not None else ""
        solid = f"M{x(first)} {y}H{x(last)}{caps}"
    if last is not None and high is None and low is not None:
        dashed = f"M{x(last)} {y}H{x(end)}"  # at least so many: nobody knows where it ends
    return Line(
        label=bar.label if len(bar.label) <= 28 else bar.label[:27].rstrip() + "…",
        full=bar.label,
        y=f"{y:.1f}",
        text_y=f"{y + 4:.1f}",
        solid=solid,
        dashed=dashed,
        dot=x(best) if best is not None else "",
        note=f"n{formats.NOBREAK}={formats.NOBREAK}{formats.number(bar.n, language)}",
        n=bar.n,
        tally=bar.tally,
        url=bar.url,
    )
