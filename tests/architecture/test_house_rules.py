"""House rules no linter knows, read from the syntax tree. Each rule is shown to bite on a planted line."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src/constat"
pytestmark = pytest.mark.onedb

Rule = Callable[[str, ast.AST], Iterator[int]]


def writes_outside_actions(file: str, tree: ast.AST) -> Iterator[int]:
    """Rows are written by actions and read by queries: views, forms, templates' tags and middleware hold no `.objects`."""
    name = Path(file).name
    if not file.startswith("apps/") or (
        name not in {"views.py", "forms.py", "urls.py", "middleware.py", "pages.py"} and "/views/" not in file
    ):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "save", "bulk_create", "delete"}:
            # request.session.save and form.save are not rows; forms here have no save at all.
            if isinstance(node.value, ast.Attribute) and node.value.attr == "session":
                continue
            yield node.lineno


def clock_read_below_apps(file: str, tree: ast.AST) -> Iterator[int]:
    """Rules, analysis, models take the time as an argument."""
    if not (file.startswith(("rules/", "analysis/")) or file.endswith("/models.py")):
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
        (clock_read_below_apps, "rules/deadlines.py", "datetime.now(UTC)"),
        (clock_read_below_apps, "apps/reports/models.py", "at = models.DateTimeField(auto_now_add=True)"),
        (rules_import_only_the_standard_library, "rules/tally.py", "import numpy"),
        (no_signals, "apps/reports/models.py", "from django.db.models.signals import post_save"),
        (no_names_in_log_lines, "apps/reports/actions/receive.py", "logger.info(f'{name} reported')"),
    ],
)
def test_the_rule_bites(rule: Rule, file: str, line: str) -> None:
    assert list(rule(file, ast.parse(line))) == [1]
