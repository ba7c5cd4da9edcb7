"""Running numbers for public codes. A code survives merge and split, is read aloud over a radio, and is never used twice."""

from django.db import transaction
from django.db.models import F

from constat.apps.access.models import Counter

WIDTH = 6  # a mission with more than a million reports in a year gets a longer code, never a repeated one


def next_code(series: str, year: int) -> str:
    """The next code of a series: `next_code("R", 2026)` -> "R-2026-000042"."""
    return reserve_codes(series, year, 1)[0]


def reserve_codes(series: str, year: int, n: int) -> list[str]:
    """`n` codes in a row. The row stays locked until the caller's transaction ends, so an act that is undone leaves no gap."""
    if n < 1:
        raise ValueError(f"Ask for at least one code, not {n}.")
    row = f"{series}-{year}"
    with transaction.atomic():
        if not Counter.objects.filter(pk=row).update(value=F("value") + n):
            # Two writers may both find no row; the second one's insert then waits, does nothing, and it counts on.
            Counter.objects.bulk_create([Counter(pk=row, value=0)], ignore_conflicts=True)
            Counter.objects.filter(pk=row).update(value=F("value") + n)
        last = Counter.objects.values_list("value", flat=True).get(pk=row)
    return [f"{row}-{number:0{WIDTH}d}" for number in range(last - n + 1, last + 1)]


__all__ = ["next_code", "reserve_codes"]
