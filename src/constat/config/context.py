"""What every page gets: who is looking, the navigation they may use, whether the data are invented."""

from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from constat import node
from constat.config.navigation import navigation


@lru_cache(maxsize=4)
def _node(folder: Path, stamp: int) -> node.Node:
    # `stamp` is the file's time of change: a node that becomes a demo node says so on the next page, not after a restart.
    return node.read(folder)


def shell(request: HttpRequest) -> dict[str, object]:
    folder = Path(settings.HOME)
    file = folder / "node.toml"
    this = _node(folder, file.stat().st_mtime_ns if file.exists() else 0)
    viewer = getattr(request, "viewer", None)
    bar, second = navigation(request.path, viewer) if viewer else ([], [])
    return {
        "synthetic": this.synthetic,
        "mission_name": this.name,
        "version": version("constat"),
        "viewer": viewer,
        "nav": bar,
        "subnav": second,
    }
