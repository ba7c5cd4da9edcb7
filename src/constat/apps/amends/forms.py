"""Forms of the acts of amends. A form asks; the action decides."""

import hashlib
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from constat.apps.access.queries import active_people
from constat.apps.amends.queries.file import acting_people
from constat.apps.amends.queries.pages import open_lines
from constat.apps.incidents.forms import Act, Chosen, Reason, terms
from constat.apps.incidents.forms import words as prose
from constat.rules.amends import bands_for, measures
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered

SHARE = re.compile(r"[0-9]{1,4}(/[0-9]{1,4})?|[01]?[.][0-9]{1,4}")
HEIRS, CHANGES = 4, 3  # lines of the form; more heirs are a further offer of the same case


def figure(label: Any, hint: Any = "", *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, help_text=hint, required=required, max_digits=16, decimal_places=4)


class Certify(Reason):
    fund = forms.ChoiceField(label=_("Fund line"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["fund"].choices = [("", "–"), *((code, f"{code} ({left})") for code, left in open_lines())]


class Contacted(Chosen):
    vocabularies = {"method": "contact_method", "language": "language", "with_whom": "kinship"}
    blank = frozenset({"method", "language", "with_whom"})

    on = DateField(label=_("Day of the contact"))
    method = forms.ChoiceField(label=_("How"))
    with_whom = forms.ChoiceField(label=_("With whom"))
    language = forms.ChoiceField(label=_("Language used"))
    words = prose(_("What was said"), _("No names, no numbers."), required=False)
    reason = prose(_("Why?"), _("Whoever opens the offer later reads this."))


class Deliver(Chosen):
    vocabularies = {
        "place": "delivery_place",
        "witness": "witness",
        "mark": "receipt_mark",
        "language": "language",
    }
    blank = frozenset({"place", "witness", "mark", "language"})

    on = DateField(label=_("Day of the hand-over"))
    place = forms.ChoiceField(label=_("Kind of place"), help_text=_("Never the exact place."))
    armed = forms.ChoiceField(
        label=_("Were armed people in view?"), choices=[("", "–"), ("no", _("No")), ("yes", _("Yes"))]
    )
    witness = forms.ChoiceField(label=_("Witness"))
    colleague = forms.ChoiceField(label=_("Which colleague"), required=False)
    language = forms.ChoiceField(label=_("Language used"))
    read_aloud = forms.BooleanField(label=_("The statement was read aloud"), required=False)
    mark = forms.ChoiceField(label=_("Mark on the receipt"))
    receipt_file = forms.FileField(
        label=_("The receipt, scanned"), required=False,
        help_text=_("Its fingerprint is kept, not the file: keep the paper. No photograph of people."),
    )  # fmt: skip
    receipt = forms.CharField(label=_("Or its SHA-256"), required=False, max_length=64)
    reason = prose(_("Remarks"), _("No names, no places."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["colleague"].choices = [
            ("", "–"),
            *((str(one.pk), one.display_name) for one in active_people()),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("receipt_file")
        if file is not None:
            data["receipt"] = fingerprint(file)
        return data


def fingerprint(file: Any) -> str:
    found = hashlib.sha256()
    for part in file.chunks():
        found.update(part)
    return found.hexdigest()


class Admit(Act):
    person = forms.ChoiceField(label=_("Who certifies, pays, confirms or hears the appeal"))
    reason = prose(_("Why this person?"), _("No names of those harmed."), rows=2)
    until = DateField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].choices = [("", "–"), *acting_people(at=self.at)]


class TakeBack(Reason):
    receipt = forms.CharField(label=_("SHA-256 of the receipt of the return"), max_length=64)


class Propose(Mannered):
    """What is offered for one harm. `survivor` leaves out what survivors are never put through."""

    measure = forms.ChoiceField(label=_("Measure"))
    band = forms.ChoiceField(
        label=_("Band"), required=False, help_text=_("Same harm, same band, everywhere.")
    )
    quantity = figure(_("For how many"), _("Persons, animals, hectares … of this harm."))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    base = figure(
        _("Amount, or value of what is given in kind"),
        _("Empty: the usual amount of the band."),
        required=False,
    )
    in_kind_quantity = figure(_("In kind: how much"), required=False)
    in_kind_unit = forms.ChoiceField(label=_("In kind: of what"), required=False)
    valuation = forms.ChoiceField(label=_("In kind: where the value comes from"), required=False)
    deviation = forms.ChoiceField(label=_("Outside the band: why"), required=False)
    deviation_words = prose(_("Outside the band: in words"), required=False, rows=2)
    legal_nature = forms.ChoiceField(label=_("Legal nature"))
    payee_rule = forms.ChoiceField(
        label=_("Whom to hand it to"), help_text=_("Never the oldest man by habit: a choice with its basis.")
    )
    payee_basis = prose(
        _("What this choice rests on"), _("Who said so, and who was heard. No names."), rows=2
    )
    reason = prose(_("Why this offer"), _("No names."), rows=2)

    def __init__(self, *args: Any, harm: str, survivor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for index in range(CHANGES):
            fields[f"change_{index}"] = forms.ChoiceField(
                label=_("Adjustment"), required=False, choices=[("", "–"), *terms("adjustment")]
            )
            fields[f"change_amount_{index}"] = figure(_("More (or, with a minus sign, less)"), required=False)
        for index in range(HEIRS):
            fields[f"kinship_{index}"] = forms.ChoiceField(
                label=_("Relation"), required=False, choices=[("", "–"), *terms("kinship")]
            )
            fields[f"share_{index}"] = forms.CharField(
                label=_("Share, for example 1/3"), required=False, max_length=12
            )
            fields[f"name_{index}"] = forms.CharField(
                label=_("Name (vault only)"),
                required=False,
                max_length=200,
                widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
            )
            fields[f"contact_{index}"] = forms.CharField(
                label=_("Safe contact (vault only)"),
                required=False,
                max_length=200,
                widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
            )
        allowed = set(measures(survivor))
        fields["measure"].choices = [
            ("", "–"),
            *((code, label) for code, label in terms("response_type") if code in allowed),
        ]
        fitting = set(bands_for(harm))
        fields["band"].choices = [
            ("", "–"),
            *((code, label) for code, label in terms("band") if code in fitting),
        ]
        for name, words_of in (
            ("currency", "currency"),
            ("in_kind_unit", "harm_unit"),
            ("valuation", "valuation"),
            ("deviation", "deviation"),
        ):
            fields[name].choices = [("", "–"), *terms(words_of)]
        fields["legal_nature"].choices = [
            one for one in terms("legal_nature") if vocabulary("legal_nature")[one[0]].extra["ours"]
        ]
        fields["payee_rule"].choices = [("", "–"), *terms("payee_rule")]
        fields["share_0"].initial = "1"

    def heirs(self) -> list[Any]:
        """The lines of the form, four fields each."""
        return [
            [self[f"{name}_{index}"] for name in ("kinship", "share", "name", "contact")]
            for index in range(HEIRS)
        ]

    def changes(self) -> list[Any]:
        return [[self[f"change_{index}"], self[f"change_amount_{index}"]] for index in range(CHANGES)]

    def plain(self) -> list[Any]:
        lines = ("kinship_", "share_", "name_", "contact_", "change_")
        return [bound for bound in self if not bound.name.startswith(lines)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for index in range(HEIRS):
            text = data.get(f"share_{index}", "").strip()
            try:
                # Of a few digits only: Fraction("1e999999999") would be computed until the machine stops.
                if text and not SHARE.fullmatch(text):
                    raise ValueError
                data[f"share_{index}"] = Fraction(text) if text else None
            except (ValueError, ZeroDivisionError):
                self.add_error(f"share_{index}", _("Write a share as a fraction: 1, 1/2, 1/3."))
        return data


class Elsewhere(Chosen):
    vocabularies = {"payer": "other_payer", "measure": "response_type", "currency": "currency"}
    blank = frozenset({"payer", "measure", "currency"})

    payer = forms.ChoiceField(label=_("Who settled it"))
    measure = forms.ChoiceField(label=_("Measure"))
    amount = figure(_("Amount or value"))
    currency = forms.ChoiceField(label=_("Currency"))
    quantity = figure(_("For how many"))
    reason = prose(_("How this is known"), _("A letter, a list: no names."))


class HoldBack(Chosen):
    vocabularies = {"no_offer_reason": "no_offer_reason"}
    blank = frozenset({"no_offer_reason"})

    no_offer_reason = forms.ChoiceField(label=_("Reason"))
    words = prose(_("What was tried, and when it is taken up again"), _("No names."))


class OpenFund(Chosen):
    vocabularies = {"currency": "currency"}
    blank = frozenset({"currency"})

    code = forms.SlugField(label=_("Code"), help_text=_("For example AMENDS-2026"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput({"dir": "auto"}))
    currency = forms.ChoiceField(label=_("Currency"))
    amount = figure(_("What has arrived"), _("Zero opens an empty line."))
    basis = prose(_("Document it rests on"), rows=2)


class TopUp(Act):
    amount = figure(_("What has arrived"))
    basis = prose(_("Document it rests on"), rows=2)


class SetRate(Chosen):
    vocabularies = {"base": "currency", "quote": "currency"}
    blank = frozenset({"base", "quote"})

    base = forms.ChoiceField(label=_("One unit of"))
    value = forms.CharField(
        label=_("is worth"), max_length=30, help_text=_("A decimal number, with a point.")
    )
    quote = forms.ChoiceField(label=_("of"))
    on = DateField(label=_("on the day"))
    source = forms.CharField(
        label=_("Source of the rate"), max_length=200, widget=forms.TextInput({"dir": "auto"})
    )

    def clean_value(self) -> Decimal:
        try:
            return Decimal(self.cleaned_data["value"].strip().replace(",", "."))
        except InvalidOperation:
            raise forms.ValidationError(_("Write a decimal number, for example 600.5.")) from None


class SetBand(Chosen):
    vocabularies = {"band": "band", "currency": "currency"}
    blank = frozenset({"band", "currency"})

    band = forms.ChoiceField(label=_("Band"))
    currency = forms.ChoiceField(label=_("Currency"))
    minimum = figure(_("Least"))
    base = figure(_("Usual"))
    maximum = figure(_("Most"))
    valid_from = DateField(label=_("In force from"))
    reason = prose(_("Decision it rests on"), rows=2)


class Reveal(Act):
    purpose = prose(_("Why do you need the name?"), _("The reason is written into the log."), rows=2)


class Period(Mannered):
    first = DateField(label=_("From"), required=False)
    last = DateField(label=_("To"), required=False)


__all__ = ["Act", "Admit", "Certify", "Contacted", "Deliver", "Elsewhere", "HoldBack", "OpenFund", "Period", "Propose", "Reason",
           "Reveal", "SetBand", "SetRate", "TakeBack", "TopUp", "datetime"]  # fmt: skip
