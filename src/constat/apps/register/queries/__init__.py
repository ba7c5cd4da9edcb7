"""Fetchers of the register. What is in it is no secret to anybody who may open its pages; the gate asks that."""

from constat.apps.register.queries.areas import AreasAt, areas_at, outlines
from constat.apps.register.queries.drawing import Picture, picture
from constat.apps.register.queries.pages import (
    actors_page,
    area_page,
    home_page,
    place_page,
    sites_page,
    units_page,
)
from constat.apps.register.queries.places import PlaceHit, find_places
from constat.apps.register.queries.sites import SiteHit, sites_near

__all__ = [
    "AreasAt",
    "Picture",
    "PlaceHit",
    "SiteHit",
    "actors_page",
    "area_page",
    "areas_at",
    "find_places",
    "home_page",
    "outlines",
    "picture",
    "place_page",
    "sites_near",
    "sites_page",
    "units_page",
]
