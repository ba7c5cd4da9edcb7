"""The worked examples of linkage and place run as they are printed."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "analysis"


@pytest.mark.parametrize("name", ["linkage", "place"])
def test_the_worked_example_runs(name):
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / f"{name}.md").read_text("utf-8"), re.M | re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, f"docs/analysis/{name}.md", "exec"), {"__name__": "example"})  # noqa: S102
