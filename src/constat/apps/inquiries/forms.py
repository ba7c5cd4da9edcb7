"""Forms of the acts on an inquiry and on a conduct docket. A form asks; the action decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from constat.apps.access.queries import active_people
from constat.apps.incidents.forms import Act, Chosen, PauseForm, Reason, ReopenForm, terms, words
from constat.apps.register.models import Unit
from constat.rules.inquiry import CONCLUDING
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField

WITHOUT_RESPONSE = tuple(code for code in vocabulary("decision_outcome") if code in CONCLUDING - {"credible"})


def outcomes(codes: Any) -> list[tuple[str, str]]:
    return [one for one in terms("decision_outcome") if one[0] in codes]


class SearchForm(Act):
    first = DateField(label=_("From"))
    last = DateField(label=_("To"))
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    radius_km = forms.FloatField(
        label=_("Distance in km"), min_value=0.1, max_value=500,
        help_text=_("At least as wide as the place is uncertain. Operations further away are not looked at."),
    )  # fmt: skip
    conclusion = words(
        _("What this search says"),
        _("One sentence. “No operation found” is a finding too: say which logs could not be searched."),
    )


class ProposeForm(Act):
    outcome = forms.ChoiceField(label=_("Outcome you propose"), widget=forms.RadioSelect)
    reason = words(_("Why?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcome"]
        field.choices = outcomes(WITHOUT_RESPONSE)


class UnitForm(Act):
    unit = forms.ChoiceField(label=_("Unit"))
    basis = words(
        _("What it rests on"), _("An operation, a source, a trace. Its people do not decide on this case.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.choices = [
            ("", "–"),
            *Unit.objects.filter(actor__is_own=True).order_by("name").values_list("code", "name"),
        ]


def _count(label: Any, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=required, min_value=0, max_value=100000)


class AssessForm(Chosen):
    vocabularies = {"involvement": "involvement", "recommendation": "recommendation", "criminality": "criminality",
                    "proof_standard": "proof_standard"}  # fmt: skip

    findings = words(_("What was found"), _("In your own words; no names."), rows=6)
    contrary_evidence = words(
        _("What speaks against it"),
        _(
            "What speaks against your conclusion, and why it does not suffice. If nothing does, say where you looked."
        ),
        rows=4,
    )
    unknowns = words(_("What is not known"), required=False, rows=3)
    deaths_min = _count(_("Killed, at least"), required=True)
    deaths_best = _count(_("Killed, best estimate"))
    deaths_max = _count(_("Killed, at most"))
    injured_min = _count(_("Injured, at least"), required=True)
    injured_best = _count(_("Injured, best estimate"))
    injured_max = _count(_("Injured, at most"))
    involvement = forms.ChoiceField(label=_("Involvement of our force"), widget=forms.RadioSelect)
    proof_standard = forms.ChoiceField(label=_("Standard of proof met"), widget=forms.RadioSelect)
    criminality = forms.ChoiceField(label=_("Conduct or criminal element"), widget=forms.RadioSelect)
    recommendation = forms.ChoiceField(label=_("Recommendation"), widget=forms.RadioSelect)
    proposed_outcome = forms.ChoiceField(label=_("Outcome the findings lead to"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["proposed_outcome"].choices = outcomes(CONCLUDING)


class TextForm(Act):
    text = words(_("Text"), rows=6)


class DecideForm(Chosen):
    vocabularies = {"outcome": "decision_outcome", "proof_standard": "proof_standard"}

    properly_conducted = forms.ChoiceField(
        label=_("Was the review properly conducted?"), widget=forms.RadioSelect,
        help_text=_("The steps were followed, the logs searched, the sources heard."),
    )  # fmt: skip
    consistent = forms.ChoiceField(
        label=_("Is the result consistent with the evidence?"), widget=forms.RadioSelect,
        help_text=_("What speaks against it was weighed."),
    )  # fmt: skip
    criteria_met = forms.ChoiceField(
        label=_("Are the criteria of the outcome met?"), widget=forms.RadioSelect,
        help_text=_("The outcome fits its definition and the standard of proof."),
    )  # fmt: skip
    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    proof_standard = forms.ChoiceField(label=_("Standard of proof applied"), widget=forms.RadioSelect)
    remarks = words(
        _("Remarks"),
        _("They are read with the decision. For a return: what is missing. For an investigation: its order."),
        rows=5,
    )
    password = forms.CharField(
        label=_("Your password, to sign"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
        help_text=_("Asked again at this moment: an open screen signs nothing."),
    )  # fmt: skip

    JUDGEMENTS = ("properly_conducted", "consistent", "criteria_met")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in self.JUDGEMENTS:
            fields[name].choices = [("yes", _("Yes")), ("no", _("No"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {name: value == "yes" if name in self.JUDGEMENTS else value for name, value in data.items()}


class ExtendForm(Act):
    reason = words(_("Why is more time needed?"))


class PersonForm(Act):
    """`permission` of those offered is asked by the action; the list has everybody with an account."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        people = active_people().order_by("display_name").values_list("pk", "display_name")
        field.choices = [("", "–"), *((str(pk), name) for pk, name in people)]


class InvestigatorForm(PersonForm):
    leads = forms.BooleanField(label=_("Leads the team"), required=False)


class DeclareForm(Act):
    declaration = words(
        _("Declaration of independence"),
        _("That you do not belong to the unit involved, and any tie that others should know."),
    )


class TaskForm(PersonForm):
    text = words(_("What is to be done"))
    due_on = DateField(label=_("Until"))


class ResultForm(Act):
    result = words(_("What came of it"), _("Nothing is a result too."))


class FindingForm(Chosen):
    vocabularies = {"proof_standard": "proof_standard"}

    statement = words(_("Finding"), rows=4)
    proof_standard = forms.ChoiceField(label=_("Standard of proof met"), widget=forms.RadioSelect)
    basis = words(_("What it rests on"), _("Evidence and interviews by their codes; no names."))
    contrary_evidence = words(_("What speaks against it"))


class OpenForm(Act):
    reason = words(
        _("Why does this need an inquiry?"), _("Who says that our force was involved, and how we know of it.")
    )


class DocketForm(Chosen):
    vocabularies = {"allegation": "allegation_class", "contributor": "country"}
    blank = frozenset({"contributor"})

    allegation = forms.ChoiceField(label=_("Allegation"))
    summary = words(_("What is alleged"), _("No names: names are in the vault."), rows=5)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    contributor = forms.ChoiceField(
        label=_("Contributing country"), required=False, help_text=_("Left empty, it is that of the unit.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.choices = [
            ("", "–"),
            *Unit.objects.filter(actor__is_own=True).order_by("name").values_list("code", "name"),
        ]


class LetterForm(Chosen):
    vocabularies = {"kind": "letter_kind"}

    kind = forms.ChoiceField(label=_("Letter"))
    on = DateField(label=_("Sent or received on"))
    due_on = DateField(label=_("Reply asked for until"), required=False)
    answers = forms.ChoiceField(label=_("It answers the letter of"), required=False)
    summary = words(_("What it says"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["answers"]
        field.choices = [("", "–"), *(choices or [])]


class OutcomeForm(Chosen):
    vocabularies = {"outcome": "conduct_outcome"}

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    action_taken = words(_("Action taken"), required=False)
    reason = words(_("How we know"))


class ExplainForm(Act):
    explanation = words(_("Explanation"))


__all__ = ["Act", "PauseForm", "Reason", "ReopenForm"]
