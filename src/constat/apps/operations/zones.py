"""Time zones as a log writes them: UTC, +01:00, Africa/Bamako."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")


@cache
def zone_known(name: str) -> bool:
    if name == "UTC" or _OFFSET.fullmatch(name):
        return True
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def zone_of(name: str) -> tzinfo:
    """Of a zone that is known."""
    if name == "UTC":
        return UTC
    if found := _OFFSET.fullmatch(name):
        apart = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(apart if found[1] == "+" else -apart)
    return ZoneInfo(name)
