"""Published answers beside the checkout: read, never copied. A test that needs them says so where they are absent."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def published(name: str) -> Path:
    """The path of one file of ../shared/data."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is absent: the published answer cannot be compared")
    return path


def table_of(name: str) -> list[dict[str, str]]:
    """The rows of one file with a line of names."""
    with published(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
