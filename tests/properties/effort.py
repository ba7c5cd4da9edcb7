"""How many examples: few on every change, many in `make prove`."""

import os

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "prove"


def examples(usual: int, *, thorough: int = 300) -> int:
    """For properties that write to a database: a profile's own number would take hours."""
    return thorough if THOROUGH else usual
