"""Charts for documents: Vega-Lite that always carries the range and the n, drawn without a browser and without a network.

`lint_chart` holds for any specification, ours or somebody else's: a bare bar says more than anybody knows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from constat.ui import formats

SCHEMA = (
    "https://vega.github.io/schema/vega-lite/v5.json"  # a name, never fetched: data and schema are inside
)
FONTS = Path(__file__).resolve().parent.parent / "static/vendor/fonts/documents"
LATIN, ARABIC = "Noto Sans", "Noto Naskh Arabic"
INK, MUTED, LINE, TEAL = "#1a2625", "#565f5b", "#dbd4c6", "#0b5c5e"
# Pixels. The whole is made as wide as the text of a page, so that letters in it are as large as those around it.
WHOLE, LABELS, ROW, PERIODS = 660, 190, 26, 200
LETTER = 6.2  # of a figure set in 11 pixels, on average

# Marks that draw an amount from zero or a place on a scale; each needs a range beside it.
AMOUNTS = frozenset({"bar", "point", "circle", "square", "line", "area", "tick", "trail", "arc", "boxplot"})
INTERVALS = frozenset({"errorbar", "errorband"})


class ChartError(Exception):
    """A chart that must not be printed. `str(error)` says what it lacks."""


class ChartWithoutRange(ChartError):
    """Amounts without the range they may lie in."""


class ChartWithoutCount(ChartError):
    """Figures without the number of records they rest on."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One amount: between `low` and `high`, `best` if anybody has an estimate; None is unknown and never zero.

    n: how many records it rests on. unknown high = open end ("at least"), drawn as a line that does not stop.
    """

    label: str
    low: float | None
    best: float | None
    high: float | None
    n: int


def interval_chart(
    rows: Sequence[ChartRow], *, language: str, unit: str, periods: bool = False
) -> dict[str, Any]:
    """Dot and whisker. `unit`: the words on the axis ("people killed"). `periods`: rows run in time, along the bottom."""
    if not rows:
        raise ChartError("There is nothing to draw: say so in words instead of an empty chart.")
    right_to_left = formats.base(language) == "ar"
    values = [_datum(index, row, language) for index, row in enumerate(rows)]
    end = max((v for row in rows for v in (row.low, row.best, row.high) if v is not None), default=0) or 1
    for value in values:
        value["drawn_high"] = end if value["open"] else value["high"]
    plot = _periods(values, right_to_left) if periods else _rows(values, right_to_left)
    spec = {
        "$schema": SCHEMA,
        "data": {"values": values},
        "usermeta": {"constat": {"language": formats.base(language)}},
        "title": _title(unit, right_to_left),
        # Room for a reader without our fonts, whose letters are wider than those measured here.
        "padding": {"left": 16, "right": 16, "top": 4, "bottom": 4},
        "config": _config(right_to_left),
        **plot,
    }
    lint_chart(spec)
    return spec


def _datum(index: int, row: ChartRow, language: str) -> dict[str, Any]:
    known = [value for value in (row.low, row.best, row.high) if value is not None]
    return {
        "order": index,
        "label": row.label,
        "low": row.low if row.low is not None else (known[0] if known else None),
        "best": row.best,
        "high": row.high if row.high is not None else (known[-1] if known else None),
        "open": row.high is None and bool(known),
        "n": row.n,
        "n_label": f"n{formats.NOBREAK}={formats.NOBREAK}{formats.number(row.n, language)}",
        "figure": _figure(row, language),
    }


def _figure(row: ChartRow, language: str) -> str:
    """`12 (8–15)`, `≥ 8`, `?`: as few words as a label has room for."""

    def number(value: float) -> str:
        return formats.number(value, language)

    if row.best is None and row.low is None and row.high is None:
        return "?"
    ends = f"{'?' if row.low is None else number(row.low)}–{'…' if row.high is None else number(row.high)}"
    if row.best is None:
        return ends
    return number(row.best) if row.low == row.best == row.high else f"{number(row.best)} ({ends})"


def _title(unit: str, right_to_left: bool) -> dict[str, Any]:
    """The unit stands above the plot, where it is read first and never on its side."""
    return {
        "text": unit,
        "anchor": "end" if right_to_left else "start",
        "frame": "group",
        "font": ARABIC if right_to_left else LATIN,
        "fontSize": 12,
        "fontWeight": "normal",
        "color": MUTED,
        "offset": 10,
    }


def _amount(field: str, right_to_left: bool) -> dict[str, Any]:
    axis = {"title": None, "tickMinStep": 1, "tickCount": 6, "format": ",d", "grid": True}
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": True, "nice": True, **({"reverse": True} if right_to_left else {})},
        "axis": axis,
    }


def _rows(values: list[dict[str, Any]], right_to_left: bool) -> dict[str, Any]:
    labels = {
        "field": "label",
        "type": "nominal",
        "sort": {"field": "order"},
        "axis": {"title": None, "orient": "right" if right_to_left else "left", "ticks": False,
                 "domain": False, "labelPadding": 10, "labelLimit": LABELS, "labelFontSize": 12},
    }  # fmt: skip
    figures, counts = (
        12 + LETTER * max(len(value[name]) for value in values) for name in ("figure", "n_label")
    )
    named = min(LABELS, 7 * max(len(value["label"]) for value in values)) + 10
    x = _amount("low", right_to_left)
    edge = {"value": 0} if right_to_left else {"value": "width"}
    figure = {"align": "right" if right_to_left else "left", "dx": -12 if right_to_left else 12}
    return {
        "width": round(WHOLE - named - figures - counts),
        "height": {"step": ROW},
        "encoding": {"y": labels},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "color": TEAL},
             "encoding": {"x": x, "x2": {"field": "drawn_high"},
                          "strokeDash": _dashed()}},
            {"mark": {"type": "tick", "thickness": 2, "size": 9, "color": TEAL, "opacity": 1},
             "encoding": {"x": _amount("low", right_to_left)}},
            {"transform": [{"filter": "!datum.open"}],
             "mark": {"type": "tick", "thickness": 2, "size": 9, "color": TEAL, "opacity": 1},
             "encoding": {"x": _amount("high", right_to_left)}},
            {"mark": {"type": "point", "filled": True, "size": 60, "color": TEAL, "opacity": 1},
             "encoding": {"x": _amount("best", right_to_left)}},
            {"mark": {"type": "text", **figure, "fontSize": 11, "fontWeight": 600, "color": INK},
             "encoding": {"x": edge, "text": {"field": "figure"}}},
            {"mark": {"type": "text", **_beyond(figure, figures), "fontSize": 11, "color": MUTED},
             "encoding": {"x": edge, "text": {"field": "n_label"}}},
        ],
    }  # fmt: skip


def _beyond(figure: Mapping[str, Any], room: float) -> dict[str, Any]:
    """The n stands in a column of its own beyond the figure."""
    return {"align": figure["align"], "dx": figure["dx"] + (room if figure["dx"] > 0 else -room)}


def _dashed() -> dict[str, Any]:
    return {"field": "open", "type": "nominal", "legend": None,
            "scale": {"domain": [False, True], "range": [[1, 0], [4, 3]]}}  # fmt: skip


def _periods(values: list[dict[str, Any]], right_to_left: bool) -> dict[str, Any]:
    x = {
        "field": "label",
        "type": "nominal",
        "sort": {"field": "order"},
        "scale": {"reverse": True} if right_to_left else {},
        "axis": {"title": None, "labelAngle": 0, "ticks": False, "labelPadding": 22, "labelFontSize": 11},
    }
    side = {"orient": "right"} if right_to_left else {}

    def y(field: str) -> dict[str, Any]:
        amount = _amount(field, False)
        return {**amount, "axis": {**amount["axis"], **side}}

    return {
        "width": WHOLE - 60,
        "height": PERIODS,
        "encoding": {"x": x},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "color": TEAL},
             "encoding": {"y": y("low"), "y2": {"field": "drawn_high"}, "strokeDash": _dashed()}},
            {"mark": {"type": "tick", "orient": "horizontal", "thickness": 2, "size": 9, "color": TEAL, "opacity": 1},
             "encoding": {"y": y("low")}},
            {"transform": [{"filter": "!datum.open"}],
             "mark": {"type": "tick", "orient": "horizontal", "thickness": 2, "size": 9, "color": TEAL, "opacity": 1},
             "encoding": {"y": y("high")}},
            {"mark": {"type": "point", "filled": True, "size": 60, "color": TEAL, "opacity": 1},
             "encoding": {"y": y("best")}},
            {"mark": {"type": "text", "dy": 14, "fontSize": 10, "color": MUTED},
             "encoding": {"y": {"value": "height"}, "text": {"field": "n_label"}}},
        ],
    }  # fmt: skip


def _config(right_to_left: bool) -> dict[str, Any]:
    return {
        "font": LATIN,
        "background": "white",
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "labelFontSize": 11,
            "gridColor": LINE,
            "domainColor": LINE,
            "tickColor": LINE,
        },
        # Labels are words; figures keep the one face that has them.
        "axisDiscrete": {"labelFont": ARABIC if right_to_left else LATIN},
    }


# The rule of charts --------------------------------------------------------------------------------------------


def lint_chart(spec: Mapping[str, Any]) -> None:
    """Refuse a chart whose amounts have no range or no n. Raises ChartWithoutRange, ChartWithoutCount."""
    layers = list(_layers(spec, {}, spec.get("data")))
    if not layers:
        raise ChartError("This is no chart: it has no mark.")
    for mark, encoding, _ in layers:
        if mark in AMOUNTS and not any(_ranged(mark, encoding, other) for other in layers):
            raise ChartWithoutRange(
                f"The mark {mark!r} shows amounts without their range: add a rule from the lower to the upper bound "
                "of the same rows (x2 or y2), or use interval_chart."
            )
    fields = {
        encoding["text"].get("field") for mark, encoding, _ in layers if mark == "text" and "text" in encoding
    }
    if not fields & {"n", "n_label"}:
        raise ChartWithoutCount("No n is printed: add a text mark with the field n, or use interval_chart.")
    for row in (row for _, _, rows in layers for row in rows):
        _lint_row(row)


def _layers(
    spec: Mapping[str, Any], above: Mapping[str, Any], data: Any
) -> Iterable[tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """(mark, encoding, rows) of each drawn layer; encoding and data come down from the layers above."""
    encoding = {**above, **spec.get("encoding", {})}
    data = spec.get("data", data)
    rows = data.get("values", ()) if isinstance(data, Mapping) else ()
    mark = spec.get("mark")
    if mark is not None:
        name = mark["type"] if isinstance(mark, Mapping) else mark
        yield name, encoding, rows
    for name in ("layer", "hconcat", "vconcat", "concat"):
        for one in spec.get(name, ()):
            yield from _layers(one, encoding, data)
    if "spec" in spec:
        yield from _layers(spec["spec"], encoding, data)


def _ranged(
    mark: str, encoding: Mapping[str, Any], other: tuple[str, Mapping[str, Any], Sequence[Any]]
) -> bool:
    """Does the other layer draw an interval along an axis on which this one draws an amount?"""
    kind, wide, _ = other
    for axis in ("x", "y"):
        amount = encoding.get(axis, {})
        if amount.get("type") != "quantitative" and "aggregate" not in amount:
            continue
        if kind in INTERVALS and axis in wide:
            return True
        if kind in {"rule", "bar", "area"} and axis in wide and f"{axis}2" in wide:
            low, high = wide[axis].get("field"), wide[f"{axis}2"].get("field")
            return low is not None and high is not None and low != high
    return False


def _lint_row(row: Mapping[str, Any]) -> None:
    label = row.get("label", "?")
    n = row.get("n")
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise ChartWithoutCount(f"The row {label!r} does not say on how many records it rests (n).")
    low, best, high = row.get("low"), row.get("best"), row.get("high")
    if best is not None and (low is None or (high is None and not row.get("open"))):
        raise ChartWithoutRange(f"The row {label!r} has an estimate and no range (low, high).")
    ends = [value for value in (low, best, high) if value is not None]
    if ends != sorted(ends):
        raise ChartWithoutRange(f"The range of the row {label!r} does not hold: low ≤ best ≤ high.")


# Drawing -------------------------------------------------------------------------------------------------------


@cache
def _fonts_registered() -> None:
    import vl_convert

    if FONTS.is_dir():
        vl_convert.register_font_directory(str(FONTS))


def _locale(spec: Mapping[str, Any]) -> dict[str, Any]:
    language = spec.get("usermeta", {}).get("constat", {}).get("language", "fr")
    return {
        "decimal": formats.DECIMAL[language],
        "thousands": formats.THOUSANDS[language],
        "grouping": [3],
        "currency": ["", ""],
    }


def chart_svg(spec: Mapping[str, Any]) -> str:
    """Refuses what `lint_chart` refuses: a chart cannot be drawn around the rule."""
    import vl_convert

    lint_chart(spec)
    _fonts_registered()
    return str(
        vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[], format_locale=_locale(spec))
    )


def chart_image(spec: Mapping[str, Any], scale: float = 3.0) -> bytes:
    """PNG at `scale` times 96 dots per inch."""
    import vl_convert

    lint_chart(spec)
    _fonts_registered()
    return bytes(
        vl_convert.vegalite_to_png(
            json.dumps(spec), scale=scale, allowed_base_urls=[], format_locale=_locale(spec)
        )
    )
