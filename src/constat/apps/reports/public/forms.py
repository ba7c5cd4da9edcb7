"""One small form per question. Everything but the words may be left out; "I do not know" is an answer.

Numbers and dates are read in any decimal digits (٣, ۳, 3). Errors say what to do and never blame.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.reports.digits import whole_number
from constat.apps.reports.faults import MAX_COUNT
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import Mannered

YES_NO = [("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know"))]


class Question(Mannered):
    """A form that knows today's date and, for the question of the place, the places found."""

    def __init__(
        self, *args: Any, today: date, found: list[tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        self.today, self.found = today, found or []
        super().__init__(*args, **{"label_suffix": "", **kwargs})


def radios(label: Any, choices: Any, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, help_text=hint, required=False, widget=forms.RadioSelect
    )


def line(label: Any, hint: Any = "", **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=300, widget=widget)


class Safety(Question):
    in_danger = radios(_("Is somebody in danger now?"), YES_NO)
    needs_care = radios(_("Does somebody need medical care now?"), YES_NO)


class Words(Question):
    # The value of this field is shown from the state and kept from the raw body; see raw.py.
    words = forms.CharField(
        label=_("What happened?"),
        help_text=_(
            "Write in any language, in your own words. A few words are enough. "
            "We keep them exactly as you write them."
        ),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("In which language did you write?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = vocabulary("language").choices(get_language() or "fr")
        field: Any = self.fields["language"]
        field.choices = [("", _("I do not want to say")), *[one for one in terms if one[0] != "unknown"]]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not words.strip():
            raise ValidationError(_("Write what happened. A few words are enough."), code="words_missing")
        if len(words.encode("utf-8", errors="replace")) > 60_000:
            raise ValidationError(
                _("The text is too long. Send it in several reports."), code="words_too_long"
            )
        return words


class Place(Question):
    place = line(
        _("Where did it happen?"),
        _(
            "The name of the village or town, and anything that helps to find it: “near the well of Tin-Hama”."
        ),
    )


class Which(Question):
    place_id = radios(_("Is it one of these places?"), [])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place_id"]
        field.choices = [*self.found, ("none", _("None of these, or I do not know"))]


def number(label: Any, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", **attrs})
    return forms.CharField(label=label, required=False, max_length=12, widget=widget)


class When(Question):
    """Day, month, year; the day, or day and month, may stay empty."""

    day = number(_("Day"), maxlength=2)
    month = number(_("Month"), maxlength=2)
    year = number(_("Year"), maxlength=4)
    not_sure = forms.BooleanField(label=_("I am not sure of the day"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            parts = [whole_number(data.get(name, "")) for name in ("day", "month", "year")]
        except ValueError:
            raise ValidationError(
                _("Write the day, the month and the year in numbers."), code="not_numbers"
            ) from None
        data["when"] = self._bounds(*parts, not_sure=bool(data.get("not_sure")))
        return data

    def _bounds(
        self, day: int | None, month: int | None, year: int | None, *, not_sure: bool
    ) -> tuple[date, date, str] | None:
        if year is None:
            if day is None and month is None:
                return None
            raise ValidationError(
                _("Add the year. If you do not know it, leave everything empty."), code="no_year"
            )
        if day is not None and month is None:
            raise ValidationError(_("Add the month, or take out the day."), code="no_month")
        try:
            first, last, precision = bounds(year, month, day)
        except ValueError:
            raise ValidationError(
                _("There is no such day. Check day, month and year."), code="no_day"
            ) from None
        if first > self.today or year < 1950:
            raise ValidationError(
                _("Check the year: this date is in the future or too long ago."), code="future"
            )
        return first, last, "days_2_6" if precision == "day" and not_sure else precision


def bounds(year: int, month: int | None, day: int | None) -> tuple[date, date, str]:
    """First day, last day and precision (vocabulary "date_precision") of a date known in part. Raises ValueError."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31), "longer"
    if day is None:
        first = date(year, month, 1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1), "month"
    return date(year, month, day), date(year, month, day), "day"


class Count(Question):
    """At least, about, at most: each may stay empty. Nothing typed means not known, and never zero."""

    prefix_name = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        figures: list[int | None] = []
        for suffix in ("min", "best", "max"):
            name = f"{self.prefix_name}_{suffix}"
            figures.append(self._figure(name, data.get(name, "")))
        known = [figure for figure in figures if figure is not None]
        if not self.errors and known != sorted(known):
            raise ValidationError(
                _("Check the numbers: “at least” is the smallest and “at most” the largest."),
                code="range_backwards",
            )
        data["range"] = tuple(figures)
        return data

    def _figure(self, name: str, typed: str) -> int | None:
        try:
            figure = whole_number(typed)
            if figure is None or figure <= MAX_COUNT:
                return figure
        except ValueError:
            pass
        self.add_error(name, _("Write a number, such as 3, or leave it empty."))
        return None


class Killed(Count):
    prefix_name = "killed"
    killed_min = number(_("At least"))
    killed_best = number(_("About"))
    killed_max = number(_("At most"))


class Injured(Count):
    prefix_name = "injured"
    injured_min = number(_("At least"))
    injured_best = number(_("About"))
    injured_max = number(_("At most"))


# What else, as people say it -> code of the vocabulary "harm", with the unit in which it is counted.
OTHER_HARM: dict[str, tuple[str, str]] = {
    "missing": ("missing_disappeared", "persons"),
    "taken": ("abduction", "persons"),
    "fled": ("displacement", "persons"),
    "house": ("property_destroyed", "structures"),
    "goods": ("property_looted", "goods"),
    "animals": ("livestock", "animals"),
    "fields": ("crops_land", "hectares"),
    "water": ("water_point", "structures"),
    "school": ("school", "structures"),
    "clinic": ("health_facility", "structures"),
}


class Other(Question):
    other = forms.MultipleChoiceField(
        label=_("What else happened?"),
        help_text=_("Tick everything that applies, or nothing."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("missing", _("People are missing")),
            ("taken", _("People were taken away")),
            ("fled", _("People had to flee")),
            ("house", _("Houses or buildings were destroyed or damaged")),
            ("goods", _("Goods or money were taken")),
            ("animals", _("Animals were killed or taken")),
            ("fields", _("Fields or harvests were destroyed")),
            ("water", _("A well or a water point was damaged")),
            ("school", _("A school was hit")),
            ("clinic", _("A health centre was hit")),
        ],
    )


class Children(Question):
    child_involved = radios(
        _("Were children harmed?"),
        YES_NO,
        _(
            "Children are people under 18. If so, only the people who work on the protection of children will read this."
        ),
    )


class Intimate(Question):
    sexual_violence = radios(
        _("Did somebody suffer sexual violence?"),
        [("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know, or I prefer not to say"))],
        _(
            "You need not answer and you need not tell anything. "
            "If you say yes, only a few people trained for this will read your report."
        ),
    )


class Who(Question):
    actor = line(_("Who did it?"), _("In your own words. If you do not know, leave it empty."))
    force = radios(
        _("Were soldiers or police of the mission involved?"),
        YES_NO,
        _("We ask because we then have to look at what our own people did."),
    )


class You(Question):
    reporter = radios(
        _("How do you know about it?"),
        [
            ("victim", _("It happened to me")),
            ("family", _("It happened to somebody in my family")),
            ("witness", _("I saw it")),
            ("community_leader", _("I speak for my community")),
            ("medical", _("I cared for the people")),
            ("unknown", _("Somebody told me, or I heard about it")),
            ("anonymous", _("I prefer not to say")),
        ],
    )


CONTACT = ("name", "phone", "safe_way", "safe_hours", "may_call", "who_may_answer")


class Contact(Question):
    name = line(_("A name we can use"), _("It need not be your real name."))
    phone = line(_("Telephone number"), inputmode="tel", dir="ltr")
    safe_way = line(
        _("Is there a safer way to reach you?"), _("A person you trust, a place, another number.")
    )
    safe_hours = line(_("When is it safe?"), _("For instance: in the morning, not on market days."))
    may_call = radios(_("May we call you?"), [("yes", _("Yes")), ("no", _("No"))])
    who_may_answer = line(
        _("Who else may answer this telephone?"), _("If somebody else answers, we say nothing.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("may_call") == "yes" and not data.get("phone"):
            self.add_error("phone", _("Write the number that we may call, or answer “No”."))
        return data


# Purposes asked of the public, each with its question. The others (court, named body) are asked by a person, in a talk.
PURPOSES: list[tuple[str, Any]] = [
    ("analysis", _("Use my report to understand what happens to civilians")),
    ("share_inside", _("Show my report to other services of the mission")),
    ("recontact", _("Contact me again in the way I wrote")),
    ("publish", _("Tell in public what happened, without anything that points to me")),
]


class Agree(Question):
    consent = forms.MultipleChoiceField(
        label=_("What may we do with your report?"),
        help_text=_(
            "Tick what you agree to. What you do not tick we do not do. You can change your mind later."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=PURPOSES,
    )


FormClass = type[Question]
Condition = Callable[[Any], bool]
