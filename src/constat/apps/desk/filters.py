"""What a list, the map or the timeline is narrowed to: read from the address, written back into it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from constat.apps.desk.scopes import Scope, scope_of
from constat.apps.desk.words import choices
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import Mannered

# How far back "the last ..." reaches, in days; "all" has no beginning.
PERIODS = {"30": 30, "90": 90, "365": 365, "1096": 1096}
EVERYTHING = "all"


class FilterForm(Mannered):
    """Every field may stay empty. A date typed by hand goes before the period chosen from the list."""

    scope = forms.ChoiceField(label=_("Scope"), required=False)
    period = forms.ChoiceField(label=_("Period"), required=False)
    start = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    type = forms.ChoiceField(label=_("Type"), required=False)
    grade = forms.ChoiceField(label=pgettext_lazy("noun", "Grade"), required=False)

    def __init__(self, data: Any, *, period: str) -> None:
        values = data.copy()
        if not values.get("period") and not values.get("start") and not values.get("end"):
            values["period"] = period
        values.setdefault("scope", Scope.ALL.value)
        super().__init__(values)
        fields: Any = self.fields
        fields["scope"].choices = [(scope.value, scope.label) for scope in Scope]
        fields["period"].choices = [
            ("30", _("Last 30 days")), ("90", _("Last 90 days")), ("365", _("Last 12 months")),
            ("1096", _("Last three years")), (EVERYTHING, _("Everything")), ("", _("The dates given")),
        ]  # fmt: skip
        fields["type"].choices = [("", _("Every type")), *choices("incident_type")[1:]]
        fields["grade"].choices = [("", _("Every grade")), *choices("grade")[1:]]


@dataclass(frozen=True, slots=True)
class Filters:
    """`first` and `last`: days of the beginning of the event, both included; None leaves that side open."""

    scope: Scope = Scope.ALL
    first: date | None = None
    last: date | None = None
    period: str = ""
    type: str = ""
    grade: str = ""

    def apply(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Everything but the scope, which `records.scoped` applies: a total never forgets it that way."""
        conditions: dict[str, Any] = {}
        if self.first:
            conditions["starts_on__gte"] = self.first
        if self.last:
            conditions["starts_on__lte"] = self.last
        if self.type:
            conditions["incident_type"] = self.type
        if self.grade:
            conditions["grade"] = self.grade
        return queryset.filter(**conditions)

    def query(self, **more: object) -> str:
        """These filters as the query of an address; `more` adds to it, an empty value leaves out."""
        values: dict[str, object] = {"scope": self.scope.value, "type": self.type, "grade": self.grade}
        if self.period:
            values["period"] = self.period
        else:
            values |= {"start": self.first or "", "end": self.last or ""}
        return urlencode({key: value for key, value in (values | more).items() if value != ""})

    def with_scope(self, scope: Scope) -> "Filters":
        return replace(self, scope=scope)


def filters_from(data: Any, *, today: date, period: str = "90") -> tuple[Filters, FilterForm]:
    """The filters of a request and the form that shows them. What cannot be read is left out and said by the form."""
    form = FilterForm(data, period=period)
    form.is_valid()
    clean = form.cleaned_data
    chosen = clean.get("period") or ""
    first, last = clean.get("start"), clean.get("end")
    if first or last:
        chosen = ""
    elif chosen in PERIODS:
        first, last = today - timedelta(days=PERIODS[chosen]), today
    return Filters(
        scope=scope_of(clean.get("scope")),
        first=first,
        last=last,
        period=chosen,
        type=_known("incident_type", clean.get("type")),
        grade=_known("grade", clean.get("grade")),
    ), form


def _known(name: str, code: str | None) -> str:
    return code if code and code in vocabulary(name) else ""
