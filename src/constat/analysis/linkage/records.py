"""Files of records -> one DuckDB table with columns of known meaning. Which names of columns are understood stands here.

Whatever is not recognised is not compared, and the answer lists it: an identifier or the answer itself must never slip into a
comparison because it happened to be in the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from constat.analysis.errors import InputError

# What a column means -> the names it goes by, lower case, anything but letters and digits as "_". First come, first served.
ROLES_OF_ALL: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id", "unique_id", "rec_id", "record_id", "recid", "uid", "case_id", "event_id", "incident_id", "report_id", "person_id",
        "victim_id", "event", "key", "identifiant", "numero",
    ),
    "source": (
        "source", "source_dataset", "dataset", "data_source", "list", "organisation", "organization", "provider", "reporter",
        "liste",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Records:
    """The table `records` of a DuckDB connection: `row` 0..n-1, `id`, `source`, then one text column per role; NULL for nothing.

    columns: role -> name of the column in the files. unused: columns that mean nothing here. files: (name, first row, rows).
    """

    connection: Any
    n: int
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...]
    truth: bool
    today: date = date.max  # a day after it is refused

    def where(self, row: int) -> str:
        """File and row, for a sentence, as a spreadsheet numbers them: the names are row 1."""
        for name, first, n in self.files:
            if first <= row < first + n:
                return f"{name}, row {row - first + 2}"
        raise IndexError(row)

    def column(self, role: str) -> "list[str | None]":
        """The values of one role in the order of rows."""
        found = self.connection.execute(f'SELECT "{role}" FROM records ORDER BY row').fetchall()  # noqa: S608
        return [value for (value,) in found]

    def __contains__(self, role: object) -> bool:
        return role in self.columns


def plain(name: str) -> str:
    """A column's name as the lists above write it."""
    from constat.analysis.names import fold

    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).replace(" ", "_")


def recognise(names: Sequence[str], roles: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """role -> the column that plays it. The order of a role's names decides where a file has several of them."""
    have = {plain(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for role, known in roles.items():
        column = next((have[name] for name in known if name in have), None)
        if column is not None and column not in found.values():
            found[role] = column
    return found


def load(
    paths: Sequence[str | Path],
    roles: Mapping[str, Sequence[str]],
    *,
    truth: str = "",
    threads: int = 2,
    today: date = date.max,
) -> Records:
    """The files one under the other. InputError: unreadable, empty, no recognised column, an id given twice in a source.

    paths: CSV (comma, semicolon, tab; .gz too) or Parquet, a line of names first. truth: the column that says who is who;
    it is kept apart and never compared.
    """
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    known = {**ROLES_OF_ALL, **roles}
    parts: list[str] = []
    files: list[tuple[str, int, int]] = []
    columns: dict[str, str] = {}
    unused: dict[str, None] = {}
    first = 0
    for i, path in enumerate(paths):
        name = Path(path).name
        names = _open(connection, path, f"file_{i}")
        rows = int(connection.execute(f"SELECT count(*) FROM file_{i}").fetchall()[0][0])  # noqa: S608
        if not rows:
            raise InputError(f"{name}: no row stands under the names.")
        if truth and truth not in names:
            raise InputError(f"{name}: no column named {truth}; the columns are {', '.join(names)}.")
        found = recognise([one for one in names if not truth or one != truth], known)
        if truth and "id" not in found and plain(truth) in known["id"]:
            found["id"] = truth
        columns |= found
        unused |= dict.fromkeys(one for one in names if one not in found.values() and one != truth)
        files.append((name, first, rows))
        first += rows
        parts.append(_selected(i, files[-1], found, known, truth, several=len(paths) > 1))
    if not set(columns) - set(ROLES_OF_ALL):
        raise InputError(
            f"{files[0][0]}: no column is recognised. Name them as docs/analysis/linkage.md lists; here stand "
            f"{', '.join(unused)}."
        )
    connection.execute("CREATE TABLE records AS " + " UNION ALL BY NAME ".join(parts))
    made = Records(connection, first, columns, tuple(unused), tuple(files), bool(truth), today)
    _no_id_twice(made)
    return made


def _open(connection: Any, path: str | Path, table: str) -> list[str]:
    """The file as a table of text; its columns under their trimmed names."""
    import duckdb

    name, quoted = Path(path).name, str(path).replace("'", "''")
    if not Path(path).is_file():
        raise InputError(f"{name}: no such file.")
    if name.lower().endswith((".parquet", ".pq")):
        reader = f"read_parquet('{quoted}')"
    else:
        # The shape is told, not guessed: a row too long must be named, and never change what is taken for the line of names.
        sign, head = _head(path)
        columns = ", ".join("'" + one.replace("'", "''") + "': 'VARCHAR'" for one in head)
        reader = f"read_csv('{quoted}', auto_detect=false, header=true, delim='{sign}', quote='\"', escape='\"', columns={{{columns}}})"
    try:
        raw = [one[0] for one in connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]  # noqa: S608
        names = [one.strip() for one in raw]
        twice = next((one for one in names if names.count(one) > 1), None)
        if twice is not None:
            raise InputError(f"{name}: two columns are named {twice!r}.")
        chosen = ", ".join(
            f"nullif(trim(CAST({_quoted(a)} AS VARCHAR)), '') AS {_quoted(b)}"
            for a, b in zip(raw, names, strict=True)
        )
        connection.execute(
            f"CREATE TABLE {table} AS SELECT {chosen}, row_number() OVER () - 1 AS __row FROM {reader}"  # noqa: S608
        )
    except (duckdb.Error, UnicodeDecodeError) as error:
        shape = re.search(
            r"CSV Error on Line: (\d+).*Expected Number of Columns: (\d+) Found: (\d+)", str(error), re.S
        )
        if shape:
            line, expected, found = shape.groups()
            raise InputError(
                f"{name}, line {line}: has {found} cells, the line of names has {expected}."
            ) from None
        raise InputError(f"{name}: cannot be read as a table: {str(error).splitlines()[0]}") from None
    return names


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _head(path: str | Path) -> tuple[str, list[str]]:
    """The sign that stands most often in the line of names, and the names; a column without one is called by its place."""
    import csv
    import gzip

    name = Path(path).name
    opened = gzip.open if str(path).endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as file:
            line = file.readline()
    except (UnicodeDecodeError, OSError, EOFError) as error:
        raise InputError(f"{name}: not a text file in UTF-8 ({error}).") from None
    if not line.strip():
        raise InputError(f"{name}: the first line has no names.")
    sign = max(",;\t", key=line.count)
    names = next(csv.reader([line], delimiter=sign))
    twice = next((one for one in names if one.strip() and names.count(one) > 1), None)
    if twice is not None:
        raise InputError(f"{name}: two columns are named {twice!r}.")
    return sign, [one if one.strip() else f"column {at}" for at, one in enumerate(names, 1)]


def _selected(
    i: int, file: tuple[str, int, int], found: Mapping[str, str], known: Mapping[str, Any], truth: str, *, several: bool
) -> str:  # fmt: skip
    name, first, _ = file
    stem = name.split(".")[0].replace("'", "''")
    made = [f"__row + {first} AS row"]
    made.append(f'"{found["id"]}" AS id' if "id" in found else "CAST(__row + 1 AS VARCHAR) AS id")
    if "source" in found:
        made.append(f"coalesce(\"{found['source']}\", '{stem}') AS source")
    else:
        made.append(f"'{stem if several else ''}' AS source")
    made += [f'"{column}" AS "{role}"' for role, column in found.items() if role not in ROLES_OF_ALL]
    made.append(f'"{truth}" AS truth' if truth else "CAST(NULL AS VARCHAR) AS truth")
    return f"SELECT {', '.join(made)} FROM file_{i}"  # noqa: S608


def _no_id_twice(records: Records) -> None:
    if "id" not in records:
        return
    missing = records.connection.execute("SELECT min(row) FROM records WHERE id IS NULL").fetchone()[0]
    if missing is not None:
        raise InputError(
            f"{records.where(missing)}, column {records.columns['id']}: no identifier stands here."
        )
    twice = records.connection.execute(
        "SELECT id, min(row), max(row) FROM records GROUP BY source, id HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
    ).fetchone()
    if twice:
        raise InputError(
            f"{records.where(twice[2])}, column {records.columns['id']}: {twice[0]!r} stands already in "
            f"{records.where(twice[1])}."
        )


def refuse_first(records: Records, role: str, condition: str, why: str) -> None:
    """InputError for the first row that meets an SQL condition. `why` ends the sentence; {value} is what stands there."""
    found = records.connection.execute(
        f'SELECT row, "{role}" FROM records WHERE {condition} ORDER BY row LIMIT 1'  # noqa: S608
    ).fetchone()
    if found:
        where = f"{records.where(found[0])}, column {records.columns[role]}"
        raise InputError(f"{where}: {why.format(value=repr(found[1]), today=records.today)}")


def same_truth(truth: "list[str | None]") -> "list[str | None]":
    """Who is who, from a column that may be the name of a Febrl record: rec-17-org and rec-17-dup-0 are 17."""
    febrl = re.compile(r"rec-(\d+)-(?:org|dup-\d+)$")
    if all(value and febrl.match(value) for value in truth):
        return [febrl.sub(r"\1", value or "") for value in truth]
    return truth
