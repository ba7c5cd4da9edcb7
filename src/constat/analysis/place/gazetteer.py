"""Places from a file: GeoNames as it is downloaded (with or without a line of names), or a table with the columns below."""

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from constat.analysis.errors import InputError

# The columns of a GeoNames file, in its order.
GEONAMES = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature_class", "feature_code", "country_code", "cc2",
    "admin1_code", "admin2_code", "admin3_code", "admin4_code", "population", "elevation", "dem", "timezone", "modification_date",
)  # fmt: skip
COLUMNS = {
    "code": ("geonameid", "code", "id", "pcode", "place_code"),
    "name": ("name", "place", "nom", "label"),
    "others": ("alternatenames", "alternate_names", "other_names", "aliases", "variants"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon", "lng"),
    "kind": ("feature_class", "kind", "type"),
    "people": ("population", "pop"),
}
# A place answers to the codes of all its parents; a parent's code also with the codes above it: ML, 09, ML.09, ML.09.1231.
PARENTS = (
    "country_code", "country", "admin1_code", "adm1_pcode", "admin1", "region", "admin2_code", "adm2_pcode", "admin2", "cercle",
    "admin3_code", "adm3_pcode", "commune", "parent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. parents: every code it lies within. people: 0 where nobody counted."""

    code: str
    name: str
    others: tuple[str, ...]
    lat: float | None
    lon: float | None
    kind: str
    people: int
    parents: tuple[str, ...]


def read(path: str | Path, *, alternates: bool = True) -> tuple[Place, ...]:
    """The places of a file. InputError: unreadable, no column of names, a code twice, coordinates outside the Earth.

    alternates: whether the other names of a place are read; without them only main names are searched.
    """
    source = Path(path).name
    found: list[Place] = []
    seen: dict[str, int] = {}
    for line, names, row in _rows(path, source):
        place = _place(source, line, names, row, alternates)
        if place.code in seen:
            raise InputError(
                f"{source}, line {line}: the code {place.code!r} stands already in line {seen[place.code]}."
            )
        seen[place.code] = line
        found.append(place)
    if not found:
        raise InputError(f"{source}: no place stands in the file.")
    return tuple(found)


def _rows(path: str | Path, source: str) -> Iterator[tuple[int, Sequence[str], Sequence[str]]]:
    opened = gzip.open if str(path).endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            first = file.readline().rstrip("\r\n")
            sign = max("\t,;", key=first.count)
            # GeoNames quotes nothing: a quote in a name is a quote.
            quoting: Literal[0, 3] = csv.QUOTE_NONE if sign == "\t" else csv.QUOTE_MINIMAL
            head = next(csv.reader([first], delimiter=sign, quoting=quoting), [])
            names = [one.strip().lower() for one in head]
            plain = any(one in names for one in COLUMNS["name"])
            if not plain and (len(head) != len(GEONAMES) or not head[0].isdigit()):
                raise InputError(
                    f"{source}: no column named {' or '.join(COLUMNS['name'])}, and it is not a GeoNames file."
                )
            if not plain:
                names = list(GEONAMES)
                yield 1, names, head
            for line, row in enumerate(csv.reader(file, delimiter=sign, quoting=quoting), 2):
                if row:
                    yield line, names, row
    except (UnicodeDecodeError, gzip.BadGzipFile):
        raise InputError(f"{source}: not a text file in UTF-8.") from None
    except (EOFError, zlib.error):
        raise InputError(f"{source}: the compressed file is cut short or damaged. Fetch it again.") from None
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}.") from None


def _place(source: str, line: int, names: Sequence[str], row: Sequence[str], alternates: bool) -> Place:
    value = dict(zip(names, (one.strip() for one in row), strict=False))

    def first(role: str) -> str:
        return next((value[name] for name in COLUMNS[role] if value.get(name)), "")

    name = first("name")
    if not name:
        raise InputError(f"{source}, line {line}: no name stands here.")
    coordinates = []
    for role, most in (("lat", 90), ("lon", 180)):
        try:
            number = float(first(role)) if first(role) else None
        except ValueError:
            raise InputError(f"{source}, line {line}: {first(role)!r} is not a coordinate.") from None
        if number is not None and not (math.isfinite(number) and abs(number) <= most):
            raise InputError(
                f"{source}, line {line}: {number:g} is no {'latitude' if role == 'lat' else 'longitude'}."
            )
        coordinates.append(number)
    chain: list[str] = []
    parents: list[str] = []
    for column in PARENTS:
        code = value.get(column, "")
        if code and code not in ("0", "00"):
            chain.append(code)
            parents += [code, ".".join(chain)]
    people = first("people")
    others = (
        tuple(one for one in first("others").replace(";", ",").replace("|", ",").split(",") if one.strip())
        if alternates
        else ()
    )
    return Place(
        first("code") or str(line), name, others, coordinates[0], coordinates[1], first("kind"),
        int(people) if people.isdigit() else 0, tuple(dict.fromkeys(parents)),
    )  # fmt: skip
