"""Columns and constraints of the register, and the two abstract bases that say when and where something happened."""

from django.db import models
from django.db.models import F, Q


class Dated(models.Model):
    """When, with its precision. `starts_on` and `ends_on` bound the event; precision says what the bounds mean."""

    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    date_precision = models.CharField(max_length=20, default="unknown")  # vocabulary "date_precision"

    class Meta:
        abstract = True


class Located(models.Model):
    """Where, with its precision. A coarse place carries a representative point that must never be drawn as a point."""

    place_text = models.CharField(max_length=300, blank=True)  # as stated, in the writing it came in
    place = models.ForeignKey(
        "register.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    country = models.CharField(max_length=3, blank=True)  # ISO 3166 alpha-3, vocabulary "country"
    adm1 = models.CharField(max_length=20, blank=True)  # AdminArea.code; text, so that lists need no join
    adm2 = models.CharField(max_length=20, blank=True)
    adm3 = models.CharField(max_length=20, blank=True)
    lon = models.FloatField(null=True)  # WGS 84, degrees
    lat = models.FloatField(null=True)
    place_precision = models.CharField(max_length=20, default="unknown")  # vocabulary "place_precision"

    class Meta:
        abstract = True


class AdminArea(models.Model):
    """A country, region, cercle or commune, as it was from a day until a day: divisions change, codes have dates."""

    code = models.CharField(max_length=20)  # p-code where there is one
    level = models.PositiveSmallIntegerField()  # 0 country .. 3 commune, vocabulary "admin_level"
    name = models.CharField(max_length=120)
    name_ar = models.CharField(max_length=120, blank=True)
    folded = models.CharField(max_length=120, db_index=True)  # constat.analysis.names.fold(name)
    country = models.CharField(max_length=3)
    parent_code = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # the first day on which it no longer holds
    geometry = models.BinaryField(null=True)  # WKB, WGS 84, (Multi)Polygon
    min_lon = models.FloatField(null=True)
    min_lat = models.FloatField(null=True)
    max_lon = models.FloatField(null=True)
    max_lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)  # a point inside, for labels
    lat = models.FloatField(null=True)
    population = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="area_once", fields=["code", "valid_from"], nulls_distinct=False),
            models.CheckConstraint(
                name="area_dates_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(name="area_level", condition=Q(level__lte=3)),
        ]
        indexes = [models.Index(name="area_box", fields=["level", "min_lon", "max_lon"])]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """A named place of a gazetteer."""

    source = models.CharField(max_length=40)  # geonames, mission, demo
    source_key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    feature = models.CharField(max_length=20, blank=True)  # GeoNames feature code: PPL, PPLA ...
    lon = models.FloatField()
    lat = models.FloatField()
    country = models.CharField(max_length=3)
    adm1 = models.CharField(max_length=20, blank=True)
    adm2 = models.CharField(max_length=20, blank=True)
    adm3 = models.CharField(max_length=20, blank=True)
    population = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="place_once", fields=["source", "source_key"])]
        indexes = [models.Index(name="place_box", fields=["lon", "lat"])]

    def __str__(self) -> str:
        return self.name


class PlaceName(models.Model):
    """One spelling of a place, in any writing."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)  # constat.analysis.names.fold: no accents, one script
    sound = models.CharField(
        max_length=200
    )  # constat.analysis.names.sound: spelling habits of the region levelled

    class Meta:
        constraints = [models.UniqueConstraint(name="place_name_once", fields=["place", "folded"])]
        indexes = [
            models.Index(name="place_name_folded", fields=["folded"]),
            models.Index(name="place_name_sound", fields=["sound"]),
        ]


class Site(Located):
    """A protected site: school, clinic, market, well, mosque, camp; with the dates for which it stood there."""

    kind = models.CharField(max_length=40)  # vocabulary "site_type"
    name = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="site_dates_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
        ]
        indexes = [models.Index(name="site_box", fields=["lon", "lat"])]


class Actor(models.Model):
    """A party: the mission's own force, another force, an armed group, a militia, "unidentified"."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)  # vocabulary "actor_type"
    name = models.CharField(max_length=200)
    name_ar = models.CharField(max_length=200, blank=True)
    also_known_as = models.TextField(blank=True)  # one per line
    folded = models.CharField(max_length=200, db_index=True)
    is_own = models.BooleanField(default=False)  # the force whose harm this cell tracks
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class ActorRelation(models.Model):
    """Two actors, how they relate, from when until when, on what basis."""

    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    relation = models.CharField(max_length=40)  # vocabulary "actor_relation"
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    basis = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="actor_relation_basis", condition=~Q(basis="")),
            models.CheckConstraint(name="actor_relation_two", condition=~Q(actor=F("other"))),
        ]


class Unit(models.Model):
    """A unit of an actor, mostly of the own force: who could have been there."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    contributor = models.CharField(
        max_length=3, blank=True
    )  # ISO 3166 alpha-3 of the troop or police contributor
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name
