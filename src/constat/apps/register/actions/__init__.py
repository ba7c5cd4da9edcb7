"""The verbs of the register: the only writers of its tables."""

from constat.apps.register.actions.actors import add_actor, add_unit, relate_actors
from constat.apps.register.actions.loading import load_areas, load_places
from constat.apps.register.actions.places import add_place, add_site, end_site

__all__ = [
    "add_actor",
    "add_place",
    "add_site",
    "add_unit",
    "end_site",
    "load_areas",
    "load_places",
    "relate_actors",
]
