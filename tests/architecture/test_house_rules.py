"""House rules no linter knows, read from the syntax tree. Each rule is shown to bite on a planted line."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src/constat"
pytestmark = pytest.mark.onedb

Rule = Callable[[str, ast.AST], Iterator[int]]


# Open lists of the register and of access, which every signed-in person may choose from in a form; one's own factor.
CHOICES = {"Office", "Person", "Actor", "Unit", "AdminArea", "Authenticator"}
WRITES = {
    "save",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "delete",
    "update",
}
# The command of the library asks what day it is, once, and hands it on.
CLOCK = "analysis/command.py"
# Bookkeeping of one's own session, on every request: no act, so no event.
SESSIONS = "apps/access/middleware.py"


def writes_outside_actions(file: str, tree: ast.AST) -> Iterator[int]:
    """Views, forms and middleware write no row, and fetch none that needs permission: that is for actions and queries."""
    path = Path(file)
    page = (
        path.name in {"views.py", "forms.py", "urls.py", "middleware.py", "pages.py", "signin_views.py"}
        or "views" in path.parts
    )
    if (
        not file.startswith(("apps/", "integrations/"))
        or not page
        or "queries" in path.parts
        or file == SESSIONS
    ):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(
            node.value, ast.Name | ast.Attribute | ast.Call
        ):
            continue
        if node.attr == "objects" and isinstance(node.value, ast.Name) and node.value.id not in CHOICES:
            yield node.lineno
        if node.attr in WRITES and _is_query(node.value):
            yield node.lineno
        if (
            node.attr == "save"
            and isinstance(node.value, ast.Name)
            and node.value.id not in {"form", "storage", "workbook"}
        ):
            yield node.lineno


def _is_query(node: ast.AST) -> bool:
    """Does the expression go through a manager: Model.objects..., record.things.filter(...)...?"""
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def clock_read_below_apps(file: str, tree: ast.AST) -> Iterator[int]:
    """Rules, analysis, models take the time as an argument."""
    if not (file.startswith(("rules/", "analysis/")) or file.endswith("/models.py")) or file == CLOCK:
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"now", "today", "utcnow"}
        ):
            yield node.lineno
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno


def rules_import_only_the_standard_library(file: str, tree: ast.AST) -> Iterator[int]:
    if not (file.startswith("rules/") or file == "node.py"):
        return
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("constat"):
                yield node.lineno


def no_signals(file: str, tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and (node.module or "").endswith("signals")
            and "/tests/" not in file
        ):
            yield node.lineno


def no_names_in_log_lines(file: str, tree: ast.AST) -> Iterator[int]:
    """A log line holds a fixed sentence: no f-string, no value of a record."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"logger", "logging", "log_line"}
            and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical", "log"}
            and any(not isinstance(argument, ast.Constant) for argument in node.args)
        ):
            yield node.lineno


RULES: list[Rule] = [
    writes_outside_actions, clock_read_below_apps, rules_import_only_the_standard_library, no_signals, no_names_in_log_lines,
]  # fmt: skip


def broken(rule: Rule) -> list[str]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        file = path.relative_to(SOURCE).as_posix()
        if "/tests/" in file or "/migrations/" in file:
            continue
        found += [f"{file}:{line}" for line in rule(file, ast.parse(path.read_text(encoding="utf-8")))]
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert broken(rule) == []


@pytest.mark.parametrize(
    ("rule", "file", "line"),
    [
        (writes_outside_actions, "apps/desk/views.py", "Report.objects.all()"),
        (writes_outside_actions, "apps/reports/forms.py", "report.save()"),
        (
            writes_outside_actions,
            "apps/access/views.py",
            "Person.objects.filter(pk=1).update(is_active=True)",
        ),
        (clock_read_below_apps, "rules/deadlines.py", "datetime.now(UTC)"),
        (clock_read_below_apps, "apps/reports/models.py", "at = models.DateTimeField(auto_now_add=True)"),
        (rules_import_only_the_standard_library, "rules/tally.py", "import numpy"),
        (no_signals, "apps/reports/models.py", "from django.db.models.signals import post_save"),
        (no_names_in_log_lines, "apps/reports/actions/receive.py", "logger.info(f'{name} reported')"),
    ],
)
def test_the_rule_bites(rule: Rule, file: str, line: str) -> None:
    assert list(rule(file, ast.parse(line))) == [1]
