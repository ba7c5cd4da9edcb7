"""Forms of the answers. A form asks; the action decides."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.access.queries import active_people
from constat.apps.incidents.forms import Act, Chosen, terms, words
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField

TEXTS = [("fr", "Français"), ("en", "English"), ("ar", "العربية")]
YES_NO = [("unknown", _("Not known")), ("no", _("No")), ("yes", _("Yes"))]
DAYS = [(0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday"))]  # fmt: skip


def ticks(
    label: Any, hint: Any = "", *, required: bool = False, choices: Any = ()
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=hint, required=required, choices=choices, widget=forms.CheckboxSelectMultiple
    )


def short(label: Any, hint: Any = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=required, max_length=300,
                           widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}))  # fmt: skip


def tick(label: Any, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False)


class Why(Act):
    reason = words(_("Why?"), _("Whoever opens the case later reads this. No names, no numbers."))


class Trigger(Act):
    trigger = words(_("What is new?"))


class PlanForm(Chosen):
    """How somebody may be reached: what decides stands in the record, what could betray goes to the vault."""

    vocabularies = {"spoken_language": "language"}

    spoken_language = forms.ChoiceField(label=_("Language of the person"))
    text_language = forms.ChoiceField(label=_("Language of the text"), choices=TEXTS)
    channels = ticks(_("Ways the person agrees to"), _("None ticked: in person only."))
    weekdays = ticks(_("Days"), _("None ticked: any day."), choices=DAYS)
    from_hour = forms.IntegerField(label=_("From, hour"), min_value=0, max_value=23, initial=8)
    until_hour = forms.IntegerField(label=_("Until, hour"), min_value=0, max_value=24, initial=18)
    content_allowed = tick(_("Words may be left where others could find them"),
                           _("Only if the person said so. Text and voice messages carry nothing otherwise."))  # fmt: skip
    survivor = tick(
        _("Survivor of sexual violence"), _("One designated adviser makes contact, and nobody else.")
    )
    adviser = forms.ChoiceField(label=_("Designated person"), required=False)
    name = short(_("Name"), _("This and the following lines go to the vault."))
    phone = short(_("Telephone"))
    where = short(_("Where to find the person"))
    who_may_answer = short(_("Who may answer"))
    cover_reason = short(_("Reason to give when others listen"))
    duress_word = short(_("Word that means danger"), _("Said by the person, it ends the contact at once."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["adviser"].choices = [("", "–"), *((str(pk), name) for pk, name in people(self.at))]
        without = tuple(
            one.code for one in vocabulary("contact_channel").values() if one.extra.get("unreached")
        )
        fields["channels"].choices = terms("contact_channel", without=without)


class AddressForm(PlanForm):
    vocabularies = {"spoken_language": "language", "kind": "addressee_kind"}
    field_order = ["who", "kind"]

    who = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ChoiceField(label=_("Told as"))


class RiskForm(Chosen):
    vocabularies = {"risk": "contact_risk"}
    risk = forms.ChoiceField(label=_("Would a contact endanger the person?"))
    reason = words(_("What does it rest on?"), _("No names, no numbers."))


class Purpose(Act):
    purpose = words(
        _("Why do you need it?"), _("The reason is written into the log before anything is shown."), rows=2
    )


class DraftForm(Act):
    addition = words(_("A paragraph of your own"),
                     _("In the language of the text, in short sentences. No names, no places, no amounts."),
                     required=False)  # fmt: skip


class RedraftForm(DraftForm):
    reason = words(_("Why?"), rows=2)


class TellForm(Chosen):
    vocabularies = {"channel": "contact_channel", "spoken_language": "language", "proof": "contact_proof",
                    "witness": "witness_kind"}  # fmt: skip
    channel = forms.ChoiceField(label=_("How was the person told?"))
    spoken_language = forms.ChoiceField(label=_("In which language?"))
    interpreter = tick(_("With an interpreter the person accepted"))
    proof = forms.ChoiceField(label=_("Proof"), help_text=_("Never a photograph."))
    witness = forms.ChoiceField(label=_("Witness"))
    day = DateField(label=_("Day, if it was not now"), required=False, latest=timezone.localdate)
    hour = forms.TimeField(label=_("Time of that day"), required=False, help_text=_("For example 10:30"))
    reason = words(_("What the person said"), _("No names, no numbers."), required=False, rows=2)

    def moment(self) -> datetime | None:
        data = self.cleaned_data
        if not data.get("day"):
            return None
        return timezone.make_aware(datetime.combine(data["day"], data.get("hour") or time(12)))


class NoContactForm(Chosen):
    vocabularies = {"no_contact_reason": "no_contact_reason"}
    no_contact_reason = forms.ChoiceField(label=_("Why was the person not told?"))
    said_on = DateField(label=_("Day on which the person said so"), required=False, latest=timezone.localdate,
                        help_text=_("For reasons that only the person can give."))  # fmt: skip
    reason = words(_("What was tried"), _("No names, no numbers."))


class AcknowledgeForm(Chosen):
    vocabularies = {"spoken_language": "language"}
    words = words(_("What was said"), _("As it was said, without names."))
    spoken_language = forms.ChoiceField(label=_("In which language?"))
    given_on = DateField(label=_("Day"), latest=timezone.localdate)
    apology = tick(_("With an apology"))


class CloseForm(Chosen):
    vocabularies = {"closure_reason": "closure_reason"}
    closure_reason = forms.ChoiceField(label=_("Reason"))
    explanation = words(_("Explanation of the decision"))


class PlanLineForm(Chosen):
    vocabularies = {"measure": "response_type"}
    measure = forms.ChoiceField(label=_("Measure"))
    remark = words(_("In a sentence"), required=False, rows=2)
    owner = forms.ChoiceField(label=_("Who does it"))
    due_on = DateField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["owner"].choices = [(str(pk), name) for pk, name in people(self.at)]


class LessonForm(PlanLineForm):
    vocabularies = {}
    field_order = ["text"]
    measure = None  # type: ignore[assignment]
    remark = None  # type: ignore[assignment]
    text = words(_("What was learned, and what should change"))


class EndLineForm(Act):
    done = forms.ChoiceField(label=_("How did it end?"), choices=[("1", _("Done")), ("0", _("Dropped"))])
    result = words(_("What came of it, or why it is dropped"))


class ComplaintForm(Chosen):
    vocabularies = {"kind": "complaint_kind", "spoken_language": "language", "channel": "channel"}
    code = short(
        _("Code of the person, if there is one"), _("Sixteen digits. A complaint is taken without it, too.")
    )
    inquiry = short(_("Case, if you know it"), _("For example Q-2026-000001"))
    kind = forms.ChoiceField(label=_("What is it about?"))
    words = words(_("What the person says, in own words"), rows=8)
    spoken_language = forms.ChoiceField(label=_("Language of the person"))
    channel = forms.ChoiceField(label=_("How did it come?"))
    contact = short(_("A safe way to answer"), _("Goes to the vault. May stay empty."))


class AnswerForm(Chosen):
    vocabularies = {"outcome": "complaint_outcome", "consequences": "complaint_consequence"}
    outcome = forms.ChoiceField(label=_("Outcome"))
    consequences = ticks(_("What follows"))
    answer = words(_("The answer, as the person reads it"),
                   _("Plain words in the language of the person. No names, no places."), rows=6)  # fmt: skip
    grounds = words(_("What it rests on"), _("For the file only."))


class RelateForm(Why):
    inquiry = short(_("Case"), _("For example Q-2026-000001"), required=True)
    field_order = ["inquiry"]


class ResultForm(Act):
    result = words(_("What was done"))


class VisitForm(Chosen):
    vocabularies = {
        "wellbeing": "wellbeing",
        "usefulness": "usefulness",
        "no_contact_reason": "no_contact_reason",
    }
    blank = frozenset({"no_contact_reason"})
    reached = forms.ChoiceField(label=_("Was the person reached?"), choices=[("1", _("Yes")), ("0", _("No"))])
    wellbeing = forms.ChoiceField(label=_("Is the person safe?"))
    usefulness = forms.ChoiceField(label=_("Was it useful?"))
    pressure = forms.ChoiceField(
        label=_("Did somebody press the person to share or hand over money?"), choices=YES_NO
    )
    needs = words(_("What is needed now"), _("No names, no numbers."), required=False)
    no_contact_reason = forms.ChoiceField(label=_("If not reached: why?"), required=False)


class MeasuresForm(Act):
    measures = words(_("What was done to protect the person"))


class LimitForm(Act):
    damage_on = DateField(label=_("Day of the damage"), latest=timezone.localdate)
    discovered_on = DateField(label=_("Day on which the person learned of it, if later"), required=False,
                              latest=timezone.localdate)  # fmt: skip
    mandate_ends_on = DateField(
        label=_("Last day of the mandate, if it has ended or the end is known"), required=False
    )


class FiledForm(Act):
    filed_on = DateField(label=_("Day on which the claim was filed"), latest=timezone.localdate)


class TrackForm(Chosen):
    vocabularies = {"kind": "track_kind", "spoken_language": "language"}
    key = forms.ChoiceField(label=_("Person"))
    kind = forms.ChoiceField(label=_("Kind"))
    spoken_language = forms.ChoiceField(label=_("Language of the person"))
    next_check_on = DateField(label=_("Next check"), required=False)


class TrackStepForm(Chosen):
    vocabularies = {"step": "track_step", "service": "support_service"}
    blank = frozenset({"service"})
    step = forms.ChoiceField(label=_("What was done"))
    service = forms.ChoiceField(label=_("Service"), required=False)
    consent = tick(_("The person agreed to this"), _("Asked each time; a no costs nothing."))
    remark = words(_("Note"), _("Only what the next conversation needs."), required=False)
    next_check_on = DateField(label=_("Next check"), required=False)


def people(_at: datetime) -> list[tuple[int, str]]:
    return [(one.pk, one.display_name) for one in active_people()]


def language() -> str:
    return get_language() or "fr"
