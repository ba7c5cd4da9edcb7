"""Which band and which rate are in force on a day."""

from datetime import date
from decimal import Decimal

from django.db.models import Q

from constat.apps.amends.models import BandVersion, ExchangeRate
from constat.rules.amends import Band
from constat.rules.money import Money, Rate


def version_on(band: str, day: date) -> BandVersion | None:
    return BandVersion.objects.filter(band=band, valid_from__lte=day).order_by("-valid_from").first()


def band_on(version: BandVersion) -> Band:
    amounts = (Money(one, version.currency) for one in (version.minimum, version.base, version.maximum))
    return Band(version.band, *amounts)


def rate_on(one: str, other: str, day: date) -> Rate | None:
    """The last rate between the two noted on that day or before. Whether it is too old, the rule says."""
    if one == other:
        return None
    row = (
        ExchangeRate.objects.filter(Q(base=one, quote=other) | Q(base=other, quote=one), on__lte=day)
        .order_by("-on", "-pk")
        .first()
    )
    return Rate(row.base, row.quote, Decimal(row.value), row.on) if row else None
