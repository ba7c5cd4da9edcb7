"""Import of UCDP GED against loading the same rows with nothing checked, side by side in one run.

    python benchmarks/bench_import.py [--rows 100000] [--postgresql postgresql://...]

Constat: reads, checks every row (codes, dates, ranges, sums), keeps the original words and all columns, writes report, harm
lines, search index, batch, problems and log event in one transaction. Two things it is measured against:

  plain      csv.reader + executemany (COPY on PostgreSQL) into one table of text columns without an index
  indexed    the same rows of reports and harm lines as Constat wrote, copied by executemany/COPY into tables with the same
             indexes, without reading or checking anything: what the database alone costs

The aim is 10x of `plain`. Files come from ../shared/data (UCDP, CC BY 4.0), repeated with new ids up to --rows.
"""

import argparse
import csv
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FILES = {
    "short (14 columns)": DATA / "ucdp_ged_sahel.csv",
    "native (48 columns)": DATA / "ucdp_ged_v231_car.csv",
}


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """(seconds on the wall, seconds of this process): on a busy machine only the second compares."""
    wall, own = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - own


def repeated(source: Path, rows: int, target: Path) -> Path:
    with source.open(newline="", encoding="utf-8") as file:
        original = list(csv.DictReader(file))
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(original[0]))
        writer.writeheader()
        for number in range(rows):
            writer.writerow({**original[number % len(original)], "id": str(10_000_000 + number)})
    return target


def plain_sqlite(path: Path, folder: Path) -> None:
    connection = sqlite3.connect(folder / "plain.sqlite3")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        connection.execute("DROP TABLE IF EXISTS plain")
        connection.execute(f"CREATE TABLE plain ({', '.join(names)})")
        connection.executemany(f"INSERT INTO plain VALUES ({', '.join('?' * len(names))})", reader)
    connection.commit()
    connection.close()


def plain_postgresql(path: Path, url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection, path.open("rb") as file:
        names = file.readline().decode().strip().split(",")
        connection.execute("DROP TABLE IF EXISTS bench_plain")
        connection.execute(f"CREATE TABLE bench_plain ({', '.join(f'{name} text' for name in names)})")
        with connection.cursor().copy("COPY bench_plain FROM STDIN (FORMAT csv)") as copy:
            while chunk := file.read(1 << 16):
                copy.write(chunk)
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE bench_plain")


def node(folder: Path, url: str) -> None:
    keys = folder / "keys"
    keys.mkdir()
    for name in ("session.key", "vault.key", "receipt.key"):
        (keys / name).write_text(os.urandom(32).hex(), encoding="ascii")
    os.environ |= {
        "CONSTAT_HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "constat.config.settings",
        "DATABASE_URL": url,
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def bring_in(path: Path) -> object:
    from django.utils import timezone

    from constat.integrations.ucdp.importing import import_ucdp

    outcome = import_ucdp(path=path, filename=path.name, by="system", at=timezone.now())
    return outcome


def indexed(folder: Path) -> Callable[[], object]:
    """Copies what was written into empty tables with the same indexes; SQLite only."""
    from django.db import connection

    target = sqlite3.connect(folder / "indexed.sqlite3")
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    tables = ("reports_report", "reports_reportharm")
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            target.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC",
                [table],
            )
            for (statement,) in cursor.fetchall():
                target.execute(statement)
            cursor.execute(f"SELECT * FROM {table}")
            rows[table] = cursor.fetchall()

    def act() -> None:
        for table in tables:
            target.executemany(
                f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[table][0]))})", rows[table]
            )
        target.commit()

    return act


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("reports_importproblem", "reports_reportharm", "reports_report", "reports_importbatch"):
            cursor.execute(f"DELETE FROM {table}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--postgresql", default="", metavar="URL")
    options = parser.parse_args()
    if absent := [str(path) for path in FILES.values() if not path.exists()]:
        print(f"Not measured: {', '.join(absent)} not found.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        node(folder, options.postgresql)
        store = "PostgreSQL" if options.postgresql else "SQLite"
        print(f"{store}; seconds of the wall (of this process); ratio to plain by the wall\n")
        print(
            f"{'file':<22}{'rows':>9}{'plain':>16}{'indexed':>16}{'Constat':>18}{'rows/s':>9}{'x plain':>9}{'x indexed':>11}"
        )
        for label, source in FILES.items():
            for rows in (None, options.rows):
                path = source if rows is None else repeated(source, rows, folder / "big.csv")
                measure(label, path, folder, options.postgresql)
                empty()
    return 0


def measure(label: str, path: Path, folder: Path, url: str) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
    plain = timed(lambda: plain_postgresql(path, url) if url else plain_sqlite(path, folder))
    ours = timed(lambda: bring_in(path))
    bare = None if url else timed(indexed(folder))

    def cell(figure: tuple[float, float] | None) -> str:
        return "-" if figure is None else f"{figure[0]:.2f} ({figure[1]:.2f})"

    against = "-" if bare is None else f"{ours[0] / bare[0]:.1f}"
    print(f"{label:<22}{rows:>9}{cell(plain):>16}{cell(bare):>16}{cell(ours):>18}{rows / ours[0]:>9.0f}{ours[0] / plain[0]:>9.1f}{against:>11}",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
