"""How exactly a date or a place is known: which of two is finer, and what that means in days and kilometres."""

import math
from datetime import date, timedelta

from constat.rules.vocabulary import vocabulary

UNKNOWN = "unknown"
# A place known within this can be told from its neighbour village; for anything wider only the area counts.
EXACT_RADIUS_KM = 2.0


def date_width(precision: str) -> float:
    """Days inside which the event fell; infinite where nobody knows."""
    return float(vocabulary("date_precision")[precision].extra.get("days", math.inf))


def place_width(precision: str) -> float:
    """Kilometres around the given point; infinite where nobody knows."""
    if precision == UNKNOWN:
        return math.inf
    return float(vocabulary("place_precision")[precision].extra["drawn_km"])


def drawn_km(precision: str) -> float:
    """Radius of the circle a map draws when it has no outline of the area. Never 0 unless the place is exact."""
    return float(vocabulary("place_precision")[precision].extra["drawn_km"])


def known_level(precision: str) -> int:
    """The deepest administrative level that is known: 3 commune ... 0 country, -1 none."""
    return int(vocabulary("place_precision")[precision].extra["level"])


def slack_days(precision: str, starts_on: date, ends_on: date | None) -> int:
    """Days outside the bounds where the event may still have been: what the bounds do not already span."""
    width = date_width(precision)
    if math.isinf(width):
        width = 31.0  # as the vocabulary draws it: unknown is shown by the month
    spanned = ((ends_on or starts_on) - starts_on).days + 1
    return max(math.ceil(width) - spanned, 0)


def window(precision: str, starts_on: date, ends_on: date | None, around: int) -> tuple[date, date]:
    """First and last day on which another account of the same event may stand, `around` days of error allowed."""
    slack = slack_days(precision, starts_on, ends_on) + around
    return starts_on - timedelta(days=slack), (ends_on or starts_on) + timedelta(days=slack)
