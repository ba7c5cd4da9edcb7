"""Forms of the register. What they ask is checked again by the actions: a form is courtesy."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.register.models import Actor, Unit
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered


def terms(name: str) -> Any:
    """Choices of a vocabulary, in the language of whoever asks, made when the form is shown."""
    return lambda: [("", "–"), *vocabulary(name).choices((get_language() or "fr").split("-")[0])]


def actors() -> list[tuple[str, str]]:
    return [("", "–"), *Actor.objects.order_by("name").values_list("code", "name")]


def units() -> list[tuple[str, str]]:
    return [("", "–"), *Unit.objects.order_by("name").values_list("code", "name")]


class PointForm(Mannered):
    lon = forms.FloatField(label=_("Longitude"), help_text=_("In degrees, for example -3.0045."))
    lat = forms.FloatField(label=_("Latitude"), help_text=_("In degrees, for example 16.7719."))


class PlaceForm(PointForm):
    field_order = ["name", "spellings", "lon", "lat", "population"]
    name = forms.CharField(label=_("Name"), max_length=200)
    spellings = forms.CharField(
        label=_("Other spellings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line, in any script."),
    )
    population = forms.IntegerField(label=_("Population"), required=False, min_value=0)

    def clean_spellings(self) -> tuple[str, ...]:
        return tuple(filter(None, (line.strip() for line in self.cleaned_data["spellings"].splitlines())))


class SiteForm(PointForm):
    field_order = ["kind", "name", "lon", "lat", "valid_from", "source"]
    kind = forms.ChoiceField(label=_("Type of site"), choices=terms("site_type"))
    name = forms.CharField(label=_("Name"), max_length=200)
    valid_from = DateField(label=_("First day"), required=False, help_text=_("Leave empty if nobody knows."))
    source = forms.CharField(label=_("Who told"), max_length=200)


class EndForm(Mannered):
    on = DateField(label=_("First day on which it no longer stands there"))


class ActorForm(Mannered):
    kind = forms.ChoiceField(label=_("Type of actor"), choices=terms("actor_type"))
    name = forms.CharField(label=_("Name"), max_length=200)
    name_ar = forms.CharField(label=_("Name in Arabic"), required=False, max_length=200)
    also_known_as = forms.CharField(
        label=_("Also known as"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line."),
    )
    is_own = forms.BooleanField(label=_("Belongs to our own mission"), required=False)
    source = forms.CharField(label=_("Who told"), required=False, max_length=200)


class RelationForm(Mannered):
    actor = forms.ChoiceField(label=_("Actor"), choices=actors)
    relation = forms.ChoiceField(label=_("Relation"), choices=terms("actor_relation"))
    other = forms.ChoiceField(label=_("Other actor"), choices=actors)
    valid_from = DateField(label=_("First day"), required=False)
    valid_to = DateField(label=_("First day on which it no longer holds"), required=False)
    basis = forms.CharField(label=_("On what basis"), widget=forms.Textarea(attrs={"rows": 2}))


class UnitForm(Mannered):
    name = forms.CharField(label=_("Name"), max_length=200)
    actor = forms.ChoiceField(label=_("Actor"), choices=actors)
    parent = forms.ChoiceField(label=_("Belongs to the unit"), required=False, choices=units)
    contributor = forms.ChoiceField(label=_("Contributing state"), required=False, choices=terms("country"))
    valid_from = DateField(label=_("First day"), required=False)
    valid_to = DateField(label=_("First day on which it no longer holds"), required=False)
