"""The import contracts bite: a fault of each kind is planted in a copy of the tree, and the named contract breaks."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.onedb


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=tree, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The package without its static files and catalogues, and the contracts."""
    ignore = shutil.ignore_patterns("static", "locale", "templates", "__pycache__", "tests")
    shutil.copytree(ROOT / "src/constat", tmp_path / "src/constat", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_as_it_stands_keeps_every_contract(tree: Path) -> None:
    result = lint(tree)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("rules/tally.py", "import constat.apps.reports.models", "The house"),
        ("analysis/names.py", "import constat.ui.gate", "The house"),
        ("ui/gate.py", "import constat.apps.access.models", "The house"),
        ("apps/desk/views.py", "import constat.config.settings", "The house"),
        ("apps/reports/models.py", "import constat.apps.incidents.models", "The order of a case"),
        ("apps/access/models.py", "import constat.apps.register.models", "The order of a case"),
        ("apps/register/queries/places.py", "import constat.apps.desk.urls", "The order of a case"),
        ("integrations/gazetteers/__init__.py", "import constat.integrations.ucdp", "Outside systems"),
        ("rules/tally.py", "import django", "Rules and the node"),
        ("node.py", "import cryptography", "Rules and the node"),
        ("analysis/names.py", "import django.db", "Analysis is a library"),
        # A cycle hidden in a function is still a cycle; one hidden behind TYPE_CHECKING too.
        (
            "apps/reports/queries.py",
            "def late():\n    import constat.apps.incidents.queries",
            "The order of a case",
        ),
        (
            "apps/reports/queries.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import constat.apps.incidents.models",
            "The order of a case",
        ),
    ],
)
def test_a_planted_fault_breaks_its_contract(tree: Path, file: str, line: str, contract: str) -> None:
    target = tree / "src/constat" / file
    target.write_text(target.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")

    result = lint(tree)

    assert result.returncode == 1, result.stdout
    assert any(contract in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout


@pytest.mark.parametrize(
    ("package", "contract"),
    [("apps/stray", "The order of a case"), ("stray", "The house"), ("integrations/stray", "Outside")],
)
def test_a_package_that_no_layer_names_breaks_its_contract(tree: Path, package: str, contract: str) -> None:
    folder = tree / "src/constat" / package
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")

    result = lint(tree)

    assert result.returncode == 1, result.stdout
    assert contract in result.stdout


def test_two_packages_of_one_app_that_import_each_other_break_the_acyclic_contract(tree: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        folder = tree / "src/constat/apps/desk" / name
        folder.mkdir()
        (folder / "__init__.py").write_text(f"import constat.apps.desk.{other}\n", encoding="utf-8")

    result = lint(tree)

    assert result.returncode == 1, result.stdout
    assert any("No cycles" in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout
