"""A large invented mission: N incidents, 2 N reports, their harm lines and links, for measuring and for nothing else.

    CONSTAT_HOME=/tmp/bench-100k .venv/bin/python benchmarks/generate.py --incidents 100000
    DATABASE_URL=postgresql://... CONSTAT_HOME=/tmp/bench-pg .venv/bin/python benchmarks/generate.py --incidents 100000

Rows go straight into the tables (executemany on SQLite, COPY on PostgreSQL) past the actions: there is no event per
record, and this data must never be mixed with a node that somebody works on. The folder must be new, or have been made
by this program. Same seed, same rows, on any machine and whatever the number of runs it took: every chunk has its own
generator, is written in one transaction, and a second run goes on after the last whole chunk.

The skew is that of a real mission: a third of the events in two of ten regions, five villages in a hundred with half
of them, most records closed, one report in twelve in a compartment, words of three languages with a few very common
ones and thousands of rare names.
"""

import argparse
import hashlib
import itertools
import json
import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

CHUNK = 20_000  # incidents per transaction
# So many are drawn one by one; beyond them the same events happen again, with other numbers, names of record, places and
# rare words, written by the database itself: drawing a million takes ten times as long and measures nothing more.
PATTERN = 100_000
POOL = 1024
END = datetime(2026, 11, 20, 18, tzinfo=UTC)  # the last day of the invented mission
DAYS = 3 * 365
MARK = "bench.json"

OFFICES = ("hq", "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india")
OFFICE_WEIGHTS = (22, 18, 14, 11, 9, 8, 7, 5, 4, 2)
REGIONS = 10
REGION_WEIGHTS = (20, 16, 13, 11, 10, 9, 8, 6, 4, 3)
CERCLES = 6  # per region
COMMON = {
    "fr": [
        "hommes",
        "armés",
        "village",
        "attaque",
        "marché",
        "route",
        "bétail",
        "maison",
        "brûlée",
        "enfants",
        "femmes",
        "blessés",
        "tués",
        "patrouille",
        "convoi",
        "puits",
        "école",
        "nuit",
        "matin",
        "tirs",
        "explosion",
        "véhicule",
        "moto",
        "berger",
        "champ",
        "récolte",
        "enlèvement",
        "campement",
        "témoins",
    ],
    "en": [
        "armed",
        "men",
        "village",
        "attack",
        "market",
        "road",
        "cattle",
        "house",
        "burnt",
        "children",
        "women",
        "wounded",
        "killed",
        "patrol",
        "convoy",
        "well",
        "school",
        "night",
        "morning",
        "shots",
        "explosion",
        "vehicle",
        "motorbike",
        "herder",
        "field",
        "harvest",
        "abduction",
        "camp",
        "witnesses",
    ],
    "ar": [
        "مسلحون",
        "قرية",
        "هجوم",
        "سوق",
        "طريق",
        "ماشية",
        "بيت",
        "حرق",
        "أطفال",
        "نساء",
        "جرحى",
        "قتلى",
        "دورية",
        "قافلة",
        "بئر",
        "مدرسة",
        "ليل",
        "صباح",
        "طلقات",
        "انفجار",
        "سيارة",
        "دراجة",
        "راع",
        "حقل",
        "حصاد",
        "خطف",
        "مخيم",
        "شهود",
        "رجال",
        "مياه",
    ],
}
LANGUAGES = ("fr", "en", "ar")
LANGUAGE_WEIGHTS = (70, 12, 18)
LANGUAGE_POOL = [
    code for code, weight in zip(LANGUAGES, LANGUAGE_WEIGHTS, strict=True) for _ in range(weight)
]
OFFICE_POOL = [code for code, weight in zip(OFFICES, OFFICE_WEIGHTS, strict=True) for _ in range(weight)]
# Our own force is in question in one event of nine.
INVOLVEMENTS = (("not_alleged", 60), ("unknown", 25), ("alleged", 6), ("suspected", 3), ("assessed_likely", 1), ("confirmed", 1),
                ("excluded", 4))  # fmt: skip
INVOLVEMENT_POOL = [code for code, weight in INVOLVEMENTS for _ in range(weight)]
SYLLABLES = [
    "ba",
    "bou",
    "dia",
    "dou",
    "ga",
    "gao",
    "ka",
    "kou",
    "la",
    "lo",
    "ma",
    "mé",
    "mo",
    "na",
    "nga",
    "ni",
    "ra",
    "sa",
    "si",
    "ta",
    "tou",
    "wa",
    "za",
    "zo",
    "ti",
    "hou",
    "ké",
    "sé",
    "in",
    "an",
    "té",
    "gué",
]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--incidents", type=int, default=10_000, help="how many; twice as many reports")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def prepare_home() -> Path:
    """A node folder of our own. Refuses a folder that holds somebody's node."""
    if not os.environ.get("CONSTAT_HOME"):
        sys.exit("Set CONSTAT_HOME to a folder for the invented data, for example /tmp/bench-100k.")
    home = Path(os.environ["CONSTAT_HOME"]).resolve()
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        sys.exit(f"{home} was not made by this program: choose an empty folder.")
    (home / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "evidence").mkdir(exist_ok=True)
    for name in ("session.key", "vault.key", "receipt.key"):
        if not (home / "keys" / name).exists():
            (home / "keys" / name).write_text(secrets.token_hex(32), encoding="ascii")
    (home / "node.toml").write_text('name = "Measurements"\nsynthetic = true\n', encoding="utf-8")
    if not (home / MARK).exists():
        (home / MARK).write_text("{}", encoding="utf-8")
    return home


# What the rows say -----------------------------------------------------------------------------------------------


class Words:
    """Codes of the vocabularies, villages and sentences; all of it follows from the seed."""

    def __init__(self, seed: int) -> None:
        from constat.analysis.names import fold
        from constat.rules.vocabulary import vocabulary

        rng = random.Random(f"words-{seed}")
        self.fold = fold
        self.pools: dict[tuple[str, float], list[str]] = {}
        self.codes = {
            name: [term.code for term in vocabulary(name).active()]
            for name in (
                "incident_type", "weapon", "violence_type", "channel", "reporter_type", "grade", "harm",
                "sex", "age_band", "person_status", "closure_reason", "place_precision", "date_precision",
                "triage_outcome", "link_relation", "compartment",
            )
        }  # fmt: skip
        self.villages = [self._village(rng, number) for number in range(4000)]
        # Half of what happens, happens in one village of twenty.
        self.village_weights = list(
            itertools.accumulate(1 / (rank + 8) for rank in range(len(self.villages)))
        )
        self.sentences = {language: self._sentences(rng, language) for language in LANGUAGES}

    def pool(self, name: str, rate: float) -> list[str]:
        """The codes of a vocabulary, each as often as it is used: drawing from a list is five times faster than
        drawing from a distribution."""
        if (name, rate) not in self.pools:
            rng, codes = random.Random(f"{name}-{rate}"), self.codes[name]
            self.pools[name, rate] = [
                codes[min(int(rng.expovariate(rate)), len(codes) - 1)] for _ in range(POOL)
            ]
        return self.pools[name, rate]

    def _village(self, rng: random.Random, number: int) -> tuple[str, str, str, float, float, str]:
        """(name, region, cercle, lon, lat, folded name)."""
        name = "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).capitalize()
        region = rng.choices(range(REGIONS), REGION_WEIGHTS)[0]
        cercle = rng.randrange(CERCLES)
        west, south = box_of(region, cercle)
        lon, lat = west + rng.random() * 0.7, south + rng.random() * 0.7
        return name, f"ZZ{region:02}", f"ZZ{region:02}{cercle:02}", lon, lat, self.fold(name)

    def _sentences(self, rng: random.Random, language: str) -> list[tuple[str, str]]:
        """Two thousand openings in a language, each with its folded form; the end of a report is its own."""
        words = COMMON[language]
        made = []
        for _ in range(2000):
            picked = [
                words[min(int(rng.expovariate(0.18)), len(words) - 1)] for _ in range(rng.randint(6, 16))
            ]
            text = " ".join(picked).capitalize() + "."
            made.append((text, self.fold(text)))
        return made


def box_of(region: int, cercle: int) -> tuple[float, float]:
    """South-west corner of a cercle: 10 regions in two rows, 6 cercles of 0.75 degree in each."""
    column, row = region % 5, region // 5
    return -12 + column * 2.3 + (cercle % 3) * 0.75, 12 + row * 2 + (cercle // 3) * 0.75


def areas() -> Iterator[dict[str, Any]]:
    """Country, regions and cercles as plain boxes, so that the map has outlines to draw."""
    from shapely.geometry import MultiPolygon, box

    boxes = {(r, c): box_of(r, c) for r in range(REGIONS) for c in range(CERCLES)}
    shapes: list[tuple[str, int, str, str, Any]] = []
    everything = []
    for region in range(REGIONS):
        parts = [box(w, s, w + 0.75, s + 0.75) for (r, _), (w, s) in boxes.items() if r == region]
        everything += parts
        shapes.append((f"ZZ{region:02}", 1, f"Region {region}", "ZZ", parts))
        shapes += [
            (f"ZZ{region:02}{c:02}", 2, f"Cercle {region}.{c}", f"ZZ{region:02}", [parts[c]])
            for c in range(CERCLES)
        ]
    shapes.insert(0, ("ZZ", 0, "Zone", "", everything))
    for code, level, name, parent, parts in shapes:
        shape = MultiPolygon(parts)
        west, south, east, north = shape.bounds
        inside = shape.representative_point()
        yield {
            "code": code, "level": level, "name": name, "folded": name.lower(), "country": "MLI", "parent_code": parent,
            "geometry": shape.wkb, "min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north,
            "lon": inside.x, "lat": inside.y, "population": 50_000, "source": "benchmarks/generate.py",
        }  # fmt: skip


# Tables ----------------------------------------------------------------------------------------------------------


class Table:
    """Columns of a model with their defaults, so that a column added later needs no change here."""

    def __init__(self, model: Any, columns: Sequence[str]) -> None:
        from django.db import connection

        self.model = model
        self.name = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
        by_name = {field.attname: field for field in fields}
        unknown = set(columns) - set(by_name)
        if unknown:
            raise ValueError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        rest = [field for field in fields if field.attname not in columns and not field.null]
        self.constant = tuple(
            field.get_db_prep_save(field.get_default(), connection) for field in rest if not field.primary_key
        )
        rest = [field for field in rest if not field.primary_key]
        self.fields = [by_name[name] for name in columns] + rest
        self.columns = [field.column for field in self.fields]

    def write(self, cursor: Any, rows: Iterable[tuple[Any, ...]]) -> None:
        from django.db import connection

        constant = self.constant
        listed = ", ".join(f'"{column}"' for column in self.columns)
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{self.name}" ({listed}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row + constant)
            return
        marks = ", ".join("?" for _ in self.columns)
        constant = _sqlite(constant)
        # The driver's own cursor: Django's would turn every row's placeholders into text again.
        raw = connection.connection.cursor()
        raw.executemany(
            f'INSERT INTO "{self.name}" ({listed}) VALUES ({marks})',
            (_sqlite(row) + constant for row in rows),
        )

    def repeat(self, cursor: Any, done: int, last: int) -> None:
        """Rows of the first `last - done` incidents once more, as those after `done`."""
        from django.db import connection

        own = {"reports_report": 2, "incidents_incident": 1}.get(self.name)
        differing = _BOTH | (_SQLITE if connection.vendor == "sqlite" else _POSTGRESQL) if own else _BOTH
        values = [
            differing[column].format(n=done, m=done * (own or 1), kind=own)
            if column in differing
            else f'"{column}"'
            for column in self.columns
        ]
        if not own:
            # Lines and links get keys of their own from the database.
            values = [value for value, column in zip(values, self.columns, strict=True) if column != "id"]
        columns = [column for column in self.columns if own or column != "id"]
        key = "id" if own else "report_id" if "report_id" in columns else "incident_id"
        most = (last - done) * (2 if key == "report_id" or own == 2 else 1)
        listed = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f'INSERT INTO "{self.name}" ({listed}) SELECT {", ".join(values)} FROM "{self.name}" WHERE "{key}" <= {most}'
        )


# How a repeated row differs from the one it repeats. {n}: the number of incidents between the two.
_SQLITE = {
    "uid": "printf('%032x', (id + {m}) * 2 + {kind})",
    "code": "substr(code, 1, 7) || printf('%07d', id + {m})",
    "search_text": "printf('%s%07d%s%07d', substr(search_text, 1, 7), id + {m}, "
    "substr(search_text, 15, length(search_text) - 21), (id * 48271 + {m}) % 10000000)",
}
_POSTGRESQL = {
    "uid": "md5('{kind} ' || (id + {m}))::uuid",
    "code": "substr(code, 1, 7) || lpad((id + {m})::text, 7, '0')",
    "search_text": "substr(search_text, 1, 7) || lpad((id + {m})::text, 7, '0') || "
    "substr(search_text, 15, length(search_text) - 21) || lpad(((id * 48271 + {m}) % 10000000)::text, 7, '0')",
}
_BOTH = {
    "id": "id + {m}",
    "report_id": "report_id + 2 * {n}",
    "incident_id": "incident_id + {n}",
    # Up to two kilometres away.
    "lon": "lon + ((id * 7919 + {n}) % 1000 - 500) * 0.00004",
    "lat": "lat + ((id * 104729 + {n}) % 1000 - 500) * 0.00004",
}


SQLITE_WRITES = {
    datetime: lambda value: value.strftime(
        "%Y-%m-%d %H:%M:%S"
    ),  # every moment here is UTC, as Django stores it
    date: date.isoformat,
    uuid.UUID: lambda value: value.hex,
    memoryview: bytes,
}


def _sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([write(value) if (write := SQLITE_WRITES.get(value.__class__)) else value for value in row])


class Aside:
    """Secondary indexes and triggers of the big tables, put aside for the load and put back exactly as they were."""

    TABLES = ("reports_report", "reports_reportharm", "incidents_incident", "incidents_harmline",
              "incidents_incidentreport", "incidents_source", "reports_triage")  # fmt: skip

    def __init__(self, home: Path) -> None:
        self.file = home / "aside.json"

    def take(self) -> None:
        from django.db import connection

        # A run that was broken off left its list behind: what is in it is still to be put back.
        kept: list[str] = json.loads(self.file.read_text("utf-8")) if self.file.exists() else []
        with connection.cursor() as cursor:
            found = self._found(cursor)
            kept += [sql for _, _, sql in found if sql not in kept]
            self.file.write_text(json.dumps(kept), "utf-8")
            for kind, name, _ in found:
                if kind == "trigger":
                    table = next(sql for k, n, sql in found if n == name)
                    cursor.execute(_drop_trigger(connection.vendor, name, table))
                else:
                    cursor.execute(f'DROP INDEX IF EXISTS "{name}"')

    def put_back(self) -> None:
        from django.db import connection

        if not self.file.exists():
            return
        statements = json.loads(self.file.read_text("utf-8"))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET maintenance_work_mem = '512MB'")
            for sql in sorted(statements, key=lambda sql: "TRIGGER" in sql.upper()[:30]):
                started = time.perf_counter()
                cursor.execute(sql)
                say(f"  {time.perf_counter() - started:6.1f} s  {' '.join(sql.split())[:90]}")
        self.file.unlink()

    def _found(self, cursor: Any) -> list[tuple[str, str, str]]:
        from django.db import connection

        if connection.vendor == "sqlite":
            marks = ", ".join(f"'{name}'" for name in self.TABLES)
            cursor.execute(
                f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({marks}) "
                "AND type IN ('index', 'trigger') ORDER BY type DESC"
            )
            return list(cursor.fetchall())
        cursor.execute(
            """SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
               JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
               WHERE t.relname = ANY(%s) AND NOT i.indisunique""", [list(self.TABLES)],
        )  # fmt: skip
        found = list(cursor.fetchall())
        cursor.execute(
            """SELECT 'trigger', g.tgname, pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
               WHERE t.relname = ANY(%s) AND NOT g.tgisinternal""", [list(self.TABLES)],
        )  # fmt: skip
        return list(cursor.fetchall()) + found


def _drop_trigger(vendor: str, name: str, sql: str) -> str:
    if vendor == "sqlite":
        return f'DROP TRIGGER "{name}"'
    table = sql.split(" ON ", 1)[1].split()[0]
    return f'DROP TRIGGER "{name}" ON {table}'


# Rows --------------------------------------------------------------------------------------------------------------


class Chunk:
    """The rows of incidents first..last (numbers from 1) and of their reports."""

    def __init__(self, words: Words, seed: int, first: int, last: int, people: Sequence[int]) -> None:
        self.words, self.first, self.last, self.people = words, first, last, people
        self.rng = random.Random(f"{seed}-{first}")
        self.incidents: list[tuple[Any, ...]] = []
        self.reports: list[tuple[Any, ...]] = []
        self.incident_harms: list[tuple[Any, ...]] = []
        self.report_harms: list[tuple[Any, ...]] = []
        self.links: list[tuple[Any, ...]] = []
        for number in range(first, last + 1):
            self._incident(number)

    def _skewed(self, name: str, rate: float = 0.45) -> str:
        return self.words.pool(name, rate)[int(self.rng.random() * POOL)]

    def _incident(self, number: int) -> None:
        rng, words = self.rng, self.words
        # More is reported towards the end than at the beginning.
        happened = END - timedelta(days=int(DAYS * (1 - rng.random() ** 0.8)), hours=rng.randrange(24))
        day = happened.date()
        village = rng.choices(words.villages, cum_weights=words.village_weights)[0]
        name, region, cercle, lon, lat, folded = village
        lon, lat = lon + rng.gauss(0, 0.02), lat + rng.gauss(0, 0.02)
        age = (END - happened).days
        is_open = rng.random() < (0.5 if age < 30 else 0.12 if age < 180 else 0.015)
        state = ("open" if rng.random() < 0.8 else "in_review") if is_open else "closed"
        compartment, level = self._protection()
        started = happened + timedelta(days=rng.randint(0, 3))
        due = started + timedelta(days=30) if is_open else None
        killed, hurt = self._range(0.55, 3), self._range(0.6, 5)
        grade = self._skewed("grade") if not is_open or rng.random() < 0.3 else "ungraded"
        grader = rng.choice(self.people) if grade != "ungraded" else None
        kind, involvement = self._skewed("incident_type", 0.3), INVOLVEMENT_POOL[int(rng.random() * 100)]
        precision = self._skewed("place_precision", 0.5)
        code = f"I-{day.year}-{number:07}"
        count = rng.choices((1, 2, 3, 4, 6), (46, 27, 15, 8, 4))[0]
        opening, opening_folded = words.sentences["fr"][int(rng.random() ** 2 * 2000)]
        office = OFFICE_POOL[int(rng.random() * 100)]
        self.incidents.append((
            number, uuid.UUID(int=rng.getrandbits(128)), code, state, level, compartment, office, rng.choice(self.people),
            rng.choice(self.people) if is_open else None, day, day, self._skewed("date_precision", 0.9), name,
            "MLI", region, cercle, lon, lat, precision, kind, self._skewed("weapon", 0.3), self._skewed("violence_type"),
            involvement, f"{name}. {opening}", started, min(started + timedelta(days=min(age, 20)), END), grade, grader,
            started if grader else None, self._skewed("closure_reason", 0.5) if state == "closed" else "",
            "assessment" if is_open else "", started if is_open else None, due, *killed, *hurt, count,
            f"{code.lower().replace('-', ' ')} {folded} {opening_folded} {rng.randrange(10_000_000):07}",
        ))  # fmt: skip
        for harm, figures in zip(words.codes["harm"][:2], (killed, hurt), strict=True):
            if figures != (0, 0, 0):
                self.incident_harms.append(
                    (number, harm, "unknown", "unknown", self._skewed("person_status", 0.9), *figures)
                )
        self._reports(number, village, (lon, lat), happened, compartment, level, office, is_open, state)

    def _protection(self) -> tuple[str, int]:
        draw = self.rng.random()
        others = [code for code in self.words.codes["compartment"] if code != "general"]
        if draw < 0.08:
            return others[int(draw / 0.08 * len(others))], 3
        return "general", 1 if draw < 0.18 else 3 if draw > 0.93 else 2

    def _range(self, share: float, scale: float) -> tuple[int, int | None, int | None]:
        rng = self.rng
        if rng.random() > share:
            return 0, 0, 0
        best = 1 + int(rng.expovariate(1 / scale))
        low, high = max(0, best - rng.randint(0, 2)), best + rng.randint(0, 4)
        draw = rng.random()
        return low, None if draw < 0.07 else best, None if draw > 0.96 else high

    def _reports(self, incident: int, village: tuple[Any, ...], point: tuple[float, float], happened: datetime,
                 compartment: str, level: int, office: str, is_open: bool, state: str) -> None:  # fmt: skip
        """Two reports with each incident; a tenth of them belongs to none and stays in the queue or was closed."""
        rng, words = self.rng, self.words
        name, region, cercle, _, _, folded = village
        for turn in (0, 1):
            number = 2 * incident - 1 + turn
            received = min(happened + timedelta(hours=rng.expovariate(1 / 40)), END).replace(microsecond=0)
            language = LANGUAGE_POOL[int(rng.random() * 100)]
            text, text_folded = words.sentences[language][int(rng.random() ** 2 * 2000)]
            own = f"{name} {rng.randrange(10_000_000):07}"
            linked = turn == 0 or rng.random() < 0.8
            fresh = (END - received).days < 20
            now = self._report_state(linked, fresh)
            runs = now in {"received", "in_triage", "safety_hold"}
            code = f"R-{received.year}-{number:07}"
            original = f"{text} {own}".encode()
            self.reports.append((
                number, uuid.UUID(int=rng.getrandbits(128)), code, now, level, compartment, office,
                rng.choice(self.people), rng.choice(self.people) if runs and rng.random() < 0.4 else None,
                self._skewed("channel", 0.4), self._skewed("reporter_type", 0.4), received, original, language,
                hashlib.sha256(original).hexdigest(), happened.date(), happened.date(), "day", name, "MLI", region, cercle,
                point[0], point[1], self._skewed("place_precision", 0.5), self._skewed("incident_type", 0.3),
                INVOLVEMENT_POOL[int(rng.random() * 100)], self._skewed("triage_outcome", 0.6) if now in {"linked", "closed"} else "",
                "triage" if runs else "", received if runs else None, received + timedelta(hours=72) if runs else None,
                f"{code.lower().replace('-', ' ')} {folded} {text_folded} {own[-7:]}",
            ))  # fmt: skip
            killed = self._range(0.5, 3)
            if killed != (0, 0, 0):
                self.report_harms.append((number, words.codes["harm"][0], *killed))
            if linked:
                self.links.append((incident, number, words.codes["link_relation"][0], rng.choice(self.people),
                                   received + timedelta(hours=5)))  # fmt: skip

    def _report_state(self, linked: bool, fresh: bool) -> str:
        draw = self.rng.random()
        if fresh and draw < 0.35:
            return "received" if draw < 0.2 else "in_triage" if draw < 0.34 else "safety_hold"
        if linked:
            return "linked"
        return "accepted" if draw < 0.4 else "closed"


INCIDENT = (
    "id", "uid", "code", "state", "sensitivity", "compartment", "office", "recorded_by_id", "assigned_to_id", "starts_on",
    "ends_on", "date_precision", "place_text", "country", "adm1", "adm2", "lon", "lat", "place_precision",
    "incident_type", "weapon", "violence_type", "involvement", "narrative", "opened_at", "updated_at", "grade",
    "graded_by_id", "graded_at", "closure_reason", "clock", "clock_started_at", "due_at", "deaths_min", "deaths_best",
    "deaths_max", "injured_min", "injured_best", "injured_max", "report_count", "search_text",
)  # fmt: skip
REPORT = (
    "id", "uid", "code", "state", "sensitivity", "compartment", "office", "recorded_by_id", "assigned_to_id", "channel",
    "reporter_type", "received_at", "original", "original_language", "original_sha256", "starts_on", "ends_on",
    "date_precision", "place_text", "country", "adm1", "adm2", "lon", "lat", "place_precision", "incident_type",
    "involvement", "outcome", "clock", "clock_started_at", "due_at", "search_text",
)  # fmt: skip


# The run -----------------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def people() -> list[int]:
    """Twenty invented people with posts: enough for every door that is measured. Returns the ids of those who work cases."""
    from constat.apps.access.models import Office, Person, Post

    offices = {
        code: Office.objects.get_or_create(code=code, defaults={"name": code.title()})[0] for code in OFFICES
    }
    start = END - timedelta(days=DAYS)
    roles = (
        ["analyst"] * 6
        + ["triage_officer"] * 3
        + ["cell_chief", "leadership", "military_operations", "human_rights_officer"]
    )
    posts = [(role, "hq") for role in roles] + [("intake_officer", code) for code in OFFICES]
    ids = []
    for number, (role, office) in enumerate(posts, start=1):
        person, new = Person.objects.get_or_create(
            username=f"bench{number:02}",
            defaults={"display_name": f"Bench {number:02} {role}", "created_at": start},
        )
        if new:
            person.set_unusable_password()
            person.save(update_fields=["password"])
            Post.objects.create(
                person=person,
                role=role,
                section="civilian_harm_cell",
                office=offices[office],
                starts_at=start,
            )
        ids.append(person.pk)
    return ids


def load(home: Path, seed: int, wanted: int) -> float:
    """Writes what is still missing. Returns the seconds it took, indexes included."""
    from django.db import connection, transaction

    from constat.apps.incidents.models import HarmLine, Incident, IncidentReport
    from constat.apps.reports.models import Report, ReportHarm

    began = time.perf_counter()
    staff = people()
    words = Words(seed)
    tables = (
        (Table(Report, REPORT), "reports"),
        (Table(ReportHarm, ("report_id", "harm", "minimum", "best", "maximum")), "report_harms"),
        (Table(Incident, INCIDENT), "incidents"),
        (
            Table(
                HarmLine, ("incident_id", "harm", "sex", "age_band", "status", "minimum", "best", "maximum")
            ),
            "incident_harms",
        ),
        (
            Table(IncidentReport, ("incident_id", "report_id", "relation", "linked_by_id", "linked_at")),
            "links",
        ),
    )
    done = Incident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    aside = Aside(home)
    if done < wanted:
        aside.take()
        while done < wanted:
            with transaction.atomic(), connection.cursor() as cursor:
                if done < PATTERN:
                    last = min(done + CHUNK, wanted, PATTERN)
                    chunk = Chunk(words, seed, done + 1, last, staff)
                    for table, rows in tables:
                        table.write(cursor, getattr(chunk, rows))
                else:
                    last = min(done + PATTERN, wanted)
                    for table, _rows in tables:
                        table.repeat(cursor, done, last)
            done = last
            say(f"  {done:>9} incidents  {time.perf_counter() - began:6.1f} s")
    aside.put_back()
    mark = json.loads((home / MARK).read_text("utf-8"))
    if mark.get("finished") != max(done, wanted):
        finish(connection)
        (home / MARK).write_text(json.dumps(mark | {"finished": max(done, wanted)}), "utf-8")
    return time.perf_counter() - began


def finish(connection: Any) -> None:
    """What a database does over time and a bulk load must ask for: text index, sequences, statistics."""
    from constat.apps.register import textindex

    started = time.perf_counter()
    for table in ("reports_report", "incidents_incident"):
        textindex.rebuild(table)
    say(f"  {time.perf_counter() - started:6.1f} s  text index")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("reports_report", "incidents_incident"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main() -> None:
    options = arguments()
    home = prepare_home()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "constat.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    mark = json.loads((home / MARK).read_text("utf-8"))
    if mark.get("seed", options.seed) != options.seed:
        sys.exit(f"{home} was made with --seed {mark['seed']}: rows of two seeds do not belong together.")
    (home / MARK).write_text(
        json.dumps(mark | {"seed": options.seed, "incidents": options.incidents}), "utf-8"
    )
    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Only while loading, only here: what is lost in a power cut is made again.
            cursor.execute("PRAGMA synchronous=OFF")
    from constat.apps.register.models import AdminArea

    if not AdminArea.objects.exists():
        AdminArea.objects.bulk_create(AdminArea(**values) for values in areas())
    seconds = load(home, options.seed, options.incidents)
    print(json.dumps({"home": str(home), "incidents": options.incidents, "reports": 2 * options.incidents,
                      "seed": options.seed, "database": connection.vendor, "seconds": round(seconds, 1)}))  # fmt: skip


if __name__ == "__main__":
    main()
