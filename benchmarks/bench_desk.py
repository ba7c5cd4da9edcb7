"""How long the desk's pages take on 10,000, 100,000 and 1,000,000 incidents, and how that grows.

    .venv/bin/python benchmarks/bench_desk.py                    (nodes of its own; BENCH_N=1000000 for the full size)
    for n in 10000 100000 1000000; do CONSTAT_HOME=/tmp/bench-$n .venv/bin/python benchmarks/generate.py --incidents $n; done
    .venv/bin/python benchmarks/bench_desk.py /tmp/bench-10000 /tmp/bench-100000 /tmp/bench-1000000

A PostgreSQL node is given as FOLDER@postgresql://...; the folder is the one its generator ran with. Each page is asked
for by two ways: inside one process through Django's test client (`client`: view, queries, template), and over HTTP from
gunicorn with two workers on one connection (`server`). Every round asks for other words, another box, another record.
The first round of each page is thrown away. Prints a Markdown table of p50 / p95 in milliseconds and of the growth of
p95 from the smallest to the largest store; --json prints everything.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parent.parent
ANALYST, BOUND = (
    "bench01",
    "bench17",
)  # people of benchmarks/generate.py: all of the mission; one office of 8 %
RARE, COMMON, PREFIX, ARABIC = "rare", "common", "prefix", "arabic"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("nodes", nargs="*", help="FOLDER or FOLDER@postgresql://…, smallest first")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.rounds)))
        return
    nodes = options.nodes or [made(size) for size in sizes()]
    results = [run(node, options.rounds) for node in nodes]
    print(json.dumps(results, indent=1) if options.json else table(results))


def sizes() -> list[int]:
    """10,000 and ten times as often, up to BENCH_N (100,000 unless said; the full size is 1,000,000)."""
    most = int(os.environ.get("BENCH_N", "100000"))
    return [size for size in (10_000, 100_000, 1_000_000) if size < most] + [most]


def made(size: int) -> str:
    """A node of that size in the folder for temporary files, generated once and kept for the next run."""
    folder = Path(tempfile.gettempdir()) / f"constat-bench-{size}"
    environment = os.environ | {"CONSTAT_HOME": str(folder)}
    environment.pop("DATABASE_URL", None)
    generate = [sys.executable, str(ROOT / "benchmarks/generate.py"), "--incidents", str(size)]
    subprocess.run(generate, env=environment, stdout=subprocess.DEVNULL, check=True)
    return str(folder)


def run(node: str, rounds: int) -> dict[str, Any]:
    """One node in a process of its own: settings belong to a process."""
    folder, _, url = node.partition("@")
    environment = os.environ | {"CONSTAT_HOME": folder, "DJANGO_SETTINGS_MODULE": "constat.config.settings"}
    environment.pop("DATABASE_URL", None)
    if url:
        environment["DATABASE_URL"] = url
    command = [sys.executable, __file__, "--one", "--rounds", str(rounds)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# What is asked -----------------------------------------------------------------------------------------------------


def pages(rng: random.Random) -> dict[str, tuple[str, Callable[[], str]]]:
    """Name -> (who asks, a function giving the next address)."""
    from django.db.models import Max
    from django.urls import reverse

    from constat.apps.access.models import Person
    from constat.apps.access.queries import viewer_of
    from constat.apps.desk.queries.records import incidents, reports
    from constat.apps.incidents.models import Incident
    from constat.apps.reports.models import Report
    from constat.rules.vocabulary import vocabulary

    now = Report.objects.aggregate(now=Max("received_at"))["now"]

    def codes(who: str, kind: Any) -> list[str]:
        viewer = viewer_of(Person.objects.get(username=who))
        readable = (reports if kind is Report else incidents)(viewer, at=now)
        top = kind.objects.aggregate(top=Max("pk"))["top"]
        some = [rng.randint(1, top) for _ in range(600)]
        return list(readable.filter(pk__in=some).values_list("code", flat=True)[:60])

    incident_codes, report_codes = codes(ANALYST, Incident), codes(ANALYST, Report)
    bound_codes = codes(BOUND, Report)
    types = [term.code for term in vocabulary("incident_type").active()]
    numbers = [bytes(text).decode().split()[-1] for text in
               Report.objects.filter(code__in=report_codes).values_list("original", flat=True)]  # fmt: skip
    words = {
        RARE: numbers,
        COMMON: ["attaque", "village", "hommes", "marché", "route", "bétail"],
        PREFIX: ["att", "vil", "enl", "expl", "cam", "pat"],
        ARABIC: ["مسلحون", "قرية", "هجوم", "سوق", "طريق"],
    }

    def word(kind: str) -> Callable[[], str]:
        return lambda: f"{reverse('desk:search')}?q={quote(rng.choice(words[kind]))}"

    def box(width: float, zoom: int, period: str) -> Callable[[], str]:
        def address() -> str:
            west, south = rng.uniform(-12, -1.5), rng.uniform(12, 15)
            if width > 10:
                west, south = -12.5 + rng.random(), 11 + rng.random() / 2
            query = {
                "bbox": f"{west:.3f},{south:.3f},{west + width:.3f},{south + width / 2:.3f}",
                "zoom": zoom,
                "period": period,
            }
            return f"{reverse('desk:map-data')}?{urlencode(query)}"

        return address

    def listed() -> str:
        return f"{reverse('desk:map')}?{urlencode({'type': rng.choice(types), 'period': rng.choice(['90', '365', '1096']), 'scope': rng.choice(['own', 'all'])})}"

    def plain(name: str) -> Callable[[], str]:
        return lambda: reverse(name)

    def page(name: str, found: list[str]) -> Callable[[], str]:
        return lambda: reverse(name, args=[rng.choice(found)])

    return {
        "day page, analyst": (ANALYST, plain("desk:home")),
        "worklist, analyst": (ANALYST, plain("desk:worklist")),
        "triage queue, analyst": (ANALYST, plain("reports:queue")),
        "list of incidents, analyst": (ANALYST, plain("incidents:list")),
        "list: type, period, scope": (ANALYST, listed),
        "map, box of half a degree, 90 days": (ANALYST, box(0.5, 10, "90")),
        "map, whole mission, 90 days": (ANALYST, box(14, 5, "90")),
        "map, whole mission, everything": (ANALYST, box(14, 5, "all")),
        "search, rare word": (ANALYST, word(RARE)),
        "search, common word": (ANALYST, word(COMMON)),
        "search, first letters": (ANALYST, word(PREFIX)),
        "search, Arabic": (ANALYST, word(ARABIC)),
        "incident page, analyst": (ANALYST, page("incidents:page", incident_codes)),
        "day page, bound to an office": (BOUND, plain("desk:home")),
        "triage queue, bound to an office": (BOUND, plain("reports:queue")),
        "search, rare word, bound to an office": (BOUND, word(RARE)),
        "search, common word, bound to an office": (BOUND, word(COMMON)),
        "report page, bound to an office": (BOUND, page("reports:page", bound_codes)),
        "timeline, 12 months": (ANALYST, plain("desk:timeline")),
        "command's sheet": (ANALYST, plain("desk:commander")),
    }


# Measuring ---------------------------------------------------------------------------------------------------------


def measure(rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from constat.apps.access.models import Person
    from constat.apps.incidents.models import Incident

    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    asked = pages(random.Random(7))
    clients = {who: Client(raise_request_exception=False) for who in (ANALYST, BOUND)}
    for who, client in clients.items():
        client.force_login(Person.objects.get(username=who))
    top = Incident.objects.order_by("-pk").values_list("pk", flat=True).first()
    result: dict[str, Any] = {
        "database": connection.vendor,
        "incidents": top,
        "client": {},
        "server": {},
        "skipped": {},
    }
    for name, (who, address) in asked.items():
        times, problem = timed(rounds, address, lambda url, who=who: clients[who].get(url).status_code)
        if problem:
            result["skipped"][name] = problem
        else:
            result["client"][name] = times
    with server() as port:
        cookies = {who: client.cookies[settings.SESSION_COOKIE_NAME].value for who, client in clients.items()}
        for name in result["client"]:
            who, address = asked[name]
            get = over_http(
                port, f"{settings.SESSION_COOKIE_NAME}={cookies[who]}; {settings.LANGUAGE_COOKIE_NAME}=fr"
            )
            times, problem = timed(rounds, address, get)
            result["server"][name] = times if not problem else []
    return result


def timed(rounds: int, address: Callable[[], str], get: Callable[[str], int]) -> tuple[list[float], str]:
    """Milliseconds of each round but the first, or why the page cannot be measured."""
    times: list[float] = []
    for turn in range(rounds + 1):
        try:
            url = address()
        except Exception as error:
            return [], f"no address: {error.__class__.__name__}"
        started = time.perf_counter()
        status = get(url)
        spent = (time.perf_counter() - started) * 1000
        if status != 200:
            return [], f"{url} answered {status}"
        if turn:
            times.append(spent)
    return times, ""


def over_http(port: int, cookie: str) -> Callable[[str], int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(url: str) -> int:
        try:
            connection.request("GET", url, headers={"Cookie": cookie, "Host": "127.0.0.1"})
            response = connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            # A sync worker closes after each answer: ask again on a new connection, inside the measured time.
            connection.close()
            connection.request("GET", url, headers={"Cookie": cookie, "Host": "127.0.0.1"})
            response = connection.getresponse()
        response.read()
        return response.status

    return get


@contextmanager
def server(workers: int = 2) -> Iterator[int]:
    """gunicorn as `constat serve` runs it, on a free port; ended by its own process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(ROOT / ".venv/bin/gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
               "--log-level", "error", "constat.config.wsgi:application"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


# The table ---------------------------------------------------------------------------------------------------------


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def table(results: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for result in results for name in result["client"]))
    heads = [f"{result['database']}, {result['incidents']:,}" for result in results]
    lines = []
    for way in ("server", "client"):
        lines += ["", f"p50 / p95 in ms, {way}", ""]
        lines += [f"| page | {' | '.join(heads)} | growth of p95 |", f"|---|{'---|' * len(heads)}---|"]
        lines += [_line(name, [result[way].get(name) or [] for result in results], results) for name in names]
    for result in results:
        lines += [
            f"\nNot measured at {result['incidents']:,}: {name}: {why}"
            for name, why in result["skipped"].items()
        ]
    return "\n".join(lines).strip()


def _line(name: str, times: list[list[float]], results: list[dict[str, Any]]) -> str:
    cells = [f"{statistics.median(one):.0f} / {p95(one):.0f}" if one else "–" for one in times]
    growth = "–"
    if len(times) > 1 and times[0] and times[-1]:
        more = results[-1]["incidents"] / results[0]["incidents"]
        growth = f"× {p95(times[-1]) / p95(times[0]):.1f} for × {more:.0f} records"
    return f"| {name} | {' | '.join(cells)} | {growth} |"


if __name__ == "__main__":
    main()
