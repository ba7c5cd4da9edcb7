"""Forms of the acts on an incident. A form asks; the action decides."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from constat.apps.access.queries import active_people
from constat.apps.incidents.queries import ALL, OWN, regions
from constat.apps.register.models import Actor
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered

LINES_SPARE = 4  # empty lines at the end of the harm table; saving gives four more


def terms(name: str, *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [one for one in vocabulary(name).choices(get_language() or "fr") if one[0] not in without]


def words(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=10000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )  # fmt: skip


class Filter(Mannered):
    """The list. Nothing here can fail: an unknown value shows everything."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput(attrs={"type": "search", "dir": "auto"})
    )
    scope = forms.ChoiceField(label=_("Scope"), required=False)
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    area = forms.ChoiceField(label=_("Region"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    grade = forms.ChoiceField(label=pgettext_lazy("level", "Grade"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any) -> None:
        values = data.copy()
        values.setdefault("scope", ALL)
        super().__init__(values, auto_id="filter_%s")
        fields: Any = self.fields
        every = ("", _("All"))
        labels = dict(terms("total_scope"))
        fields["scope"].choices = [(code, labels.get(code, code)) for code in (ALL, OWN)]
        fields["area"].choices = [every, *regions()]
        fields["type"].choices = [every, *terms("incident_type")]
        fields["grade"].choices = [every, *terms("grade")]
        fields["state"].choices = [every, *terms("incident_state")]


class Act(Mannered):
    """A verb without questions: only the button. `at`: the moment, for lists of people in post."""

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.at = at
        super().__init__(*args, **kwargs)


class Chosen(Act):
    """Fills the choices of each field from the vocabulary named for it in `vocabularies`."""

    vocabularies: dict[str, str] = {}
    blank: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, vocabulary_name in self.vocabularies.items():
            first = [("", "–")] if name in self.blank else []
            fields[name].choices = [*first, *terms(vocabulary_name)]
            # The first of a list is no answer: where a vocabulary knows "unknown", that is where a form begins.
            single = not isinstance(fields[name], forms.MultipleChoiceField)
            if single and "unknown" in vocabulary(vocabulary_name):
                fields[name].initial = "unknown"


class Reason(Act):
    reason = words(_("Why?"), _("Whoever opens the incident later reads this."))


class Describe(Chosen):
    vocabularies = {
        "incident_type": "incident_type", "weapon": "weapon", "violence_type": "violence_type",
        "involvement": "involvement", "date_precision": "date_precision", "place_precision": "place_precision",
        "proof_standard": "proof_standard",
    }  # fmt: skip
    blank = frozenset({"proof_standard"})

    narrative = words(
        _("What happened"), _("In the cell’s own words, without names. The words of reports stay in their reports."),
        required=False, rows=8,
    )  # fmt: skip
    incident_type = forms.ChoiceField(label=_("Kind of event"))
    weapon = forms.ChoiceField(label=_("Cause or weapon"))
    violence_type = forms.ChoiceField(label=_("Kind of violence"))
    involvement = forms.ChoiceField(label=_("Is our own force involved?"))
    starts_on = DateField(label=_("First day"), required=False)
    ends_on = DateField(label=_("Last day, if it lasted"), required=False)
    date_precision = forms.ChoiceField(label=_("How exactly is the date known?"))
    place_text = forms.CharField(
        label=_("Place, as it is said"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    lat = forms.FloatField(label=_("Latitude"), help_text=_("Degrees, for example 16.27"), required=False)
    lon = forms.FloatField(label=_("Longitude"), help_text=_("Degrees, for example −0.04"), required=False)
    place_precision = forms.ChoiceField(label=_("How exactly is the place known?"))
    proof_standard = forms.ChoiceField(label=_("Standard of proof met so far"), required=False)
    reason = words(
        _("Why this change?"), _("Needed when the date or place becomes more exact than any report knows it."),
        required=False,
    )  # fmt: skip

    def without_place(self) -> None:
        """For somebody who sees the place coarsened only: what they may not see they do not overwrite either."""
        for name in ("place_text", "lat", "lon", "place_precision"):
            del self.fields[name]


class HarmLineForm(Mannered):
    """One row of the table. A row without harm is no row."""

    harm = forms.ChoiceField(label=_("Harm"), required=False)
    kind = forms.ChoiceField(
        label=_("Line"), required=False, choices=[("total", _("Total")), ("part", _("Part of a total"))]
    )
    minimum = forms.IntegerField(label=_("At least"), required=False, min_value=0)
    best = forms.IntegerField(label=_("Best estimate"), required=False, min_value=0)
    maximum = forms.IntegerField(label=_("At most"), required=False, min_value=0)
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    age_band = forms.ChoiceField(label=_("Age"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    unit = forms.ChoiceField(label=_("Counted in"), required=False)
    basis = forms.CharField(label=_("Says who"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["harm"].choices = [("", "–"), *terms("harm")]
        for name, vocabulary_name in (("sex", "sex"), ("age_band", "age_band"), ("status", "person_status"),
                                      ("unit", "harm_unit")):  # fmt: skip
            fields[name].choices = terms(vocabulary_name)
        # Nobody has said who they are until somebody says so: the first of a list is no answer.
        for name in ("sex", "age_band", "status"):
            fields[name].initial = "unknown"
        fields["unit"].initial = "persons"


HarmLines = forms.formset_factory(HarmLineForm, extra=LINES_SPARE)


class PersonForm(Chosen):
    vocabularies = {"sex": "sex", "age_band": "age_band", "status": "person_status", "groups": "person_group",
                    "harms": "harm"}  # fmt: skip

    harms = forms.MultipleChoiceField(
        label=_("What this person suffered"), widget=forms.SelectMultiple(attrs={"size": 8})
    )
    sex = forms.ChoiceField(label=_("Sex"))
    age_band = forms.ChoiceField(label=_("Age"))
    status = forms.ChoiceField(label=_("Status"))
    status_basis = words(_("How the status is known"), required=False, rows=2)
    groups = forms.MultipleChoiceField(
        label=_("Belongs to"), required=False, widget=forms.CheckboxSelectMultiple
    )


class AddPerson(PersonForm):
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=_("Only if it is needed. It goes to the vault, apart from the incident."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Safe way to make contact"), required=False, max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )  # fmt: skip


class Purpose(Act):
    purpose = words(
        _("What do you need the name for?"),
        _("It is written in the log with your name, before anything is shown."),
    )


class SourceForm(Chosen):
    vocabularies = {"kind": "source_type", "access": "source_access"}

    kind = forms.ChoiceField(label=_("Who speaks"))
    access = forms.ChoiceField(label=_("How they know"))
    reliability = forms.ChoiceField(label=_("How reliable is the source?"))
    credibility = forms.ChoiceField(label=_("How credible is what it says?"))
    independence_group = forms.CharField(
        label=_("Group of sources that copy one another"), required=False, max_length=80,
        help_text=_("Any short word. Sources of one group count as one; without a word nobody has established it."),
    )  # fmt: skip
    supports = forms.ChoiceField(
        label=_("What it does to the account"),
        choices=[("1", _("Speaks for it")), ("0", _("Speaks against it"))],
    )
    note_text = words(_("Note"), _("No name: names are in the vault."), required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, not_judged in (("reliability", "F"), ("credibility", "6")):
            fields[name].choices = terms(name)
            fields[name].initial = not_judged


class GradeForm(Chosen):
    vocabularies = {"grade": "grade", "proof_standard": "proof_standard"}
    blank = frozenset({"proof_standard"})

    grade = forms.ChoiceField(label=_("How well is it established?"), widget=forms.RadioSelect)
    proof_standard = forms.ChoiceField(label=_("Standard of proof met so far"), required=False)
    reason = words(
        _("Why?"), _("Needed when you choose another grade than the suggested one."), required=False
    )


class AttributeForm(Chosen):
    vocabularies = {"basis": "attribution_basis", "proof_standard": "proof_standard"}
    blank = frozenset({"proof_standard"})

    actor = forms.ChoiceField(label=_("Who is said to have done it"), required=False)
    basis = forms.ChoiceField(label=_("On what basis"), widget=forms.RadioSelect)
    said_by = forms.CharField(
        label=_("Says who"), required=False, max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text=_("Needed when somebody claims, alleges or admits it, or a court found it."),
    )  # fmt: skip
    explanation = words(_("What it rests on"))
    proof_standard = forms.ChoiceField(label=_("Standard of proof"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["actor"]
        field.choices = [("", _("Nobody named")), *Actor.objects.order_by("name").values_list("code", "name")]


class CloseForm(Chosen):
    vocabularies = {"closure_reason": "closure_reason"}

    closure_reason = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    explanation = words(
        _("Explanation"),
        _("Plain words. Never “false”: at worst “not enough evidence at this time”."),
        rows=5,
    )


class ReopenForm(Act):
    trigger = words(_("What is new?"), _("The decision that closed it stays in the record."))


class PauseForm(Chosen):
    vocabularies = {"reason": "pause_reason"}

    reason = forms.ChoiceField(label=_("Why does the clock stop?"))
    remark = words(_("Note"), required=False, rows=2)


class People(Act):
    """`person_field`: the field that gets the list of people."""

    person_field = "person"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields[self.person_field]
        people = active_people().order_by("display_name").values_list("pk", "display_name")
        field.choices = [("", "–"), *((str(pk), name) for pk, name in people)]


class AssignForm(People):
    person_field = "to"
    to = forms.ChoiceField(
        label=_("Whose work is it?"), required=False, help_text=_("Whoever it is sees more of this incident.")
    )


class ShareForm(People):
    person = forms.ChoiceField(label=_("A person"), required=False)
    section = forms.ChoiceField(label=_("or a section"), required=False)
    reason = words(_("Why does this reader need it?"))
    until = DateField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["section"]
        field.choices = [("", "–"), *terms("section")]


class MoveForm(Chosen):
    vocabularies = {"relation": "link_relation"}

    target = forms.CharField(
        label=_("Incident it belongs to"), max_length=20, help_text=_("Its code, for example I-2026-000042")
    )
    relation = forms.ChoiceField(label=_("How it relates"))
    reason = words(_("Why?"))


class LinkForm(Chosen):
    vocabularies = {"relation": "link_relation"}

    reports = forms.CharField(
        label=_("Reports"),
        help_text=_("Codes, separated by spaces or commas."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    relation = forms.ChoiceField(label=_("How they relate"))
    reason = words(_("Why?"), required=False)

    def clean_reports(self) -> list[str]:
        return [code for code in self.cleaned_data["reports"].replace(",", " ").upper().split() if code]


class DifferenceForm(Act):
    reason = words(_("Why do the list of persons and the figures differ?"))


class SplitOutForm(Act):
    """Choices are the rows of this incident, given by the page."""

    reports = forms.MultipleChoiceField(
        label=_("Reports that tell of the other event"), widget=forms.CheckboxSelectMultiple
    )
    harm_lines = forms.MultipleChoiceField(
        label=_("Figures that belong to it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    persons = forms.MultipleChoiceField(
        label=_("Persons harmed in it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = words(_("Why is it another event?"))

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, values in choices.items():
            fields[name].choices = values
