"""Forms of operations. A form asks; the action decides."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone as node_time
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.operations.draft import Draft, EncounterDraft, Point, WeaponLine
from constat.apps.operations.zones import zone_known, zone_of
from constat.apps.register.models import AdminArea, Unit
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered

SPARE = 2  # empty lines at the end of each table; saving gives two more
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:hH. ]?([0-5]\d)?")


def terms(name: str) -> list[tuple[str, str]]:
    return vocabulary(name).choices(get_language() or "fr")


def unit_choices() -> list[tuple[str, str]]:
    rows = Unit.objects.filter(actor__is_own=True).order_by("name").values_list("code", "name")
    return [("", "–"), *rows]


def region_choices() -> list[tuple[str, str]]:
    arabic = (get_language() or "fr") == "ar"
    rows = AdminArea.objects.filter(level=1, valid_to__isnull=True).order_by("name")
    return [(row.code, row.name_ar if arabic and row.name_ar else row.name) for row in rows.defer("geometry")]


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def line(label: Any, hint: Any = "", *, most: int = 300) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=most,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class Filter(Mannered):
    """The list. Nothing here can fail: an unknown value shows everything."""

    kind = forms.ChoiceField(label=_("Type"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    first = day_field(_("From"))
    last = day_field(_("To"))
    area = forms.ChoiceField(label=_("Region"), required=False)
    force = forms.ChoiceField(label=_("Force"), required=False)
    withdrawn = forms.ChoiceField(label=_("Records"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        fields: Any = self.fields
        every = ("", _("All"))
        fields["kind"].choices = [every, *terms("operation_type")]
        fields["unit"].choices = [every, *unit_choices()[1:]]
        fields["area"].choices = [every, *region_choices()]
        fields["force"].choices = [every, ("1", _("Kinetic, or force was used"))]
        fields["withdrawn"].choices = [("", _("In force")), ("1", _("Withdrawn"))]


class Look(Mannered):
    """What could have met: a place, a time, and how exactly each is known."""

    place = line(_("Place"), _("A name of the register; or leave it empty and give the position."))
    lat = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    place_precision = forms.ChoiceField(label=_("How exactly is the place known?"))
    first = DateField(label=_("First day"))
    last = DateField(label=_("Last day, if it lasted"), required=False)
    date_precision = forms.ChoiceField(label=_("How exactly is the date known?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["place_precision"].choices = [
            one for one in terms("place_precision") if one[0] != "international"
        ]
        fields["date_precision"].choices = terms("date_precision")
        fields["place_precision"].initial, fields["date_precision"].initial = "near_25km", "day"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if (found.get("lat") is None) != (found.get("lon") is None):
            self.add_error("lat", _("Give both longitude and latitude, or neither."))
        elif (
            found.get("lat") is None
            and not found.get("place")
            and "lat" not in self.errors
            and "lon" not in self.errors
        ):
            self.add_error("place", _("Enter a place or a position."))
        first, last = found.get("first"), found.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first day. Correct one of them."))
        return found


YES_NO = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]


def yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, required=False, choices=YES_NO, empty_value=None, coerce=lambda said: said == "yes"
    )


class OperationForm(Mannered):
    """One operation. Hours are those of the zone that is given with them."""

    unit = forms.ChoiceField(label=_("Unit"))
    kind = forms.ChoiceField(label=_("Type"))
    starts_on = DateField(label=_("First day"))
    starts_time = line(
        _("Hour it began"), _("For example 06:30. Leave both hours empty if only the day is known."), most=8
    )
    ends_on = DateField(label=_("Last day"))
    ends_time = line(_("Hour it ended"), most=8)
    zone = line(_("Time zone of the log"), _("UTC, +01:00, Africa/Bamako"), most=40)
    place_text = line(_("Place"))
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    radius_km = forms.FloatField(label=_("Radius in km"), min_value=0, max_value=500, initial=2)
    path = forms.CharField(
        label=_("Route"), required=False, help_text=_("One point a line: latitude, longitude. Leave empty for an area."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )  # fmt: skip
    place_precision = forms.ChoiceField(label=_("How exactly is the place known?"), initial="exact")
    phase = forms.ChoiceField(label=_("Phase"), initial="unknown")
    tasking = forms.CharField(
        label=_("Tasking"), required=False, max_length=5000, help_text=_("As the log says it, without names."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip
    kinetic = yes_no(_("Kinetic"))
    domains = forms.MultipleChoiceField(
        label=_("Domains"), required=False, widget=forms.CheckboxSelectMultiple
    )
    partners = line(_("Partners"))
    supported_force = line(_("Supported force"), most=200)
    planning = forms.ChoiceField(label=_("Planned or not"), initial="unknown")
    fire = forms.ChoiceField(label=_("Kind of fire"), initial="unknown")
    warning_given = yes_no(_("Warning given"))
    recordings = line(_("Recordings held"), _("Which, and where they are kept."))
    rules_card = line(_("Rules card"), most=60)
    risk_sheet = line(_("Risk sheet"), _("Number of the assessment made before it."), most=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].choices = unit_choices()
        for name, words in (("kind", "operation_type"), ("place_precision", "place_precision"), ("phase", "operation_phase"),
                            ("domains", "operation_domain"), ("planning", "operation_planning"), ("fire", "fire_mode")):  # fmt: skip
            fields[name].choices = terms(words)
        fields["kind"].choices = [("", "–"), *fields["kind"].choices]
        fields["zone"].required = True
        fields["zone"].initial = node_time.get_current_timezone_name()

    def clean_path(self) -> tuple[Point, ...]:
        points = []
        for row in self.cleaned_data["path"].splitlines():
            parts = row.replace(";", ",").replace("،", ",").split(",")
            if not row.strip():
                continue
            try:
                lat, lon = (float(part) for part in parts)
            except ValueError:
                raise ValidationError(_("Write each point as latitude, longitude: 16.27, -0.04")) from None
            points.append((lon, lat))
        return tuple(points)

    def clean_starts_time(self) -> time | None:
        return _clock(self.cleaned_data["starts_time"])

    def clean_ends_time(self) -> time | None:
        return _clock(self.cleaned_data["ends_time"])

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"].strip()
        if not zone_known(zone):
            raise ValidationError(
                _("Say in which time zone the log was written: UTC, +01:00, Africa/Bamako.")
            )
        return zone

    def draft(self, lines: "Lines") -> Draft:
        """Of valid forms only."""
        data = dict(self.cleaned_data)
        began, ended = data.pop("starts_time"), data.pop("ends_time")
        first, last = data.pop("starts_on"), data.pop("ends_on")
        zone = zone_of(data["zone"])
        whole = began is None and ended is None
        return Draft(
            starts_at=datetime.combine(first, began or time(0), zone),
            ends_at=datetime.combine(last, ended or time(23, 59), zone),
            time_precision="day" if whole else "time_of_day",
            **{**data, "domains": tuple(data["domains"])},
            **lines.values(first, zone),
        )


def _clock(text: str) -> time | None:
    text = text.strip()
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    if not found:
        raise ValidationError(_("Write the hour as 06:30."))
    return time(int(found[1]), int(found[2] or 0))


def _when(text: str) -> tuple[date | None, time] | None:
    """An hour, with its day in front where it is not the first one: 06:30, 2026-02-21 06:30."""
    day, _space, clock = text.strip().rpartition(" ")
    at = _clock(clock)
    if at is None:
        return None
    try:
        return date.fromisoformat(day) if day else None, at
    except ValueError:
        raise ValidationError(
            _("Write the hour as 06:30, with its day in front if it is not the first: 2026-02-21 06:30.")
        ) from None


class ExposureLine(Mannered):
    measure = forms.ChoiceField(label=_("Measure"), required=False)
    quantity = forms.DecimalField(
        label=_("How much"), required=False, min_value=Decimal(0), max_digits=12, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["measure"]
        field.choices = [("", "–"), *terms("exposure_unit")]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("measure") and found.get("quantity") is None and "quantity" not in self.errors:
            self.add_error("quantity", _("Enter a number."))
        return found


class WeaponForm(Mannered):
    weapon = forms.ChoiceField(label=_("Weapon"), required=False)
    rounds = forms.IntegerField(label=_("Rounds"), required=False, min_value=0)
    fire = forms.ChoiceField(label=_("Kind of fire"), required=False)
    time = line(_("Hour"), most=20)
    shooter = line(_("Shooter at (latitude, longitude)"), most=40)
    target = line(_("Target at (latitude, longitude)"), most=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["weapon"].choices = [("", "–"), *terms("weapon")]
        fields["fire"].choices = terms("fire_mode")
        fields["fire"].initial = "unknown"

    def clean_time(self) -> tuple[date | None, clock_time] | None:
        return _when(self.cleaned_data["time"])

    def clean_shooter(self) -> Point | None:
        return _point(self.cleaned_data["shooter"])

    def clean_target(self) -> Point | None:
        return _point(self.cleaned_data["target"])


def _point(text: str) -> Point | None:
    if not text.strip():
        return None
    try:
        lat, lon = (float(part) for part in text.replace(";", ",").replace("،", ",").split(","))
    except ValueError:
        raise ValidationError(_("Write each point as latitude, longitude: 16.27, -0.04")) from None
    return lon, lat


class EncounterForm(Mannered):
    steps = forms.MultipleChoiceField(
        label=_("Steps taken"), required=False, widget=forms.CheckboxSelectMultiple
    )
    distance_m = forms.IntegerField(label=_("Nearest distance in metres"), required=False, min_value=0)
    light = forms.ChoiceField(label=_("Light"), required=False)
    outcome = forms.ChoiceField(label=_("How it ended"), required=False)
    time = line(_("Hour"), most=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["steps"].choices = terms("force_step")
        fields["light"].choices, fields["outcome"].choices = terms("light"), terms("force_outcome")
        fields["light"].initial = fields["outcome"].initial = "unknown"

    def clean_time(self) -> tuple[date | None, clock_time] | None:
        return _when(self.cleaned_data["time"])


ExposureLines = forms.formset_factory(ExposureLine, extra=SPARE)
WeaponLines = forms.formset_factory(WeaponForm, extra=SPARE)
EncounterLines = forms.formset_factory(EncounterForm, extra=SPARE)


class Lines:
    """The three tables under an operation, as one."""

    def __init__(self, posted: Any, before: Draft | None = None) -> None:
        start = _initial_lines(before) if before else ([], [], [])
        self.exposures = ExposureLines(posted, initial=start[0], prefix="exposure")
        self.weapons = WeaponLines(posted, initial=start[1], prefix="weapon")
        self.encounters = EncounterLines(posted, initial=start[2], prefix="encounter")
        self.before = before

    def forms(self) -> list[Any]:
        return [*self.exposures, *self.weapons, *self.encounters]

    def is_valid(self) -> bool:
        return all([self.exposures.is_valid(), self.weapons.is_valid(), self.encounters.is_valid()])

    def values(self, day: date, zone: Any) -> dict[str, Any]:
        def moment(said: tuple[date | None, time] | None) -> datetime | None:
            return None if said is None else datetime.combine(said[0] or day, said[1], zone)

        weapons = [
            WeaponLine(one["weapon"], one["rounds"], one["fire"] or "unknown", moment(one["time"]), one["shooter"], one["target"])
            for one in self.weapons.cleaned_data
            if one.get("weapon")
        ]  # fmt: skip
        return {
            "exposures": {one["measure"]: one["quantity"] for one in self.exposures.cleaned_data if one.get("measure")},
            "weapons": tuple(self._kept(weapons, "weapons")),
            "encounters": tuple(self._kept([
                EncounterDraft(_steps(one["steps"], one["distance_m"]), one["outcome"] or "unknown",
                               one["light"] or "unknown", moment(one["time"]))
                for one in self.encounters.cleaned_data if one.get("steps")
            ], "encounters")),
        }  # fmt: skip

    def _kept(self, lines: Sequence[Any], name: str) -> list[Any]:
        """What the form cannot show of a line (a note, the distance of each step) stays as long as the line does."""
        old = [] if self.before is None else list(getattr(self.before, name))
        return [next((was for was in old if _seen(was) == _seen(one)), one) for one in lines]


def _steps(codes: Sequence[str], nearest: int | None) -> tuple[tuple[str, int | None], ...]:
    """In the order of the ladder; the distance is that of the last step."""
    ordered = [code for code in vocabulary("force_step") if code in codes]
    return tuple((code, nearest if code == ordered[-1] else None) for code in ordered)


def _seen(one: WeaponLine | EncounterDraft) -> object:
    """What the form shows of a line."""
    clock = one.at.astimezone(UTC).replace(second=0, microsecond=0) if one.at else None
    if isinstance(one, WeaponLine):
        return one.weapon, one.rounds, one.fire, clock, one.shooter, one.target
    nearest = next((distance for _step, distance in reversed(one.steps) if distance is not None), None)
    return {step for step, _distance in one.steps}, nearest, one.light, one.outcome, clock


def _initial_lines(before: Draft) -> tuple[list[Any], list[Any], list[Any]]:
    zone = zone_of(before.zone)

    def clock(at: datetime | None) -> str:
        if at is None:
            return ""
        there = at.astimezone(zone)
        first = before.starts_at.astimezone(zone).date()
        return there.strftime("%H:%M" if there.date() == first else "%Y-%m-%d %H:%M")

    def place(point: Point | None) -> str:
        return f"{point[1]}, {point[0]}" if point else ""

    exposures = [{"measure": measure, "quantity": quantity} for measure, quantity in before.exposures.items()]
    weapons = [
        {"weapon": one.weapon, "rounds": one.rounds, "fire": one.fire, "time": clock(one.at),
         "shooter": place(one.shooter), "target": place(one.target)}
        for one in before.weapons
    ]  # fmt: skip
    encounters = [
        {"steps": [step for step, _distance in one.steps], "light": one.light, "outcome": one.outcome,
         "time": clock(one.at),
         "distance_m": next((distance for _step, distance in reversed(one.steps) if distance is not None), None)}
        for one in before.encounters
    ]  # fmt: skip
    return exposures, weapons, encounters


def initial(before: Draft) -> dict[str, Any]:
    zone = zone_of(before.zone)
    starts, ends = before.starts_at.astimezone(zone), before.ends_at.astimezone(zone)
    whole = before.time_precision == "day"
    said = {True: "yes", False: "no", None: ""}
    same = ("unit", "kind", "zone", "place_text", "lat", "lon", "radius_km", "place_precision", "phase", "tasking", "domains",
            "partners", "supported_force", "planning", "fire", "recordings", "rules_card", "risk_sheet")  # fmt: skip
    return {
        **{name: getattr(before, name) for name in same},
        "starts_on": starts.date(), "ends_on": ends.date(),
        "starts_time": "" if whole else starts.strftime("%H:%M"), "ends_time": "" if whole else ends.strftime("%H:%M"),
        "path": "\n".join(f"{lat}, {lon}" for lon, lat in before.path),
        "kinetic": said[before.kinetic], "warning_given": said[before.warning_given],
    }  # fmt: skip


class Together:
    """Several forms of one page, for the list of what is wrong at its top."""

    def __init__(self, *several: Any) -> None:
        self.several = [one for one in several if one is not None]

    def non_field_errors(self) -> list[str]:
        return [text for one in self.several for text in one.non_field_errors()]

    def __iter__(self) -> Iterator[Any]:
        return (bound for one in self.several for bound in one)


class Reason(Mannered):
    reason = forms.CharField(
        label=_("Why?"), help_text=_("Whoever opens the operation later reads this."), max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip


class LogForm(Mannered):
    """The log of a unit for some days: here, or missing and why."""

    unit = forms.ChoiceField(label=_("Unit"))
    first = DateField(label=_("First day"))
    last = DateField(label=_("Last day"))
    state = forms.ChoiceField(label=_("The log is"), widget=forms.RadioSelect)
    gap = forms.ChoiceField(label=_("If it is missing: why?"), required=False)
    brought_by = line(_("Who brought it"), _("Post or section, no name."), most=200)
    sha256 = line(_("SHA-256 of the file or scan"), most=64)
    note_text = line(_("Note"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].choices = unit_choices()
        fields["state"].choices = terms("log_state")
        fields["gap"].choices = [("", "–"), *terms("log_gap_reason")]

    def clean_sha256(self) -> str:
        return str(self.cleaned_data["sha256"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("state") == "missing" and not found.get("gap"):
            self.add_error("gap", _("Say why it is missing, or that nobody knows."))
        return found
