"""Forms of evidence. A form asks; the action decides."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.access.queries import active_people
from constat.apps.evidence.actions import ENTERED
from constat.apps.evidence.redraw.shapes import FULL, Box
from constat.rules.vocabulary import vocabulary
from constat.ui.forms import DateField, Mannered

BOXES = 8  # rows to mark places on a page; saving a preview gives more
OTHER = "other_body"


def terms(name: str, *, only: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [one for one in vocabulary(name).choices(get_language() or "fr") if not only or one[0] in only]


def words(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=20000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )  # fmt: skip


def line(label: Any, hint: Any = "", *, required: bool = True, length: int = 120) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=length,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


def today() -> Any:
    return timezone.localdate()


class Act(Mannered):
    """`at`: the moment, for lists of people in post. `vocabularies`: where the choices of a field come from."""

    vocabularies: dict[str, str] = {}
    blank: frozenset[str] = frozenset()

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.at = at
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, vocabulary_name in self.vocabularies.items():
            fields[name].choices = [*([("", "–")] if name in self.blank else []), *terms(vocabulary_name)]
            single = not isinstance(fields[name], forms.MultipleChoiceField)
            if single and "unknown" in vocabulary(vocabulary_name):
                fields[name].initial = "unknown"


class Reason(Act):
    reason = words(
        _("Why?"), _("Whoever reads the chain of custody later reads this. No names of witnesses.")
    )


class Purpose(Act):
    purpose = words(
        _("What do you need it for?"), _("It is written in the log with your name, before anything is shown.")
    )


class Deposit(Act):
    vocabularies = {
        "acquisition": "acquisition",
        "consent_basis": "consent_basis",
        "place_class": "evidence_place",
    }

    subject = line(
        _("Case"),
        _("The code of the report, incident or inquiry it belongs to, for example I-2026-000042"),
        length=20,
    )
    title = line(
        _("Title"), _("What it is, naming nobody: “Photograph of the market, north side”"), length=200
    )
    file = forms.FileField(label=_("File"), required=False,
                           help_text=_("Sealed while it is received. Leave empty for an object kept in a safe or a room."))  # fmt: skip
    acquisition = forms.ChoiceField(label=_("How it was obtained"))
    consent_basis = forms.ChoiceField(label=_("Whose word or image is it?"))
    captured_on = DateField(label=_("Day it was taken or made"), required=False, latest=today)
    captured_by = line(_("Taken by"), _("Sealed: shown only to those who may open the item."), required=False)
    place_text = line(_("Where"), _("Village or district; no house, no name."), required=False, length=200)
    device = line(_("Device"), required=False)
    received_from = line(
        _("Received from"), _("A section, a function, an authority; no private name."), required=False
    )
    description = words(
        _("Description"), _("Sealed: shown only to those who may open the item."), required=False
    )
    place_class = forms.ChoiceField(label=_("Where it is kept, if it is an object"))
    location = line(_("Shelf, safe"), required=False)
    seal = line(_("Number of the seal"), required=False, length=60)


class HandOver(Act):
    vocabularies = {"place_class": "evidence_place"}

    kind = forms.ChoiceField(label=_("What happened"))
    happened_on = DateField(label=_("When, if not today"), required=False, latest=today)
    from_party = line(
        _("Handed over by"), _("A section, a function, an authority; no private name."), required=False
    )
    to_party = line(_("Handed over to"), required=False)
    place_class = forms.ChoiceField(label=_("Where it is kept now"))
    location = line(_("Shelf, safe"), required=False)
    seal = line(_("Number of the seal"), required=False, length=60)
    reason = words(
        _("Why?"), _("Whoever reads the chain of custody later reads this. No names of witnesses.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = terms("custody_event", only=ENTERED)


class Link(Act):
    subject = line(_("The other record"), _("Its code, for example I-2026-000042"), length=20)
    reason = words(_("What does it show about it?"))


class Share(Act):
    person = forms.ChoiceField(label=_("A person"), required=False)
    section = forms.ChoiceField(label=_("or a section"), required=False)
    reason = words(_("Why does this reader need it?"))
    until = DateField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].choices = [
            ("", "–"),
            *((str(one.pk), one.display_name) for one in active_people()),
        ]
        fields["section"].choices = [("", "–"), *terms("section")]


# The list a referral is made from: a consent for a name typed otherwise would never fit one.
NAMED_TO = _("Needed to hand something to a body or a court: the one that was named to the person.")


class Consent(Act):
    vocabularies = {
        "purpose": "consent_purpose", "method": "consent_method", "language": "language",
        "recipient": "referral_authority",
    }  # fmt: skip
    blank = frozenset({"language", "recipient"})

    purpose = forms.ChoiceField(label=_("What they agreed to"))
    recipient = forms.ChoiceField(label=_("Named recipient"), help_text=NAMED_TO, required=False)
    method = forms.ChoiceField(label=_("How consent was given"))
    language = forms.ChoiceField(label=_("In which language"), required=False)
    given_on = DateField(label=_("Day, if not today"), required=False, latest=today)


class Weigh(Act):
    vocabularies = {"level": "protection_risk"}

    level = forms.ChoiceField(label=_("Risk to the person now"))


class Interview(Act):
    vocabularies = {
        "form": "interview_form", "source_type": "source_type", "sex": "sex", "age_band": "age_band", "language": "language",
        "setting": "interview_setting", "conditions": "interview_condition", "risk_before": "protection_risk",
        "risk_after": "protection_risk", "consents": "consent_purpose", "consent_method": "consent_method",
        "recipient": "referral_authority",
    }  # fmt: skip
    blank = frozenset({"recipient"})

    subject = line(
        _("Case"),
        _("The code of the report, incident or inquiry it belongs to, for example I-2026-000042"),
        length=20,
    )
    form = forms.ChoiceField(label=_("Form of the interview"))
    held_on = DateField(label=_("Day of the interview"), latest=today)
    source_type = forms.ChoiceField(label=_("Who spoke"))
    persons = forms.IntegerField(label=_("How many persons"), min_value=1, max_value=500, initial=1)
    sex = forms.ChoiceField(label=_("Sex"))
    age_band = forms.ChoiceField(label=_("Age"))
    language = forms.ChoiceField(label=_("Language"))
    interpreter = forms.BooleanField(label=_("An interpreter took part"), required=False)
    setting = forms.ChoiceField(label=_("Setting of the interview"))
    conditions = forms.MultipleChoiceField(
        label=_("Conditions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    risk_before = forms.ChoiceField(label=_("Risk to the person before"))
    risk_after = forms.ChoiceField(label=_("Risk to the person after"))
    protection_plan = words(
        _("What is done to protect the person"), _("Needed when the risk is high. Sealed."), required=False
    )
    summary = words(
        _("What was said"), _("In your words. Sealed: read by you and by whoever is given leave."), rows=8
    )
    name = line(
        _("Name"),
        _("Goes to the vault, apart from the interview. Leave empty if the person stays unknown."),
        required=False,
    )
    contact = line(_("Safe way to make contact"), required=False, length=300)
    consents = forms.MultipleChoiceField(
        label=_("What the person agreed to"), help_text=_("What is not ticked is a no. It can be taken back at any time."),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    recipient = forms.ChoiceField(label=_("Body or court they named"), help_text=NAMED_TO, required=False)
    consent_method = forms.ChoiceField(label=_("How consent was given"))


class BoxForm(Mannered):
    """One place to black out. An empty row is no box; a half-filled one is asked about."""

    def __init__(self, *args: Any, page: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, label in (
            ("page", _("Page")),
            ("left", _("Left")),
            ("top", _("Top")),
            ("right", _("Right")),
            ("bottom", _("Bottom")),
        ):
            fields[name] = forms.IntegerField(
                label=label, required=False, min_value=1 if name == "page" else 0, max_value=FULL,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        places = [data.get(name) for name in ("left", "top", "right", "bottom")]
        if self.errors or all(one is None for one in places):
            return data
        if any(one is None for one in places):
            raise forms.ValidationError(_("A box needs four numbers: left, top, right, bottom."))
        if places[0] >= places[2] or places[1] >= places[3]:  # type: ignore[operator]
            raise forms.ValidationError(
                _("A box goes from left to right and from top to bottom, in numbers from 0 to 1000.")
            )
        return data

    def box(self) -> Box | None:
        data = self.cleaned_data
        if data.get("left") is None:
            return None
        return Box(data.get("page") or 1, data["left"], data["top"], data["right"], data["bottom"])


class Lines(forms.CharField):
    """Numbers of lines: "3, 7-9" -> [3, 7, 8, 9]."""

    def clean(self, value: Any) -> Any:
        found: list[int] = []
        for part in re.split(r"[,;\s]+", super().clean(value)):
            if not part:
                continue
            match = re.fullmatch(r"(\d{1,6})(?:[-–](\d{1,6}))?", part)
            if not match or int(match[2] or match[1]) < int(match[1]):
                raise forms.ValidationError(_("Write numbers of lines, for example: 3, 7-9"))
            found.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
        return sorted(set(found))


class TextRedaction(Act):
    phrases = words(_("Words to black out wherever they stand"), _("One name or phrase per line; capitals and accents do not matter."),
                    required=False)  # fmt: skip
    lines = Lines(label=_("Lines to black out"), help_text=_("For example: 3, 7-9"), required=False)


def boxes_of(data: Any, *, rows: int = BOXES) -> list[BoxForm]:
    count = max(rows, _stated(data)) if data is not None else rows
    return [BoxForm(data, prefix=f"box{number}") for number in range(min(count, 200))]


def _stated(data: Any) -> int:
    text = data.get("rows", "")
    return int(text) if text.isdecimal() and len(text) < 4 else 0
