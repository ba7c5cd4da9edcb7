"""How long a counted publication takes on a large store: the quarterly note and the monthly statement.

    CONSTAT_HOME=/tmp/bench-100000 .venv/bin/python benchmarks/generate.py --incidents 100000
    CONSTAT_HOME=/tmp/bench-100000 .venv/bin/python benchmarks/bench_note.py [--quarter 2026-Q3] [--month 2026-10] [--rounds 3]
    CONSTAT_HOME=... .venv/bin/python benchmarks/bench_note.py --whole     (every incident of the store in one quarter)

Measured apart: reading and adding up (`read`), the document around it (`write`), and each file made of it. `--whole`
counts all incidents as if one quarter had held them: the worst case of the reading. Prints Markdown.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "constat.config.settings")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quarter", default="2026-Q3")
    parser.add_argument("--month", default="2026-10")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()

    import django

    django.setup()
    from constat.apps.incidents.models import Incident
    from constat.apps.publication import compose
    from constat.apps.publication.compose import harm_store, periods, queue_store
    from constat.ui.documents import RENDERERS

    at = datetime(2026, 11, 20, 18, tzinfo=UTC)
    span = periods.quarter(options.quarter)
    earlier = periods.before(span)
    if options.whole:
        span = periods.Span(options.quarter, date(2020, 1, 1), date(2027, 1, 1))
        earlier = periods.Span("none", date(2019, 1, 1), date(2020, 1, 1))
    tasks: list[tuple[str, Callable[[], Any]]] = [
        ("note, read", lambda: harm_store.harm([earlier, span], at)),
        ("statement, read", lambda: queue_store.queue(at)),
    ]
    if not options.whole:
        note = compose.note(compose.NODE, quarter=options.quarter, language="fr", at=at)
        statement = compose.queue_statement(compose.NODE, month=options.month, language="fr", at=at)
        tasks += [
            ("note, read and written", lambda: compose.note(compose.NODE, quarter=options.quarter, language="fr", at=at)),
            ("statement, read and written",
             lambda: compose.queue_statement(compose.NODE, month=options.month, language="fr", at=at)),
        ]  # fmt: skip
        for kind, render in RENDERERS.items():
            tasks += [
                (f"note as {kind}", lambda render=render: render(note.document)),
                (f"statement as {kind}", lambda render=render: render(statement.document)),
            ]
    print(f"{Incident.objects.count()} incidents; {options.rounds} rounds, the first is thrown away\n")
    print("| what | median s | slowest s |\n|---|---|---|")
    for name, task in tasks:
        times = [_timed(task) for _ in range(options.rounds + 1)][1:]
        print(f"| {name} | {statistics.median(times):.2f} | {max(times):.2f} |")


def _timed(task: Callable[[], Any]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
