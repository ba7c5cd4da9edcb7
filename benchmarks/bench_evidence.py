"""Sealing and verifying evidence against plain sha256sum and cp over the same files.

    python benchmarks/bench_evidence.py [--files 64] [--megabytes 512]

Side by side in one run, on the same disk. A deposit reads the file, takes its SHA-256, encrypts, writes, waits for the disk,
and writes item, custody and event in one transaction; `sha256sum` then `cp` and `sync` is the same work without sealing.
Verifying reads, decrypts and digests; `sha256sum` reads and digests. The larger of the two file sizes shows the rate of
bytes, the smaller one the cost of each item.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


def timed(what: Callable[[], object]) -> float:
    os.sync()
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def node(home: Path) -> None:
    """An empty node with its tables, in a folder of its own."""
    from constat import node as nodes

    os.environ |= {
        "CONSTAT_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "constat.config.settings",
        "DATABASE_URL": "",
    }
    nodes.create(home, name="Bench")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def run(folder: Path, files: int, megabytes: int) -> None:
    from constat.apps.evidence import actions, integrity, store
    from constat.apps.evidence.models import Item
    from constat.apps.incidents.models import Incident
    from tests.cast import make_person

    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    person = make_person(
        f"bench{files}", role="cell_chief", section="civilian_harm_cell", since=now - timedelta(days=90)
    )
    code = f"I-2026-{900000 + files}"
    Incident.objects.create(
        code=code, opened_at=now, updated_at=now, place_precision="unknown", date_precision="unknown"
    )
    source = folder / f"source{files}"
    source.mkdir()
    size = megabytes * 1024 * 1024 // files
    block = os.urandom(size - 8)
    for number in range(files):
        (source / f"{number:05}.bin").write_bytes((files * 100000 + number).to_bytes(8, "big") + block)
    paths = sorted(source.iterdir())
    amount = files * size / 1e6

    def deposit() -> None:
        for path in paths:
            with path.open("rb") as file:
                actions.deposit(
                    by=person,
                    at=now,
                    file=file,
                    subject=("incident", code),
                    title=path.name,
                    filename=path.name,
                )

    def digest() -> None:
        subprocess.run(["sha256sum", *map(str, paths)], check=True, stdout=subprocess.DEVNULL)

    def copy() -> None:
        digest()
        target = folder / f"copy{files}"
        target.mkdir()
        subprocess.run(["cp", *map(str, paths), str(target)], check=True)
        os.sync()

    def verify() -> None:
        walked = integrity.walk(at=now)
        if walked.faults:
            raise SystemExit(f"faults: {walked.faults}")

    before = sum(Item.objects.values_list("size", flat=True)) / 1e6
    digest()  # the files are in the page cache for everybody
    rows = [("sha256sum", timed(digest), amount), ("sha256sum + cp + sync", timed(copy), amount),
            ("deposit", timed(deposit), amount), ("verify", timed(verify), amount + before)]  # fmt: skip
    item = Item.objects.order_by("-pk").first()
    assert item is not None
    rows.append(("open one, whole", timed(lambda: store.check(item)), item.size / 1e6))
    floor = {"deposit": rows[1][2] / rows[1][1], "verify": rows[0][2] / rows[0][1]}
    print(f"\n{files} files of {size / 1e6:.2f} MB")
    for name, seconds, volume in rows:
        rate = volume / seconds
        ratio = f"{rate / floor[name]:6.2f} of its floor" if name in floor else ""
        each = f"{1000 * seconds / files:8.1f} ms an item" if name in floor else ""
        print(f"  {name:24} {seconds:8.2f} s {rate:8.0f} MB/s {ratio} {each}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=int(os.environ.get("BENCH_FILES", "64")))
    parser.add_argument("--megabytes", type=int, default=int(os.environ.get("BENCH_MB", "512")))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        node(folder / "home")
        run(folder, options.files, options.megabytes)
        run(folder, 500, 50)


if __name__ == "__main__":
    main()
