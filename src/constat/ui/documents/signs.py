"""Signs that a format cannot hold. What somebody pasted must not keep a paper from being printed.

Control signs (a vertical tab out of a word processor) say nothing and are left out. A sign that our fonts do not have
stands as a question mark in a diamond, in the PDF only: a page and a Word file are read with the fonts of the reader.
"""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from constat.ui.documents import charts

UNKNOWN = "\ufffd"
# What XML refuses; TAB and line ends stay.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Needs no picture of its own: spaces, marks of direction, joiners.
_WITHOUT_PICTURE = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc"})


def washed(value: Any) -> Any:
    """The same document (or any part of one) without control signs. Anything but strings stays as it is."""
    return _each(value, lambda text: _CONTROL.sub("", text))


def printable(value: Any) -> Any:
    """Plain data whose strings hold only what the fonts of documents can show."""
    return _each(value, _shown)


def _shown(text: str) -> str:
    known = _covered(charts.FONTS)
    if known.issuperset(map(ord, text)):
        return text
    return "".join(
        sign if ord(sign) in known or unicodedata.category(sign) in _WITHOUT_PICTURE else UNKNOWN
        for sign in text
    )


@cache
def _covered(folder: Path) -> frozenset[int]:
    """What every weight of a family has: bold must not break what plain type prints."""
    from fontTools.ttLib import TTFont

    families: dict[str, list[set[int]]] = {}
    for path in sorted(folder.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            families.setdefault(path.stem.split("-")[0], []).append(set(font.getBestCmap()))
    return frozenset().union(*(set.intersection(*weights) for weights in families.values()))


def _each(value: Any, wash: Any) -> Any:
    if isinstance(value, str):
        return wash(value)
    if isinstance(value, dict):
        return {key: _each(one, wash) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_each(one, wash) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{one.name: _each(getattr(value, one.name), wash) for one in fields(value) if one.init}
        )
    return value
