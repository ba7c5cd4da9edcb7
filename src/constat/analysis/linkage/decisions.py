"""Decisions that people took: these two are one, those two are not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from constat.analysis import columns
from constat.analysis.errors import InputError
from constat.analysis.linkage.grouping import Known, agree
from constat.analysis.linkage.records import Records

YES, NO = (
    frozenset({"yes", "1", "true", "same", "oui", "match"}),
    frozenset({"no", "0", "false", "different", "non", "distinct"}),
)


def read(path: str | Path, records: Records) -> Known:
    """A table with `left`, `right` (identifiers) and `same` (yes, no); `left_source`, `right_source` where identifiers repeat.

    InputError: an identifier that no record has or that two have, an answer that is neither.
    """
    table = columns.read(path, columns=3)
    at = {name: table.need(name) for name in ("left", "right", "same")}
    sources = {side: table.column(f"{side}_source") for side in ("left", "right")}
    rows = _rows_by_name(records)
    together: list[tuple[int, int]] = []
    apart: list[tuple[int, int]] = []
    for row in table:
        found = []
        for side in ("left", "right"):
            name = table.text(row, at[side])
            place = sources[side]
            source = row.fields[place] if place is not None and place < len(row.fields) else ""
            matches = rows.get(("", name), []) if not source else rows.get((source, name), [])
            if len(matches) != 1:
                why = (
                    "no record has it" if not matches else f"{len(matches)} records have it: say which source"
                )
                raise InputError(f"{table.at(row, at[side])}: {name!r}: {why}.")
            found.append(matches[0])
        said = table.text(row, at["same"]).lower()
        if said not in YES | NO:
            raise InputError(f"{table.at(row, at['same'])}: {said!r} is neither yes nor no.")
        (together if said in YES else apart).append((found[0], found[1]))
    return Known(agree(together), agree(apart))


def _rows_by_name(records: Records) -> Mapping[tuple[str, str], Sequence[int]]:
    made: dict[tuple[str, str], list[int]] = {}
    for i, (source, name) in enumerate(zip(records.column("source"), records.column("id"), strict=True)):
        made.setdefault(("", name or ""), []).append(i)
        if source:
            made.setdefault((source, name or ""), []).append(i)
    return made
