"""Which column is what: guessed from the headings, corrected by a person, checked, saved with the batch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.integrations.spreadsheet.errors import MappingError
from constat.integrations.spreadsheet.targets import HARMS, headings, targets

KEEP = "keep"
# A report says what happened, or who was harmed: one of these must be there.
SUBSTANCE = (
    "words",
    "harm",
    *HARMS,
    *(f"{harm}_{end}" for harm in ("killed", "injured") for end in ("min", "max")),
)


@dataclass(frozen=True)
class ColumnMap:
    """columns: target -> column. kept: columns carried over as they are. Every other column stays in the file only:
    a list may hold names and telephone numbers, and no name enters a case because nobody said what its column was."""

    columns: Mapping[str, str]
    kept: tuple[str, ...] = ()

    def __contains__(self, target: str) -> bool:
        return target in self.columns

    def as_json(self) -> dict[str, object]:
        return {"columns": dict(self.columns), "keep": list(self.kept)}

    @property
    def used(self) -> tuple[str, ...]:
        return (*self.columns.values(), *self.kept)


def guess(headers: Iterable[str]) -> ColumnMap:
    """By heading alone, the first column to match a target gets it. Nothing is ever kept by guessing."""
    known = headings()
    columns: dict[str, str] = {}
    for header in headers:
        target = known.get(fold(header) or header)
        if target and target not in columns:
            columns[target] = header
    return ColumnMap(columns)


def amended(found: ColumnMap, words: Iterable[str], headers: tuple[str, ...]) -> ColumnMap:
    """The guess, corrected by "target=column" words of the command line. "target=" takes a guess back."""
    columns, kept = dict(found.columns), list(found.kept)
    for word in words:
        target, equals, column = word.partition("=")
        if not equals or target not in targets():
            raise _no_target(target)
        if target == KEEP:
            kept.append(column)
            continue
        columns.pop(target, None)
        # A column means one thing: naming it for this target takes it from the one it was guessed for.
        columns = {other: name for other, name in columns.items() if name != column}
        if column:
            columns[target] = column
    return checked(ColumnMap(columns, tuple(kept)), headers)


def from_columns(chosen: Mapping[str, str], headers: tuple[str, ...]) -> ColumnMap:
    """column -> target, as the page's form sends it; "" for a column that is not imported."""
    columns: dict[str, str] = {}
    kept = []
    for column, target in chosen.items():
        if not target:
            continue
        if target == KEEP:
            kept.append(column)
        elif target in columns:
            raise MappingError(
                "target_twice",
                _("“%(one)s” and “%(two)s” are both said to be “%(target)s”. Choose one of them.")
                % {
                    "one": columns[target],
                    "two": column,
                    "target": targets()[target].label(get_language() or "fr"),
                },
                target=target,
            )
        else:
            columns[target] = column
    return checked(ColumnMap(columns, tuple(kept)), headers)


def checked(found: ColumnMap, headers: tuple[str, ...]) -> ColumnMap:
    """Raises MappingError when a column is not in the file, a target does not exist, or nothing says what happened."""
    for target, column in [*found.columns.items(), *((KEEP, column) for column in found.kept)]:
        if target not in targets():
            raise _no_target(target)
        if column not in headers:
            raise MappingError(
                "no_such_column",
                _("The file has no column “%(column)s”. It has: %(columns)s.")
                % {"column": column, "columns": ", ".join(headers)},
                column=column,
            )
    if not any(target in found for target in SUBSTANCE):
        raise MappingError(
            "substance_missing",
            _(
                "No column says what happened or who was harmed. Say which column holds the account, the type of harm, or a number of people harmed."
            ),
        )
    return found


def _no_target(target: str) -> MappingError:
    return MappingError(
        "no_such_target",
        _("“%(target)s” is nothing a column can be. Known: %(known)s.")
        % {"target": target, "known": ", ".join(targets())},
        target=target,
    )


__all__ = ["KEEP", "ColumnMap", "amended", "checked", "from_columns", "guess"]
