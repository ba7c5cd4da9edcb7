"""What this node says of itself: node.toml in CONSTAT_HOME, written by `constat init` and `constat demo`."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Node:
    name: str
    synthetic: bool
    version: str


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> dict[str, object]:
    # `stamp` is the file's time of change: a node that becomes a demo node says so on the next page, not after a restart.
    return tomllib.loads(path.read_text(encoding="utf-8"))


def node() -> Node:
    path = Path(settings.HOME) / "node.toml"
    try:
        data = _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        data = {}
    return Node(str(data.get("name", "")), bool(data.get("synthetic", False)), version("constat"))
