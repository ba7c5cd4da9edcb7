"""Is everything that was sealed still what was sealed? Every file is read whole; files nobody knows are named too."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from constat.apps.access.models import Event
from constat.apps.evidence import chain, store, words
from constat.apps.evidence.errors import FileMissing, KeyMissing, StoreError
from constat.apps.evidence.models import Interview, Item

RECEIVING = (
    24 * 3600
)  # seconds; a .part file younger than that is a deposit under way, an older one a leftover


@dataclass(frozen=True)
class Fault:
    """kind: changed, missing, key, unknown, words, custody. code: the item or interview, "" for a file nobody knows."""

    kind: str
    code: str
    file: str
    what: str


@dataclass(frozen=True)
class Walk:
    """What was read, and what is wrong."""

    files: int
    bytes: int
    faults: tuple[Fault, ...]


def walk(*, at: datetime) -> Walk:
    """Read the whole store. Minutes for a large one: it costs as much as reading every file."""
    present = list(store.files())
    faults: list[Fault] = []
    files = size = 0
    for item in Item.objects.order_by("pk").iterator(chunk_size=500):
        faults += _words(bytes(item.sealed), "item", item.code)
        if item.blob is None:
            continue
        files, size = files + 1, size + item.size
        faults += _file(item)
    for row in Interview.objects.order_by("pk").only("code", "sealed").iterator(chunk_size=500):
        faults += _words(bytes(row.sealed), "interview", row.code)
    faults += _custody()
    faults += _strangers(present, at)
    return Walk(files, size, tuple(faults))


def _file(item: Item) -> Iterator[Fault]:
    name = _name(store.path_of(item.blob)) if item.blob else ""
    try:
        store.check(item)
    except FileMissing as error:
        yield Fault("missing", item.code, name, str(error))
    except KeyMissing as error:
        yield Fault("key", item.code, name, str(error))
    except StoreError as error:
        yield Fault("changed", item.code, name, str(error))
    except OSError as error:
        yield Fault(
            "changed", item.code, name,
            _("%(code)s cannot be read: the file %(file)s (%(why)s). Look at the disk.")
            % {"code": item.code, "file": name, "why": error.strerror or ""},
        )  # fmt: skip


def _words(sealed: bytes, kind: str, code: str) -> Iterator[Fault]:
    try:
        words.unseal(sealed, place=f"{kind} {code}")
    except StoreError as error:
        yield Fault("words", code, "", str(error))


def _custody() -> Iterator[Fault]:
    """The lines of custody against the last word of the log on each item; and items the log tells of that are not there."""
    last: dict[str, dict[str, object]] = {}
    events = Event.objects.filter(object_type="item", verb__startswith="evidence.").order_by("seq")
    for code, details in events.values_list("object_key", "details").iterator(chunk_size=2000):
        said = json.loads(details) if details else {}
        # Where details were erased by law, what an earlier event told still holds.
        last[code] = said if "custody" in said else last.get(code, {})
    there = set(Item.objects.values_list("code", flat=True))
    for code, said in sorted(last.items()):
        if code not in there:
            yield Fault("missing", code, "", _("%(code)s is missing: the log tells of it.") % {"code": code})
        elif "custody" in said:
            lines = int(str(said["custody"]))
            found = list(chain.digests(chain.rows_of(code)[:lines]))
            if len(found) < lines or found[-1] != said["custody_digest"]:
                yield Fault("custody", code, "", _("The custody of %(code)s is not as the log tells it: a line was changed or"
                                                   " removed.") % {"code": code})  # fmt: skip


def _strangers(present: list[Path], at: datetime) -> Iterator[Fault]:
    # Asked after the walk: a file that was being deposited when it began has its item by now.
    for path in present:
        if path.suffix == ".part" and path.exists() and at.timestamp() - path.stat().st_mtime < RECEIVING:
            continue
        blob = _blob(path)
        if path.exists() and (blob is None or not Item.objects.filter(blob=blob).exists()):
            yield Fault("unknown", "", _name(path),
                        _("The file %(file)s belongs to no item: left by an interrupted deposit, or put there by somebody."
                          " Keep it, and find out.") % {"file": _name(path)})  # fmt: skip


def _blob(path: Path) -> UUID | None:
    try:
        blob = UUID(path.stem)
    except ValueError:
        return None
    return blob if path == store.path_of(blob) else None


def _name(path: Path) -> str:
    return path.relative_to(store.folder()).as_posix()


__all__ = ["Fault", "Walk", "walk"]
