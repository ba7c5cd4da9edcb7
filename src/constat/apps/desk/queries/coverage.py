"""From where, and through which channel, reports still come. Silence is not safety: it is asked about here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from constat.apps.access.models import LogHead
from constat.apps.desk.queries.records import reports
from constat.apps.desk.words import GENERAL, label
from constat.apps.register.models import AdminArea
from constat.apps.reports.models import Report
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from constat.ui.formats import base

# Two weeks without a word from a region of this size has, so far, meant a broken channel more often than peace.
QUIET_AFTER = timedelta(days=14)
REGION = 1


@dataclass(frozen=True, slots=True)
class Silence:
    """An area or a channel, and the day of its last report (None: never one)."""

    name: str
    last: date | None
    days: int | None
    quiet: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Quietest first. `all_reports`: counted over all general reports, not only over those the viewer may read."""

    areas: Sequence[Silence]
    channels: Sequence[Silence]
    all_reports: bool
    quiet_days: int = QUIET_AFTER.days

    @property
    def quiet_areas(self) -> Sequence[Silence]:
        return tuple(area for area in self.areas if area.quiet)

    @property
    def heard_areas(self) -> Sequence[Silence]:
        return tuple(area for area in self.areas if not area.quiet)

    @property
    def quiet_channels(self) -> Sequence[Silence]:
        return tuple(channel for channel in self.channels if channel.quiet)

    @property
    def heard_channels(self) -> Sequence[Silence]:
        return tuple(channel for channel in self.channels if not channel.quiet)


def coverage(viewer: Viewer, *, at: datetime, language: str) -> Coverage:
    """Day of the last report by region and by channel.

    Somebody who may see totals must not be told "silent" because the reports are above their level: for them the day
    of the last report is taken over the whole general compartment. That day, per region, is all that this says.
    Everybody else gets the days of the reports they may read, and the page says so.
    """
    whole = "desk.totals" in viewer.permissions
    base_set = Report.objects.filter(compartment=GENERAL) if whole else reports(viewer, at=at)
    return Coverage(_areas(base_set, at, language), _channels(base_set, at), whole)


def _areas(received: "QuerySet[Report]", at: datetime, language: str) -> Sequence[Silence]:
    today = at.date()
    newest = received.filter(adm1=OuterRef("code")).order_by("-received_at").values("received_at")[:1]
    in_force = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
    rows = (
        AdminArea.objects.filter(in_force, Q(valid_to__isnull=True) | Q(valid_to__gt=today), level=REGION)
        .annotate(last=Subquery(newest))
        .order_by(F("last").asc(nulls_first=True), "name")
        .values_list("name", "name_ar", "last")
    )
    arabic = base(language) == "ar"
    return tuple(_silence(name_ar if arabic and name_ar else name, last, at) for name, name_ar, last in rows)


def _channels(received: "QuerySet[Report]", at: datetime) -> Sequence[Silence]:
    """One short walk of an index per channel: grouping the whole table would read every report.

    The walks are columns of a query over a table of exactly one row (the head of the log), so that they cost one
    question to the database and not twenty.
    """
    codes = [term.code for term in vocabulary("channel").active()]
    walks = {
        f"last_{number}": Subquery(
            received.filter(channel=code).order_by("-received_at").values("received_at")[:1]
        )
        for number, code in enumerate(codes)
    }
    row = LogHead.objects.values_list(*walks.values()).get(id=1)
    # A channel that never brought anything is one the mission does not use: no silence to ask about.
    found = [
        _silence(label("channel", code), last, at)
        for code, last in zip(codes, row, strict=True)
        if last is not None
    ]
    return tuple(sorted(found, key=lambda silence: -(silence.days or 0)))


def _silence(name: str, last: datetime | None, at: datetime) -> Silence:
    if last is None:
        return Silence(name, None, None, True)
    days = max(0, (at.date() - last.date()).days)
    return Silence(name, last.date(), days, at - last > QUIET_AFTER)
