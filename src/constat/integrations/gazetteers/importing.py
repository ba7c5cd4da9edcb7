"""From a file to the register: read, hand to the actions, keep the file and what became of its rows."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.register import actions
from constat.apps.register.drafts import Loaded, Problem
from constat.integrations.gazetteers.reading import GEONAMES, read

FOLDER = "gazetteers"


@dataclass(frozen=True)
class Outcome:
    """What became of a file. rows == imported + unchanged + changed + refused; `problems` also lists repairs (notes)."""

    file: str
    kind: str
    sha256: str
    dry_run: bool
    rows: int
    imported: int
    unchanged: int
    changed: int
    refused: int
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Outcome":
        return cls(**{**data, "problems": tuple(Problem(**one) for one in data["problems"])})


class _Trial(Exception):
    """Leaves the transaction of a dry run, which is thereby undone."""


def import_places(
    *, path: Path, filename: str, by: Person | str, at: datetime, kind: str = "", valid_from: date | None = None,
    source: str = "", dry_run: bool = False,
) -> Outcome:  # fmt: skip
    """Raises GazetteerError (file unreadable), NotAllowed. `source` is stored with each area: publisher and year."""
    found = read(path, kind=kind, valid_from=valid_from)
    try:
        with transaction.atomic():
            common = {
                "by": by,
                "at": at,
                "filename": filename,
                "sha256": found.sha256,
                "loaded": found.loaded,
            }
            if found.kind == GEONAMES:
                loaded = actions.load_places(places=found.places, source=GEONAMES, **common)  # type: ignore[arg-type]
            else:
                loaded = actions.load_areas(areas=found.areas, source=source or filename, **common)  # type: ignore[arg-type]
            if dry_run:
                raise _Trial
    except _Trial:
        loaded = found.loaded
    outcome = _outcome(filename, found.kind, found.sha256, dry_run, loaded)
    if not dry_run:
        _keep(path, outcome)
    return outcome


def _outcome(filename: str, kind: str, sha256: str, dry_run: bool, loaded: Loaded) -> Outcome:
    problems = tuple(sorted(loaded.problems, key=lambda problem: problem.row))
    return Outcome(
        filename,
        kind,
        sha256,
        dry_run,
        loaded.rows,
        loaded.imported,
        loaded.unchanged,
        loaded.changed,
        loaded.refused,
        problems,
    )


def _keep(path: Path, outcome: Outcome) -> None:
    """The file under its own hash, and beside it what became of it last. Stored once however often it is loaded."""
    name = f"{FOLDER}/{outcome.sha256}"
    if not default_storage.exists(name):
        with path.open("rb") as file:
            default_storage.save(name, ContentFile(file.read()))
    note = f"{name}.json"
    if default_storage.exists(note):
        default_storage.delete(note)
    default_storage.save(note, ContentFile(json.dumps(outcome.as_json(), ensure_ascii=False).encode()))


def outcome_of(sha256: str) -> Outcome | None:
    """What became of a file that was loaded before; None when there is none."""
    name = f"{FOLDER}/{sha256}.json"
    if len(sha256) != 64 or not sha256.isalnum() or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        return Outcome.of_json(json.load(file))
