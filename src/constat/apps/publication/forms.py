"""Forms of publication. A form asks; the action decides."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.rules.vocabulary import vocabulary
from constat.ui.forms import Mannered

LEFT_TO_RIGHT = forms.TextInput(attrs={"dir": "ltr"})  # "2026-Q3" turns round in an Arabic page


def terms(name: str) -> list[tuple[str, str]]:
    return list(vocabulary(name).choices(get_language() or "fr"))


def words(
    label: Any, hint: Any = "", *, required: bool = True, rows: int = 3, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, max_length=10000,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs}),
    )  # fmt: skip


class Month(Mannered):
    """A monthly statement. The denominator is what a person knows and the log does not."""

    period = forms.CharField(
        label=_("Month"), help_text=_("For instance 2026-10."), max_length=7, widget=LEFT_TO_RIGHT
    )
    unit = forms.CharField(
        label=_("Another measure of exposure"), required=False, max_length=80,
        help_text=_("For instance “engagements”. The operations on record are counted by the program."),
    )  # fmt: skip
    value = forms.IntegerField(label=_("How many since the start"), required=False, min_value=1)
    source = forms.CharField(label=_("Where this number comes from"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        given = [name for name in ("unit", "value", "source") if found.get(name)]
        if given and len(given) < 3:
            missing = next(name for name in ("unit", "value", "source") if not found.get(name))
            self.add_error(
                missing, _("A measure needs its unit, its number and where the number comes from.")
            )
        return found

    @staticmethod
    def initial_of(inputs: Mapping[str, Any]) -> dict[str, Any]:
        given = inputs.get("denominators") or [{}]
        return dict(given[0])

    def inputs(self) -> dict[str, Any]:
        data = self.cleaned_data
        one = {"unit": data["unit"], "value": data["value"], "source": data["source"]}
        return {"denominators": [one]} if data["unit"] else {}


class Quarter(Mannered):
    """A quarterly note, with what people write into it, in each language."""

    period = forms.CharField(
        label=_("Quarter"), help_text=_("For instance 2026-Q3."), max_length=7, widget=LEFT_TO_RIGHT
    )

    PARTS = ("mandate", "context", "responses", "recommendations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"mandate": _("Mandate and method"), "context": _("Context"), "responses": _("What authorities did"),
                  "recommendations": _("Recommendations")}  # fmt: skip
        for part in self.PARTS:
            for language, name in (("fr", "français"), ("en", "English"), ("ar", "العربية")):
                self.fields[f"{part}_{language}"] = words(
                    f"{labels[part]} – {name}", required=False, rows=2, lang=language
                )

    @classmethod
    def initial_of(cls, inputs: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for language, said in inputs.get("texts", {}).items():
            for part in cls.PARTS:
                value = said.get(part, "")
                found[f"{part}_{language}"] = value if isinstance(value, str) else "\n".join(value)
        return found

    def inputs(self) -> dict[str, Any]:
        data = self.cleaned_data
        texts = {}
        for language in ("fr", "en", "ar"):
            said = {part: data[f"{part}_{language}"] for part in self.PARTS}
            listed = {
                part: [line.strip() for line in said[part].splitlines() if line.strip()]
                for part in self.PARTS[1:]
            }
            texts[language] = {"mandate": said["mandate"], **listed}
        return {"texts": texts}


class Fact(Mannered):
    kind = forms.ChoiceField(label=_("Kind of fact"))
    text_fr = words(_("In French"), lang="fr")
    text_en = words(_("In English"), lang="en")
    text_ar = words(_("In Arabic"), lang="ar")
    references = forms.CharField(
        label=_("Codes of the records that say so"), required=False, max_length=500,
        help_text=_("For instance E-2026-000012 R-2026-000003. They stay inside and are never published."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = terms("fact_kind")


class Statement(Mannered):
    """The facts are ticked in the page; their order is the order in which they were proposed."""

    statement = forms.ChoiceField(label=_("Kind of statement"))
    facts = forms.MultipleChoiceField(
        label=_("Cleared facts"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["statement"].choices = terms("statement_kind")
        fields["facts"].choices = choices


class Reason(Mannered):
    reason = words(_("Reason"))


class Withdraw(Reason):
    public_reason = words(_("What the public is told"), _("Needed when it was public."), required=False)


def last_month(today: dt.date) -> str:
    before = today.replace(day=1) - dt.timedelta(days=1)
    return f"{before:%Y-%m}"


def last_quarter(today: dt.date) -> str:
    before = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(days=1)
    return f"{before.year}-Q{(before.month + 2) // 3}"
