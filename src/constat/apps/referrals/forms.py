"""Forms of referrals. A form asks; the action decides."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered


def terms(name: str) -> list[tuple[str, str]]:
    return list(vocabulary(name).choices(get_language() or "fr"))


def words(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=10000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )  # fmt: skip


class Chosen(Mannered):
    """Fills the choices of each field from the vocabulary named for it."""

    vocabularies: dict[str, str] = {}
    blank: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, vocabulary_name in self.vocabularies.items():
            fields[name].choices = [*([("", "–")] if name in self.blank else []), *terms(vocabulary_name)]


class Terms(Chosen):
    """What is asked of whom, on which basis."""

    vocabularies = {
        "authority": "referral_authority",
        "legal_basis": "legal_basis",
        "profile": "handover_profile",
    }
    blank = frozenset({"profile"})

    authority = forms.ChoiceField(label=_("Authority"))
    recipient = forms.CharField(
        label=_("Office that receives it"), max_length=200, help_text=_("The office, not a person’s name."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    asked = words(_("What the authority is asked to do"))
    legal_basis = forms.ChoiceField(label=_("Legal basis"))
    basis_reference = words(
        _("What the basis rests on"), _("The order, the article, who saw the danger. Not needed for consent."),
        required=False, rows=2,
    )  # fmt: skip
    profile = forms.ChoiceField(
        label=_("Profile"), required=False, help_text=_("Empty: the profile of this authority. Stricter is possible, wider is not."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of the summary"), choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")]
    )
    summary = words(
        _("Summary in plain words"), _("For whoever opens the bag first. Without names, without places finer than the profile."),
        rows=6,
    )  # fmt: skip
    answer_days = forms.IntegerField(
        label=_("Days until an answer is awaited"), min_value=1, max_value=730, initial=30
    )


class Reason(Mannered):
    reason = words(_("Reason"))


class Risk(Chosen):
    vocabularies = {"risk": "handover_risk"}

    risk = forms.ChoiceField(label=_("Risk to people"))
    mitigation = words(
        _("What is done to protect people"), _("Needed when the risk is medium."), required=False
    )


class HandOver(Mannered):
    received_by = forms.CharField(
        label=_("Who received it: function and office"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    receipt = forms.CharField(
        label=_("Receipt: number or mark"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    reason = words(_("How it was handed over"))


class Answered(Chosen):
    vocabularies = {"kind": "authority_answer"}

    kind = forms.ChoiceField(label=_("What came back"))
    said_at = DateField(label=_("When"))
    words = words(_("In its words, or how the silence was noted"))
    reference = forms.CharField(label=_("Their reference"), max_length=120, required=False)


class Closing(Mannered):
    explanation = words(_("What came of it"))


class Consent(Chosen):
    vocabularies = {"said_by": "consent_speaker"}

    said_by = forms.ChoiceField(label=_("Who agreed"))
    given_at = DateField(label=_("When"))


class Item(Chosen):
    """One line of the list of items."""

    vocabularies = {"risk": "handover_risk"}

    needed = forms.BooleanField(label=_("Helps what is asked"), required=False)
    privileged = forms.BooleanField(label=_("Privileged"), required=False)
    risk = forms.ChoiceField(label=_("Risk"))
