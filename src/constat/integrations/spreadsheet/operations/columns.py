"""Which column of an activity log is what: guessed from the headings, corrected by a person, checked."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.integrations.spreadsheet.errors import MappingError
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.rules.speech import language_of

# A file with these headings is an activity log and no list of reports: the word "type" alone would be either.
KIND_HEADINGS = (
    "kind",
    "operation type",
    "type of operation",
    "type d operation",
    "type operation",
    "نوع العملية",
)


@dataclass(frozen=True)
class Column:
    """words: the vocabulary its cells are words of. answer: yes, no or unknown. needed: no log without it."""

    code: str
    labels: Mapping[str, str]
    headings: tuple[str, ...]
    words: str = ""
    answer: bool = False
    needed: bool = False

    def label(self, language: str) -> str:
        return self.labels[language_of(language)]


@cache
def columns() -> Mapping[str, Column]:
    text = (
        resources.files("constat.integrations.spreadsheet.operations")
        .joinpath("columns.toml")
        .read_text("utf-8")
    )
    return {
        one["code"]: Column(one["code"], one["label"], tuple(one["headings"]), one.get("words", ""),
                            one.get("answer", False), one.get("needed", False))
        for one in tomllib.loads(text)["target"]
    }  # fmt: skip


@cache
def _headings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for column in columns().values():
        for heading in (column.code, *column.headings):
            found.setdefault(fold(heading) or heading, column.code)
    return found


def recognises(headers: tuple[str, ...]) -> bool:
    named = {fold(header) or header for header in headers}
    kinds = {fold(one) or one for one in KIND_HEADINGS}
    return bool(named & kinds) and {"unit", "kind", "date"} <= set(guess(headers).columns)


def guess(headers: Iterable[str]) -> ColumnMap:
    """By heading alone; the first column to match gets it."""
    found: dict[str, str] = {}
    for header in headers:
        code = _headings().get(fold(header) or header)
        if code and code not in found:
            found[code] = header
    return ColumnMap(found)


def amended(found: ColumnMap, words: Iterable[str], headers: tuple[str, ...]) -> ColumnMap:
    """The guess, corrected by "target=column" words of the command line. "target=" takes a guess back."""
    chosen = dict(found.columns)
    for word in words:
        code, equals, header = word.partition("=")
        if not equals or code not in columns():
            raise _no_target(code)
        chosen.pop(code, None)
        chosen = {other: name for other, name in chosen.items() if name != header}
        if header:
            chosen[code] = header
    return checked(ColumnMap(chosen), headers)


def from_columns(chosen: Mapping[str, str], headers: tuple[str, ...]) -> ColumnMap:
    """column -> target, as the page's form sends it; "" for a column that is not imported."""
    found: dict[str, str] = {}
    for header, code in chosen.items():
        if code and code in found:
            raise MappingError(
                "target_twice",
                _("“%(one)s” and “%(two)s” are both said to be “%(target)s”. Choose one of them.")
                % {
                    "one": found[code],
                    "two": header,
                    "target": columns()[code].label(get_language() or "fr"),
                },
                target=code,
            )
        if code:
            found[code] = header
    return checked(ColumnMap(found), headers)


def checked(found: ColumnMap, headers: tuple[str, ...]) -> ColumnMap:
    """Raises MappingError when a column is not in the file, a target does not exist, or one that is needed is missing."""
    for code, header in found.columns.items():
        if code not in columns():
            raise _no_target(code)
        if header not in headers:
            raise MappingError(
                "no_such_column",
                _("The file has no column “%(column)s”. It has: %(columns)s.")
                % {"column": header, "columns": ", ".join(headers)},
                column=header,
            )
    missing = [
        one.label(get_language() or "fr")
        for one in columns().values()
        if one.needed and one.code not in found
    ]
    if ("lat" in found) != ("lon" in found):
        missing.append(columns()["lon" if "lat" in found else "lat"].label(get_language() or "fr"))
    if "lat" not in found and "place" not in found:
        missing.append(columns()["place"].label(get_language() or "fr"))
    if missing:
        raise MappingError(
            "column_missing",
            _("Say which column holds: %(columns)s.") % {"columns": ", ".join(missing)},
            columns=missing,
        )
    return found


def _no_target(code: str) -> MappingError:
    return MappingError(
        "no_such_target",
        _("“%(target)s” is nothing a column can be. Known: %(known)s.")
        % {"target": code, "known": ", ".join(columns())},
        target=code,
    )


__all__ = ["Column", "amended", "checked", "columns", "from_columns", "guess", "recognises"]
