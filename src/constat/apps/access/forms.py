"""Forms of access. They shape what was typed; what is right is decided by the actions."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from constat.apps.access.models import Office, Person
from constat.apps.access.queries import active_people, language
from constat.rules.visibility import GENERAL
from constat.rules.vocabulary import vocabulary


def terms(name: str, *, without: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The choices of a vocabulary in the reader's language, opened by an empty one so that nothing is chosen unseen."""
    return [
        ("", str(_("Choose…"))),
        *((code, label) for code, label in vocabulary(name).choices(language()) if code not in without),
    ]


class PersonForm(forms.Form):
    display_name = forms.CharField(label=_("Name, as colleagues know it"), max_length=120)
    username = forms.CharField(label=_("Name for signing in"), max_length=64,
                               help_text=_("Short, for instance “amina.d”. It cannot be changed later."),
                               widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}))  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.TextInput(attrs={"dir": "auto"}))


class Until(forms.Form):
    """A last day that counts in full: what ends on 5 May ends in the night to 6 May."""

    last_day = forms.DateField(label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                               help_text=_("Leave empty when no end is known."))  # fmt: skip

    def ends_at(self) -> datetime | None:
        day = self.cleaned_data.get("last_day")
        return datetime.combine(day, time.max, tzinfo=UTC) if day else None


class PostForm(Until):
    role = forms.ChoiceField(label=_("Role"))
    section = forms.ChoiceField(label=_("Section"))
    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none(), required=False, empty_label=_("Choose…"), to_field_name="code",
                                    help_text=_("Needed for roles that read the reports of one office."))  # fmt: skip
    unit = forms.SlugField(label=_("Unit of the force"), required=False, max_length=60, help_text=_(
        "Its code in the register, for whoever serves in one: they do not decide on what it may have done."))  # fmt: skip
    field_order = ["role", "section", "office", "unit", "last_day"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = terms("role")  # type: ignore[attr-defined]
        self.fields["section"].choices = terms("section")  # type: ignore[attr-defined]
        self.fields["office"].queryset = Office.objects.order_by("name")  # type: ignore[attr-defined]


class AdmissionForm(Until):
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), empty_label=_("Choose…")
    )
    compartment = forms.ChoiceField(label=_("Compartment"))
    reason = forms.CharField(label=_("Why this person needs to read these records"), max_length=500,
                             widget=forms.TextInput(attrs={"dir": "auto"}))  # fmt: skip
    field_order = ["person", "compartment", "reason", "last_day"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = active_people()  # type: ignore[attr-defined]
        self.fields["compartment"].choices = terms("compartment", without=frozenset({GENERAL}))  # type: ignore[attr-defined]


class OfficeForm(forms.Form):
    name = forms.CharField(label=_("Name of the office"), max_length=120)
    code = forms.SlugField(
        label=_("Short code"), max_length=40, help_text=_("Letters, digits and hyphens, for instance “gao”.")
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)


class ActivationForm(forms.Form):
    code = forms.CharField(label=_("Code you were given"), max_length=60,
                           widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters",
                                                         "spellcheck": "false", "dir": "ltr"}))  # fmt: skip
    password = forms.CharField(label=_("New password"), strip=False, max_length=128,
                               help_text=_("At least 12 characters. A sentence you can remember is best."),
                               widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip
    again = forms.CharField(label=_("New password, once more"), strip=False, max_length=128,
                            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two passwords differ. Type the same one twice."))
        return again
