"""How hard the properties are tried: `HYPOTHESIS_PROFILE=prove` tries twenty times more examples."""

import os

from hypothesis import HealthCheck, settings

# No deadline: two jobs on one machine would turn a slow minute into a failure that says nothing.
settings.register_profile(
    "house", deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("prove", settings.get_profile("house"), max_examples=2_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
