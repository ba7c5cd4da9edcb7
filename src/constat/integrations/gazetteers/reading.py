"""A file of places or areas as drafts for the register.

    source = read(path)                     GeoNames, GeoJSON or a p-code table, recognised by its content
    source.places / source.areas            drafts, with the row they came from
    source.loaded                           the rows that cannot be drafts, each with its reason

GeoNames: https://download.geonames.org/export/dump/readme.txt (19 columns, tab separated, UTF-8, .gz allowed). GeoJSON:
RFC 7946, with the property names of COD-AB (all its generations), geoBoundaries and their derivatives. P-code tables:
the global p-code list of OCHA (Location, Admin Level, P-Code, Name, Parent P-Code, Valid from date).
"""

import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from constat.analysis.names import fold
from constat.apps.register.drafts import AreaDraft, Loaded, PlaceDraft
from constat.integrations.gazetteers.errors import NotReadable, TooLarge, UnknownKind
from constat.integrations.gazetteers.geometry import BadShape, polygon, position
from constat.rules.vocabulary import UnknownMapping, vocabulary

MAX_BYTES = 256 * 1024**2  # unpacked; the largest country file of GeoNames has 200 MB
GEONAMES, GEOJSON, PCODES = "geonames", "geojson", "pcodes"
COLUMNS = 19
DEEPEST = 3  # commune; levels below are not kept in the register


@dataclass
class Source:
    """What a file holds. `loaded` has only refused rows and notes so far; the actions add the rest."""

    kind: str
    sha256: str
    places: list[PlaceDraft] = field(default_factory=list)
    areas: list[AreaDraft] = field(default_factory=list)
    loaded: Loaded = field(default_factory=Loaded)

    def refuse(self, row: int, what: str, message: str) -> None:
        self.loaded.rows += 1
        self.loaded.refuse(row, what, message)


def read(path: Path, *, kind: str = "", valid_from: date | None = None) -> Source:
    """Raises GazetteerError when the file as a whole cannot be read. `kind` is recognised unless said."""
    raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else _too_large()
    source = Source(kind="", sha256=hashlib.sha256(raw).hexdigest())
    data = _unpacked(raw) if raw[:2] == b"\x1f\x8b" else raw
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(_("The file is not UTF-8 text. Save it as UTF-8 and try again.")) from error
    source.kind = kind or _kind_of(text)
    {GEONAMES: _geonames, GEOJSON: _geojson, PCODES: _pcodes}[source.kind](text, source, valid_from)
    return source


def _too_large() -> bytes:
    raise TooLarge(_("The file is larger than %(n)d MB. Cut it by country.") % {"n": MAX_BYTES // 1024**2})


def _unpacked(raw: bytes) -> bytes:
    # Read at most one byte more than allowed: a small file that unpacks to a disk full is stopped here.
    try:
        with gzip.open(io.BytesIO(raw)) as packed:
            data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NotReadable(_("The compressed file is damaged. Fetch it again.")) from error
    return data if len(data) <= MAX_BYTES else _too_large()


def _kind_of(text: str) -> str:
    first = text.lstrip()[:1]
    if first in {"{", "["}:
        return GEOJSON
    line = text.split("\n", 1)[0]
    if line.count("\t") == COLUMNS - 1:
        return GEONAMES
    if {"pcode", "name"} <= {_plain(cell) for cell in next(csv.reader([line]), [])}:
        return PCODES
    raise UnknownKind(_("This is no GeoNames file, no GeoJSON and no table of p-codes."))


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


# GeoNames --------------------------------------------------------------------------------------------------------

_KEPT_SCRIPT = re.compile(
    "[A-Za-z\u00c0-\u024f\u0250-\u02af\u1e00-\u1eff\u0600-\u06ff\u2d30-\u2d7f\u07c0-\u07ff]"
)
_AIRPORT = re.compile("[A-Z]{3,4}")


def _geonames(text: str, source: Source, _valid_from: date | None) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if not line.strip() or (number == 1 and line.startswith("geonameid")):
            continue
        cells = line.split("\t")
        if len(cells) != COLUMNS:
            source.refuse(number, "", _("The row has %(n)d columns instead of 19.") % {"n": len(cells)})
            continue
        try:
            source.places.append(_place(cells, number))
        except BadRow as bad:
            source.refuse(number, bad.column, str(bad))


class BadRow(ValueError):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def _place(cells: list[str], number: int) -> PlaceDraft:
    key, name, ascii_name, others, lat, lon, _class, code, country = cells[:9]
    if not key.isdecimal():
        raise BadRow("geonameid", _("The key is not a number."))
    if not fold(name):
        raise BadRow("name", _("The name is empty."))
    if len(name) > 200:
        raise BadRow("name", _("The name has more than 200 characters."))
    try:
        lon_, lat_ = position(lon, lat)
    except BadShape as bad:
        raise BadRow("longitude", str(bad)) from bad
    spellings = [
        one
        for one in [ascii_name, *others.split(",")]
        if _KEPT_SCRIPT.search(one) and not _AIRPORT.fullmatch(one)
    ]
    people = int(cells[14]) if cells[14].isdecimal() else 0
    return PlaceDraft(
        source_key=key, name=name, lon=lon_, lat=lat_, country=_country(country), spellings=tuple(spellings),
        feature=code[:20], population=people or None, row=number,
    )  # fmt: skip


def _country(code: str) -> str:
    """ISO alpha-2 or alpha-3 -> alpha-3. Raises BadRow."""
    code = code.strip().upper()
    if len(code) == 3 and code in vocabulary("country"):
        return code
    try:
        return vocabulary("country").from_mapping("iso2", code).code
    except UnknownMapping as error:
        raise BadRow("country", _("%(code)s is no country code.") % {"code": code or "–"}) from error


# GeoJSON ---------------------------------------------------------------------------------------------------------

# Plain names (letters and digits only) of the properties that carry code and name at level n. COD-AB has changed its
# habits several times (ADM1_PCODE, admin1Pcod, adm1_pcode), its copies more often.
_CODES = ("adm{n}pcode", "admin{n}pcod", "admin{n}pcode", "adm{n}pcod", "adm{n}code", "admin{n}code")
_NAMES = (
    "adm{n}fr", "adm{n}name", "adm{n}en", "admin{n}name", "admin{n}namefr", "admin{n}namefr1", "admin{n}namee", "admin{n}namen",
    "adm{n}reffr", "adm{n}name1", "admin{n}", "adm{n}",
)  # fmt: skip
_ARABIC_NAMES = ("adm{n}ar", "adm{n}namear", "admin{n}namear")


def _geojson(text: str, source: Source, valid_from: date | None) -> None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(_("The file is not valid JSON.")) from error
    features = (
        data.get("features") if isinstance(data, dict) and data.get("type") == "FeatureCollection" else None
    )
    if not isinstance(features, list):
        raise UnknownKind(_("The JSON file is not a GeoJSON FeatureCollection."))
    crs = json.dumps(data.get("crs", ""))
    if "EPSG" in crs and "4326" not in crs:
        raise NotReadable(
            _("The coordinates are in another reference system. Convert the file to WGS 84 first.")
        )
    for number, feature in enumerate(features, start=1):
        try:
            source.areas.append(_area(feature, number, source, valid_from))
        except BadRow as bad:
            source.refuse(number, bad.column, str(bad))


def _area(feature: Any, number: int, source: Source, valid_from: date | None) -> AreaDraft:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise BadRow("", _("The feature has no properties."))
    given = {_plain(str(key)): value for key, value in feature["properties"].items()}
    level, code, name, parent, country = _identity(given)
    try:
        shape, notes = polygon(feature.get("geometry"))
    except BadShape as bad:
        raise BadRow("geometry", str(bad)) from bad
    for note in notes:
        source.loaded.note(number, "geometry", note)
    return AreaDraft(
        code=code, level=level, name=name, country=country, parent_code=parent, name_ar=_found(given, _ARABIC_NAMES, level),
        wkb=shapely.to_wkb(shape), valid_from=valid_from, row=number,
    )  # fmt: skip


def _identity(given: dict[str, Any]) -> tuple[int, str, str, str, str]:
    """(level, code, name, parent's code, country) from the properties. Raises BadRow."""
    if "shapename" in given:
        return _geoboundaries(given)
    codes = {n: _found(given, _CODES, n) for n in range(DEEPEST + 2)}
    codes[0] = codes[0] or str(given.get("countrypcode") or given.get("iso3") or "")
    level = max((n for n, code in codes.items() if code), default=-1)
    if level < 0:
        raise BadRow("code", _("No property holds a code (for instance ADM1_PCODE or shapeISO)."))
    if level > DEEPEST:
        raise BadRow("level", _("Levels below the commune are not kept."))
    code = codes[level]
    country = _country(codes[0] or re.match("[A-Za-z]*", code)[0])  # type: ignore[index]
    name = _found(given, _NAMES, level) or (str(given.get("country") or "") if level == 0 else "")
    if not name:
        raise BadRow("name", _("No property holds the name of the area."))
    parent = "" if level == 0 else country if level == 1 else codes[level - 1]
    return level, _code(country if level == 0 else code), name[:120], parent, country


def _geoboundaries(given: dict[str, Any]) -> tuple[int, str, str, str, str]:
    kind = str(given.get("shapetype") or "")
    if not re.fullmatch("ADM[0-3]", kind):
        raise BadRow("shapeType", _("shapeType is not ADM0, ADM1, ADM2 or ADM3."))
    level, country = int(kind[3]), _country(str(given.get("shapegroup") or ""))
    code = str(given.get("shapeiso") or given.get("shapeid") or "")
    name = str(given["shapename"] or "").strip()
    if not name:
        raise BadRow("shapeName", _("No property holds the name of the area."))
    # shapeID has 22 characters and more; the end of it is what tells shapes apart.
    return (
        level,
        country if level == 0 else _code(code[-20:]),
        name[:120],
        country if level == 1 else "",
        country,
    )


def _code(code: str) -> str:
    if not re.fullmatch("[A-Za-z0-9_-]{2,20}", code):
        raise BadRow("code", _("The code is empty, too long or holds other signs than letters and digits."))
    return code


def _found(given: dict[str, Any], patterns: tuple[str, ...], level: int) -> str:
    for pattern in patterns:
        value = given.get(pattern.format(n=level))
        if value not in (None, ""):
            return " ".join(str(value).split())
    return ""


# P-code tables ---------------------------------------------------------------------------------------------------


def _pcodes(text: str, source: Source, valid_from: date | None) -> None:
    reader = csv.DictReader(io.StringIO(text))
    reader.fieldnames = [_plain(name) for name in reader.fieldnames or []]
    seen: set[str] = set()
    try:
        for cells in reader:
            if (cells.get("pcode") or "").startswith("#"):  # the row of HXL tags under the header
                continue
            try:
                source.areas.append(_table_row(cells, reader.line_num, valid_from, seen))
            except BadRow as bad:
                source.refuse(reader.line_num, bad.column, str(bad))
    except csv.Error as error:
        raise NotReadable(
            _("The table cannot be read from row %(n)d on.") % {"n": reader.line_num}
        ) from error


def _table_row(cells: dict[str, Any], number: int, valid_from: date | None, seen: set[str]) -> AreaDraft:
    level = str(cells.get("adminlevel") or "").strip()
    if not level.isdecimal() or int(level) > DEEPEST:
        raise BadRow("Admin Level", _("The level is not 0, 1, 2 or 3."))
    code, name = str(cells.get("pcode") or "").strip(), " ".join(str(cells.get("name") or "").split())
    if not name:
        raise BadRow("Name", _("The name is empty."))
    country = _country(str(cells.get("location") or ""))
    if code in seen:
        raise BadRow("P-Code", _("The key %(key)s stands twice in the file.") % {"key": code})
    since = str(cells.get("validfromdate") or "").strip()
    try:
        day = valid_from or (date.fromisoformat(since) if since else None)
    except ValueError as error:
        raise BadRow("Valid from date", _("The date is not of the form 2026-11-21.")) from error
    draft = AreaDraft(
        code=_code(code), level=int(level), name=name[:120], country=country,
        parent_code=str(cells.get("parentpcode") or "").strip(), valid_from=day, row=number,
    )  # fmt: skip
    seen.add(code)
    return draft
