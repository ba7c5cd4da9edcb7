"""The custody of an item as one digest, which the log is told with every act on it.

The lines themselves carry no hash. Whoever changes one, or takes the last away, would have to change the log as well.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from constat.apps.access.log import canonical
from constat.apps.evidence.models import CustodyEvent

_COLUMNS = ("number", "kind", "at", "recorded_at", "by_id", "reason", "from_party", "to_party", "place_class", "location",
            "seal", "digest_checked")  # fmt: skip
Row = tuple[object, ...]


def rows_of(item: str) -> list[Row]:
    """The lines of an item, in the order of the chain."""
    return list(CustodyEvent.objects.filter(item__code=item).order_by("number").values_list(*_COLUMNS))


def digests(rows: Iterable[Row]) -> Iterator[str]:
    """After each line: SHA-256 over the digest before it and what the line says."""
    last = ""
    for row in rows:
        said = [one.astimezone(UTC).isoformat() if isinstance(one, datetime) else one for one in row]
        last = hashlib.sha256(canonical([last, *said]).encode()).hexdigest()
        yield last


def told(item: str) -> dict[str, object]:
    """What an event of the log says of the custody of its item: how many lines, and their digest."""
    found = list(digests(rows_of(item)))
    return {"custody": len(found), "custody_digest": found[-1]} if found else {}


__all__ = ["digests", "rows_of", "told"]
