"""How long "what could have met" takes among 10,000, 100,000 and 1,000,000 operations, and how that grows.

    .venv/bin/python benchmarks/bench_overlap.py                       (BENCH_N=1000000 for the full size)
    .venv/bin/python benchmarks/bench_overlap.py --url postgresql://postgres@127.0.0.1:55440/constat

Nodes of its own in the folder for temporary files (--url: a database of its own, filled again for each size). Operations
of three years: half of them within 15 km of 60 towns, some along roads, one in fifty far-reaching, one in a hundred for
weeks. Looks are drawn at places where something happened, with the place and time precisions of the vocabularies. Every
look at the smallest size is also answered by the rule on every row, and must be the same. `scan` is the same question
answered by reading the whole table. Prints p50 and p95 in milliseconds, and the growth of p95 from smallest to largest.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from constat import node

END = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = 3 * 365
CHUNK = 20_000
# name of the look -> (radius in km, days to each side of the day)
LOOKS = {
    "village, day": (2, 0), "25 km, day": (25, 0), "25 km, week": (25, 5), "district, month": (50, 15),
    "region, month": (150, 15), "25 km, year": (25, 182), "country, year": (400, 182),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="", help="PostgreSQL database to fill and to ask")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.rounds)))
        return
    results = [run(size, options) for size in sizes()]
    print(json.dumps(results, indent=1) if options.json else table(results))


def sizes() -> list[int]:
    most = int(os.environ.get("BENCH_N", "100000"))
    return [size for size in (10_000, 100_000, 1_000_000) if size < most] + [most]


def run(size: int, options: argparse.Namespace) -> dict[str, Any]:
    folder = Path(tempfile.gettempdir()) / f"constat-overlap-{size}"
    if not node.is_node(folder):
        node.create(folder, name="")
    environment = os.environ | {
        "CONSTAT_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "constat.config.settings",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    if options.url:
        environment["DATABASE_URL"] = options.url
    command = [sys.executable, __file__, "--one", str(size), "--rounds", str(options.rounds)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(size: int, rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection

    from constat.apps.operations import search
    from constat.apps.operations.models import Operation

    filled = fill(size)
    rng = random.Random(f"looks {size}")
    names = ("lon", "lat", "starts_at")
    last = Operation.objects.order_by("-pk").values_list("pk", flat=True)[0]
    ids = [rng.randrange(1, last + 1) for _ in range(rounds * 2)]
    seen = list(Operation.objects.filter(pk__in=ids).values_list(*names))[: rounds + 1]
    result: dict[str, Any] = {"size": size, "vendor": connection.vendor, "fill_s": filled, "looks": {}}
    for name, (radius, days) in LOOKS.items():
        took, met, ways, capped = [], [], set(), 0
        for lon, lat, starts_at in seen:
            there = (lon + rng.gauss(0, radius / 300), lat + rng.gauss(0, radius / 300))
            window = search.moments(
                (starts_at - timedelta(days=days)).date(), (starts_at + timedelta(days=days)).date()
            )
            begun = time.perf_counter()
            found = search.search(window, *there, radius)
            took.append((time.perf_counter() - begun) * 1000)
            met.append(len(found.met))
            ways.add(found.way)
            capped += found.capped
            if size == 10_000 and not found.capped:
                same(window, there, radius, found)
        took = took[1:]
        result["looks"][name] = {
            "p50": statistics.median(took), "p95": sorted(took)[int(len(took) * 0.95)],
            "met": statistics.median(met), "ways": sorted(ways), "capped": capped,
        }  # fmt: skip
    result["scan_ms"] = scan(connection, seen[:5])
    return result


def same(window: Any, there: tuple[float, float], radius: float, found: Any) -> None:
    """The rule on every row of the table says the same."""
    from constat.apps.operations import search
    from constat.apps.operations.models import Operation
    from constat.rules import overlap

    if not hasattr(same, "rows"):
        same.rows = list(search._opened(list(Operation.objects.values_list("pk", flat=True))))  # type: ignore[attr-defined]
    every = {pk for pk, one in same.rows if overlap.meet(window, *there, radius, one)}  # type: ignore[attr-defined]
    if every != {one.pk for one in found.met}:
        raise SystemExit(f"the search lost or invented: {every ^ {one.pk for one in found.met}}")


def scan(connection: Any, seen: list[Any]) -> float:
    """The same box and week by reading every row."""
    took = []
    hint = " NOT INDEXED" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off"
            )
        for lon, lat, starts_at in seen:
            begun = time.perf_counter()
            cursor.execute(
                f"SELECT count(*) FROM operations_operation{hint} WHERE starts_at <= %s AND ends_at >= %s"
                " AND abs(lat - %s) < 0.3 AND abs(lon - %s) < 0.3",
                [starts_at + timedelta(days=5), starts_at - timedelta(days=5), lat, lon],
            )
            cursor.fetchall()
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def fill(size: int) -> float:
    """Tables made and filled, unless they hold that many already. Rows go past the actions: this is no node to work on."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from constat.apps.operations.models import Operation
    from constat.apps.register.models import Actor, Unit

    call_command("migrate", "operations", verbosity=0)
    if Operation.objects.count() == size:
        return 0.0
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM operations_operation" if connection.vendor == "sqlite" else
                       "TRUNCATE operations_operation RESTART IDENTITY CASCADE")  # fmt: skip
    actor, _ = Actor.objects.get_or_create(
        code="own", defaults={"name": "Own", "is_own": True, "folded": "own"}
    )
    units = [
        Unit.objects.get_or_create(code=f"u{n}", defaults={"name": f"U{n}", "actor": actor})[0].pk
        for n in range(20)
    ]
    columns = [one for one in Operation._meta.concrete_fields if one.name != "id"]
    names = ", ".join(connection.ops.quote_name(one.column) for one in columns)
    rows = drawn(size, units)
    written = 0
    while written < size:
        chunk = [next(rows) for _ in range(min(CHUNK, size - written))]
        values = [
            tuple(
                one.get_db_prep_save(row.get(one.attname, one.get_default()), connection) for one in columns
            )
            for row in chunk
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY operations_operation ({names}) FROM STDIN") as copy:
                    for line in values:
                        copy.write_row(line)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO operations_operation ({names}) VALUES ({marks})", values)
        written += len(chunk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE operations_operation")
    return time.perf_counter() - begun


def drawn(size: int, units: list[int]) -> Iterator[dict[str, Any]]:
    from constat.apps.operations import grid
    from constat.rules.overlap import CLOCK_HOURS, Area, cover

    rng = random.Random(f"operations {size}")
    towns = [(rng.uniform(-10, 5), rng.uniform(11, 21)) for _ in range(60)]
    slack = timedelta(hours=CLOCK_HOURS)
    for number in range(size):
        town = rng.choice(towns) if rng.random() < 0.5 else (rng.uniform(-10, 5), rng.uniform(11, 21))
        lon, lat = town[0] + rng.gauss(0, 0.08), town[1] + rng.gauss(0, 0.08)
        starts = END - timedelta(days=rng.random() * DAYS)
        hours = (
            rng.uniform(1, 12) if rng.random() < 0.97 else rng.uniform(12, 400 if rng.random() < 0.3 else 150)
        )
        ends = min(starts + timedelta(hours=hours), END + timedelta(days=1))
        radius, path, precision = rng.uniform(0, 8), [], "exact"
        turn = rng.random()
        if turn < 0.2:
            path = [[lon, lat], [lon + rng.uniform(-0.3, 0.3), lat + rng.uniform(-0.3, 0.3)]]
            radius = 1.0
        elif turn < 0.25:
            precision = "near_25km"
        elif turn < 0.26:
            precision = "admin2"
        elif turn < 0.265:
            precision = "admin1"
        points = tuple((east, north) for east, north in path) or ((lon, lat),)
        at_lon, at_lat, reach = cover([Area(points, radius)], precision)
        first, last = grid.hour(starts - slack), grid.hour(ends + slack)
        span = grid.span_of(first, last)
        yield {
            "uid": uuid.UUID(int=rng.getrandbits(128), version=4), "code": f"O-2026-{number:07d}", "kind": "foot_patrol",
            "unit_id": units[number % len(units)], "starts_at": starts, "ends_at": ends, "zone": "UTC", "lon": lon,
            "lat": lat, "place_precision": precision, "radius_km": radius, "path": path, "domains": ["ground"],
            "at_lon": at_lon, "at_lat": at_lat, "reach_km": reach, "cell": grid.cell_of(at_lon, at_lat, reach, span),
            "span": span, "first_hour": first, "last_hour": last, "force": int(rng.random() < 0.05),
            "recorded_at": END + timedelta(days=2), "adm1": f"R{number % 10}",
        }  # fmt: skip


def table(results: list[dict[str, Any]]) -> str:
    lines = [f"{results[0]['vendor']}, one look in milliseconds, p50 / p95", ""]
    head = [f"{one['size']:,}" for one in results]
    lines += [
        f"| look | {' | '.join(head)} | growth of p95 | met | by |",
        "|---|" + "---:|" * (len(head) + 2) + "---|",
    ]
    for name in LOOKS:
        cells = [one["looks"][name] for one in results]
        figures = " | ".join(f"{one['p50']:.1f} / {one['p95']:.1f}" for one in cells)
        growth = cells[-1]["p95"] / cells[0]["p95"]
        more = "+" if cells[-1]["capped"] else ""
        lines.append(
            f"| {name} | {figures} | {growth:.1f}x | {cells[-1]['met']:.0f}{more} | {', '.join(cells[-1]['ways'])} |"
        )
    lines.append(
        f"| scan of all rows | {' | '.join(format(one['scan_ms'], '.1f') for one in results)} | | | |"
    )
    lines.append("")
    lines.append(
        f"Filled in {', '.join(format(one['fill_s'], '.0f') for one in results)} s; 0: it was there already."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
