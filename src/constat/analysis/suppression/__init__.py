"""Which table can be released without pointing at a person.

A count of people below k points at them. It is withheld (primary), and with it as few others as keep it from being worked
out from the totals (complementary, the fewest by branch and cut). An attacker then solves all released tables
together, earlier ones too, and says what can be bounded. No count is ever changed: deaths carry no noise. Places are made
coarse, never moved: a point becomes the middle of a group of at least k known places.
"""

from constat.analysis.suppression.attack import Bound, attack
from constat.analysis.suppression.places import PlaceGroups, group_places
from constat.analysis.suppression.protect import Release, suppress
from constat.analysis.suppression.tables import (
    TOTAL,
    Nested,
    Released,
    Table,
    nesting,
    read_released,
    read_table,
)

__all__ = [
    "TOTAL", "Bound", "Nested", "PlaceGroups", "Release", "Released", "Table", "attack", "group_places", "nesting",
    "read_released", "read_table", "suppress",
]  # fmt: skip
