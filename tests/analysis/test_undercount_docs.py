"""The examples of docs/analysis run as they stand there."""

import re
from pathlib import Path

import pytest

from tests.analysis.published import published

DOCS = Path(__file__).resolve().parents[2] / "docs" / "analysis"


@pytest.mark.data
@pytest.mark.parametrize("name", ["undercount", "suppression"])
def test_the_example_runs(name, monkeypatch):
    monkeypatch.chdir(published("mse_kosovo_4lists.csv").parent)
    found = re.findall(r"```python\n(.*?)```", (DOCS / f"{name}.md").read_text("utf-8"), flags=re.S)
    assert found
    for block in found:
        exec(compile(block, f"{name}.md", "exec"), {})  # noqa: S102
