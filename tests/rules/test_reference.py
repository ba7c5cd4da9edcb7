"""The generated pages are those committed, and the check notices one that is not."""

import importlib.util
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.onedb
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_pages_say_what_the_code_does(reference):
    assert reference.stale() == [], "run `make docs` and commit"


def test_the_check_bites(reference, tmp_path):
    for name in reference.PAGES:
        shutil.copy(reference.FOLDER / name, tmp_path / name)
    assert reference.stale(tmp_path) == []
    page = tmp_path / "states.md"
    page.write_text(
        page.read_text("utf-8").replace("safety_hold --> received", "safety_hold --> closed"), "utf-8"
    )
    (tmp_path / "rules.md").unlink()
    assert reference.stale(tmp_path) == ["states.md", "rules.md"]


def test_wrong_use_is_refused(reference, capsys):
    assert reference.main(["--chek"]) == 2
    assert "usage" in capsys.readouterr().err
    assert reference.main(["--check"]) == 0


def test_every_word_of_every_language_is_in_the_reference(reference):
    page = reference.vocabularies()
    for name in reference.names():
        for term in reference.vocabulary(name).values():
            assert f"| `{term.code}` |" in page
            assert term.label("ar").replace("|", "\\|") in page
