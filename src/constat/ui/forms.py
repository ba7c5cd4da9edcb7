"""Form fields with the manners of this house. The markup is in templates/ui/components/field.html.

Forms are written as <form novalidate>: the browser's bubbles speak the browser's language and vanish; our errors stay.
"""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class Mannered(forms.Form):
    """A form whose controls carry no `required` attribute: the server answers, in the reader's language."""

    use_required_attribute = False


class DateParts(forms.MultiWidget):
    """Day, month and year typed as numbers: faster than a calendar for a date one knows, and kinder to a screen reader."""

    template_name = "ui/components/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"day": forms.TextInput, "month": forms.TextInput, "year": forms.TextInput}, attrs)

    def decompress(self, value: dt.date | str | None) -> list[Any]:
        if isinstance(value, str):
            value = dt.date.fromisoformat(value) if value else None
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        titles = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        wrong = (attrs or {}).get("aria-invalid") == "true"
        for part, widget in zip(titles, context["widget"]["subwidgets"], strict=True):
            widget["attrs"] |= {"part": part, "title": titles[part], "maxlength": 4 if part == "year" else 2}
            widget["attrs"]["invalid"] = wrong
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class DateField(forms.MultiValueField):
    """A date in three parts -> datetime.date. Says which part is missing or that there is no such day."""

    widget = DateParts
    default_error_messages = {
        "required": _("Enter a date."),
        "incomplete": _("Enter a day, a month and a year."),
        "invalid": _("There is no such day. Check day, month and year."),
        "future": _("This date is in the future."),
    }

    def __init__(self, *, latest: Any = None, **kwargs: Any) -> None:
        """`latest`: a callable giving the last day allowed (for instance the node's today), or None."""
        self.latest = latest
        parts = [
            forms.IntegerField(min_value=1),
            forms.IntegerField(min_value=1),
            forms.IntegerField(min_value=1),
        ]
        super().__init__(fields=parts, require_all_fields=False, **kwargs)
        for part in parts:
            part.required = False

    def clean(self, value: Any) -> dt.date | None:
        parts = [str(part).strip() if part not in (None, "") else "" for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not all(parts):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        return self.compress(parts)

    def compress(self, data_list: list[str]) -> dt.date:
        try:
            # int() also reads Arabic-Indic digits, which a telephone set to Arabic sends.
            day, month, year = (int(part) for part in data_list)
            found = dt.date(year, month, day) if year >= 1000 else None
        except ValueError:
            found = None
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if self.latest is not None and found > self.latest():
            raise ValidationError(self.error_messages["future"], code="future")
        return found
