"""Forms of the cell's own pages. The phone form reuses the questions of the public one: what a person is asked is the same."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.reports import queries
from constat.apps.reports.public import forms as asked
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered

# Channels by which a person hands a report to a person; the others have doors of their own.
NOT_BY_HAND = {"web_form", "spreadsheet", "external_dataset"}
KEEP = ("", _("Leave as it is"))


def terms(name: str, *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [one for one in vocabulary(name).choices(get_language() or "fr") if one[0] not in without]


def words(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )  # fmt: skip


class Call(asked.Question):
    """How the report comes, and who must be helped first."""

    channel = forms.ChoiceField(label=_("It comes by"))
    reporter = forms.ChoiceField(label=_("Who is speaking"), required=False)
    reporter_language = forms.ChoiceField(label=_("Language of the receipt"))
    in_danger = forms.BooleanField(label=_("Somebody is in danger now"), required=False)
    needs_care = forms.BooleanField(label=_("Somebody needs medical care now"), required=False)
    child_involved = forms.BooleanField(label=_("Children are concerned"), required=False)
    sexual_violence = forms.BooleanField(label=_("Sexual violence is mentioned"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["channel"].choices = [one for one in terms("channel") if one[0] not in NOT_BY_HAND]
        fields["reporter"].choices = terms("reporter_type")
        fields["reporter_language"].choices = terms("language")[:3]


class Kind(asked.Question):
    incident_type = forms.ChoiceField(label=_("Kind of event"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["incident_type"]
        field.choices = terms("incident_type")


class Filter(forms.Form):
    """The worklist. Nothing here can fail: an unknown value shows everything."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput(attrs={"type": "search", "dir": "auto"})
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    area = forms.ChoiceField(label=_("Region"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("overdue", _("Overdue")), ("mine", _("Mine"))],
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **kwargs})
        fields: Any = self.fields
        every = ("", _("All"))
        fields["state"].choices = [every, *terms("report_state")]
        fields["channel"].choices = [every, *terms("channel")]
        fields["area"].choices = [every, *areas]


class Act(Mannered):
    """A verb without questions: only the button."""

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.at = at
        super().__init__(*args, **kwargs)


class Reason(Act):
    reason = words(_("Why?"), _("Whoever opens the report later reads this."))


class Purpose(Act):
    purpose = words(
        _("What do you need the contact for?"),
        _("It is written in the log with your name, before anything is shown."),
    )


class Release(Act):
    protection_plan = words(
        _("What was done for people’s safety?"),
        _("It stands with the report and its compartment, not in the log."),
        rows=5,
    )


class Findings(Act):
    child_involved = forms.ChoiceField(
        label=_("Were children harmed?"), required=False, choices=[KEEP, ("yes", _("Yes")), ("no", _("No"))]
    )
    sexual_violence = forms.ChoiceField(
        label=_("Was there sexual violence?"),
        required=False,
        choices=[KEEP, ("yes", _("Yes")), ("no", _("No"))],
    )
    involvement = forms.ChoiceField(label=_("Is our own force involved?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["involvement"]
        field.choices = [KEEP, *terms("involvement")]


class Reclassify(Findings):
    reason = words(_("Why?"))


class Triage(Findings):
    outcome = forms.ChoiceField(label=_("What happens with it?"), widget=forms.RadioSelect)
    reason = words(_("Why?"), _("For colleagues. It is kept with the decision."))
    explanation = words(
        _("What may the person who reported be told?"),
        _(
            "Needed to close. Plain words, no names. Never “false”: at worst “not enough evidence at this time”."
        ),
        required=False,
    )
    field_order = ["outcome", "reason", "explanation", "child_involved", "sexual_violence", "involvement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcome"]
        field.choices = terms("triage_outcome")


class Reopen(Act):
    trigger = words(_("What is new?"), _("Which information makes you take it up again?"))


class Translate(Act):
    language = forms.ChoiceField(label=_("Language of the translation"))
    text = words(_("Translation"), _("As close to the words as you can; doubts in square brackets."), rows=10)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = terms("language", without=("unknown", "other"))
        self.fields["text"].max_length = None  # type: ignore[attr-defined]


class Grade(Act):
    reliability = forms.ChoiceField(label=_("How reliable is the source?"))
    credibility = forms.ChoiceField(label=_("How credible is what it says?"))
    source_access = forms.ChoiceField(label=_("How does it know?"), required=False)
    independence_group = forms.CharField(
        label=_("Group of accounts that copy one another"),
        help_text=_("Any short word. Accounts of one group count as one source."),
        required=False,
        max_length=80,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("reliability", "credibility", "source_access"):
            fields[name].choices = terms(name)


class Pause(Act):
    reason = forms.ChoiceField(label=_("Why does the clock stop?"))
    note = words(_("Note"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices = terms("pause_reason")


class Assign(Act):
    to = forms.ChoiceField(label=_("Whose work is it?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        people = [(str(pk), name) for pk, name in queries.people_who_triage(at=self.at)]
        field.choices = [("", _("Nobody: back to the queue")), *people]


class Share(Act):
    person = forms.ChoiceField(label=_("A person"), required=False)
    section = forms.ChoiceField(label=_("or a section"), required=False)
    reason = words(_("Why does this reader need it?"))
    until = DateField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        people = [(str(pk), name) for pk, name in queries.people_who_triage(at=self.at)]
        fields["person"].choices = [("", "–"), *people]
        fields["section"].choices = [("", "–"), *terms("section")]


class Withdraw(Act):
    purposes = forms.MultipleChoiceField(
        label=_("What is no longer agreed to?"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purposes"]
        field.choices = terms("consent_purpose")


class Tell(Act):
    how = words(
        _("How was the person told, or why was it impossible?"),
        _("No number and no name: they stay in the vault."),
    )
