"""Real Chromium against a real node: `constat init`, `constat demo --size small`, gunicorn, on a free port of this machine.

Everything is as a user has it: no test client, no shortcut into the database. Screenshots go to tests/browser/shots/.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).parent / "constat"
CHROMIUM = Path("/usr/bin/chromium")
SHOTS = ROOT / "tests/browser/shots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds; the machine may be busy
LOCALES = {"fr": "fr-FR", "en": "en-GB", "ar": "ar-EG"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(
                    pytest.mark.skip(reason="/usr/bin/chromium is absent: apt-get install chromium")
                )


@dataclass(frozen=True)
class Node:
    """A served node. `people`: user name -> password, as `constat demo` wrote them."""

    url: str
    home: Path
    people: dict[str, str]

    def constat(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PROGRAM), *words], capture_output=True, text=True, check=False, env=_env(self.home)
        )


def _env(home: Path) -> dict[str, str]:
    return {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CONSTAT_DEBUG"}
    } | {"CONSTAT_HOME": str(home)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    # A folder filled before and kept, for whoever writes these tests: filling it takes most of a run.
    if kept := os.environ.get("BROWSER_HOME"):
        yield from serve(Path(kept))
        return
    home = tmp_path_factory.mktemp("browser") / "home"
    for words in (("init", "--name", "Mission d’essai"), ("demo", "--seed", "7", "--size", "small")):
        _done(home, *words)
    yield from serve(home)


def _done(home: Path, *words: str) -> None:
    done = subprocess.run([str(PROGRAM), *words], capture_output=True, text=True, check=False, env=_env(home))
    assert done.returncode == 0, done.stderr


def serve(home: Path) -> Iterator[Node]:
    """A node that was filled, served until the generator is closed."""
    sheet = home / "demo-signins.txt"
    listed = sheet.read_text(encoding="utf-8") if sheet.exists() else ""
    people = dict(re.findall(r"^\s+(\S+)\s+(\S+)\s", listed, re.M))
    port = _free_port()
    with (home / "logs/serve.log").open("wb") as log:
        server = subprocess.Popen(
            [str(PROGRAM), "serve", "--port", str(port)], env=_env(home), stdout=log, stderr=log
        )
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"{url}/connexion/", timeout=5).close()  # noqa: S310
                    break
                except OSError:
                    time.sleep(0.2)
            else:
                raise AssertionError((home / "logs/serve.log").read_text())
            yield Node(url, home, people)
        finally:
            server.terminate()
            server.wait(20)


class Visitor:
    """Somebody at a screen. Collects what the browser complains about: a console error or a refused resource is a fault."""

    def __init__(self, context: BrowserContext, node: Node) -> None:
        self.node, self.context, self.page = node, context, context.new_page()
        self.complaints: list[str] = []
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._only_this_machine)

    def _console(self, line: ConsoleMessage) -> None:
        # What the software renderer of a machine without a graphics card says of itself is nobody's fault.
        if line.type in {"error", "warning"} and "GL Driver Message" not in line.text:
            self.complaints.append(f"{self.page.url}: {line.text}")

    def _only_this_machine(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]
        if not url.startswith((self.node.url, "data:", "blob:")):
            self.complaints.append(f"asked an outside network: {url}")

    def forgive(self, *statuses: int) -> None:
        """The test asked for what is refused: the browser's line about these answers is no complaint."""
        wanted = tuple(f"status of {status}" for status in statuses)
        self.complaints[:] = [line for line in self.complaints if not any(one in line for one in wanted)]

    def open(self, path: str) -> Page:
        self.page.goto(self.node.url + path)
        return self.page

    def sign_in(self, name: str) -> "Visitor":
        self.open("/connexion/")
        self.page.fill("input[name=login]", name)
        self.page.fill("input[name=password]", self.node.people[name])
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/connexion" not in url)
        return self

    def speak(self, language: str) -> "Visitor":
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.node.url}])
        return self

    def shot(self, name: str, *, full: bool = True) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full)

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA on the page as it stands, one line each; empty when there are none."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{one['id']} ({one['impact']}): {one['help']} -> {json.dumps([node['target'] for node in one['nodes']][:4])}"
            for one in found["violations"]
        ]


@pytest.fixture
def visitor(chromium: Browser, node: Node) -> Iterator[Callable[..., Visitor]]:
    """`visitor()` opens a fresh browser profile; `visitor(size=PHONE, script=False)` a phone without JavaScript."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def come(
        *,
        size: dict[str, int] = LAPTOP,
        script: bool = True,
        scheme: str = "light",
        language: str = "fr",
        at: Node | None = None,
    ) -> Visitor:
        # The page's policy stays in force: what it refuses is a complaint on the console.
        context = chromium.new_context(
            viewport=size,
            java_script_enabled=script,
            locale=LOCALES[language],
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        visitors.append(Visitor(context, at or node).speak(language))
        return visitors[-1]

    yield come
    complaints = [line for one in visitors for line in one.complaints]
    for context in contexts:
        context.close()
    assert complaints == []
