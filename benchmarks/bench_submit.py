"""Reports per second that are safely on disk, sent to the real server: the public form's last step, and the staff form.

    .venv/bin/python benchmarks/bench_submit.py                  (a node of its own)
    CONSTAT_HOME=/tmp/bench-submit .venv/bin/python benchmarks/generate.py --incidents 1000
    CONSTAT_HOME=/tmp/bench-submit .venv/bin/python benchmarks/bench_submit.py [--reports 150] [--connections 1 4 16]

The server is gunicorn with two sync workers, as `constat serve` starts it; SQLite runs with synchronous=FULL, PostgreSQL
as it is installed. A public report is answered question by question before the clock starts; what is measured is the
press on "send": reading the form, the report, its receipt, its event in the log, one commit, the page with the receipt.
Every sender has an address of its own in 127.0.0.0/8, because the brake against floods counts addresses. At the end the
database must hold exactly one new report for every answer that said so, or the run fails.
"""

import argparse
import html
import http.client
import os
import re
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import bench_desk

STATE = re.compile(r'name="state" value="([^"]*)"')
STEP = re.compile(r'name="step" value="([^"]*)"')
RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
FORM = "application/x-www-form-urlencoded"
WORDS = (
    "Des hommes armés sont entrés dans le village à l’aube. Deux personnes ont été tuées, trois blessées. "
    * 3
)
PATIENCE = 15
CHIEF = "bench10"  # somebody of benchmarks/generate.py who may write reports down

Send = tuple[str, bytes, dict[str, str], str]  # path, body, headers, own address


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reports", type=int, default=150, help="per number of connections and door")
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 4, 16])
    options = parser.parse_args()
    home = os.environ.setdefault(
        "CONSTAT_HOME", bench_desk.made(1000) if "CONSTAT_HOME" not in os.environ else ""
    )
    if not (Path(home) / "bench.json").exists():
        raise SystemExit(
            "Set CONSTAT_HOME to a folder made by benchmarks/generate.py: this fills it with invented reports."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "constat.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    print(
        f"| door, {connection.vendor} | connections | reports | reports/s | p50 ms | p95 ms |\n|---|---|---|---|---|---|"
    )
    with bench_desk.server() as port:
        for door, prepare in (("public form", public), ("staff form", staff)):
            for connections in options.connections:
                sends = prepare(options.reports)
                # The public form does not believe in somebody who answers everything within seconds.
                time.sleep(PATIENCE)
                print(line(door, port, sends, connections), flush=True)


def line(door: str, port: int, sends: Sequence[Send], connections: int) -> str:
    from django.db import connection

    from constat.apps.reports.models import Report

    before = Report.objects.count()
    times, seconds = fire(port, sends, connections)
    connection.close()  # a new look at what others wrote
    stored = Report.objects.count() - before
    if stored != len(sends):
        raise SystemExit(
            f"{door}: {len(sends)} answers said a report was taken, the database holds {stored} more"
        )
    return (f"| {door} | {connections} | {stored} | {stored / seconds:.1f} | {statistics.median(times):.0f} | "
            f"{bench_desk.p95(times):.0f} |")  # fmt: skip


def fire(port: int, sends: Sequence[Send], connections: int) -> tuple[list[float], float]:
    """All sends over so many connections at once. Milliseconds of each, seconds of all."""
    waiting, lock, times, faults = list(sends), threading.Lock(), [], []

    def work() -> None:
        while True:
            with lock:
                if not waiting or faults:
                    return
                path, body, headers, address = waiting.pop(0)
            started = time.perf_counter()
            one = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
            one.request("POST", path, body, headers)
            response = one.getresponse()
            page = response.read().decode()
            one.close()
            spent = (time.perf_counter() - started) * 1000
            taken = response.status in {302, 303} or (response.status == 200 and RECEIPT.search(page))
            with lock:
                times.append(spent)
                if not taken:
                    faults.append(
                        f"{path} answered {response.status}: {' '.join(re.sub('<[^>]+>', ' ', page).split())[:400]}"
                    )

    threads = [threading.Thread(target=work) for _ in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if faults:
        raise SystemExit(faults[0])
    return times, seconds


# The doors ---------------------------------------------------------------------------------------------------------


def public(number: int) -> list[Send]:
    """Forms answered up to the page that shows all answers; what is left is to send them."""
    from django.test import Client
    from django.urls import reverse

    path = reverse("reports:public-question", args=["fr"])
    return [_answered(Client(REMOTE_ADDR=_address(turn)), path, _address(turn)) for turn in range(number)]


def _answered(client: Any, path: str, address: str) -> Send:
    def post(**values: str) -> str:
        return client.post(path, urlencode(values), content_type=FORM).content.decode()  # type: ignore[no-any-return]

    page = post(do="start")
    for _ in range(40):
        step, state = _found(STEP, page), html.unescape(_found(STATE, page))
        if step == "check":
            body = urlencode({"state": state, "step": step, "do": "send"}).encode()
            return path, body, {"Content-Type": FORM, "Host": "127.0.0.1"}, address
        page = post(state=state, step=step, do="next", **({"words": WORDS} if step == "words" else {}))
    raise SystemExit("the public form never reached its last page")


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if not found:
        raise SystemExit(f"not a page of the form: {' '.join(re.sub('<[^>]+>', ' ', page).split())[:300]}")
    return found.group(1)


def _address(turn: int) -> str:
    return f"127.{1 + turn // 60000}.{turn // 250 % 240}.{1 + turn % 250}"


def staff(number: int) -> list[Send]:
    """The phone form as its page gives it, with words in it."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from constat.apps.access.models import Person

    client = Client()
    client.force_login(Person.objects.get(username=CHIEF))
    path = reverse("reports:record")
    page = client.get(path).content.decode()
    fields = Fields()
    fields.feed(page)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    cookie += f"; {settings.LANGUAGE_COOKIE_NAME}=fr"
    headers = {"Content-Type": FORM, "Host": "127.0.0.1", "Cookie": cookie}
    made: Callable[[], bytes] = lambda: urlencode(  # noqa: E731
        fields.values | {"words": WORDS, "uid": str(uuid.uuid4())}, doseq=True
    ).encode()
    return [(path, made(), headers, "127.0.0.1") for _ in range(number)]


class Fields(HTMLParser):
    """What a browser would send of a page's last form if nobody touched it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.values):
            self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self.values[name] = ""
        elif (tag == "input" and name and given.get("type") not in {"submit", "file", "search"}
              and (given.get("type") not in {"radio", "checkbox"} or "checked" in given)):  # fmt: skip
            self.values[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


if __name__ == "__main__":
    main()
