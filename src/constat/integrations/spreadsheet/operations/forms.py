"""The forms of bringing in a log: the file, then what its columns are and which days it covers."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.apps.operations.zones import zone_known
from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.operations.columns import columns
from constat.ui.forms import DateField, Mannered


class LogColumns(Mannered):
    """One choice per column. `samples`: column -> a few of its cells, shown beside the choice."""

    zone = forms.CharField(
        label=_("Time zone of the log"), max_length=40, help_text=_("UTC, +01:00, Africa/Bamako")
    )
    first = DateField(
        label=_("First day of the log"), required=False,
        help_text=_("Only if the file is the whole log of its units for these days: then it is entered as received."),
    )  # fmt: skip
    last = DateField(label=_("Last day of the log"), required=False)
    brought_by = forms.CharField(
        label=_("Who brought it"), required=False, max_length=200, help_text=_("Post or section, no name."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        headers: tuple[str, ...],
        samples: dict[str, list[str]],
        found: ColumnMap,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers, self.samples = headers, samples
        self.fields["zone"].initial = timezone.get_current_timezone_name()
        guessed = {column: target for target, column in found.columns.items()}
        language = get_language() or "fr"
        choices = [
            ("", _("Do not import")),
            *((code, one.label(language)) for code, one in columns().items()),
        ]
        for index, header in enumerate(headers):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=guessed.get(header, "")
            )

    @property
    def columns(self) -> Iterator[tuple[Any, str, list[str]]]:
        for index, header in enumerate(self.headers):
            yield self[f"column_{index}"], header, self.samples.get(header, [])

    @property
    def chosen(self) -> dict[str, str]:
        return {header: self.cleaned_data[f"column_{index}"] for index, header in enumerate(self.headers)}

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        if not zone_known(zone):
            raise ValidationError(
                _("Say in which time zone the log was written: UTC, +01:00, Africa/Bamako.")
            )
        return zone

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first, last = found.get("first"), found.get("last")
        if (first is None) != (last is None) and not {"first", "last"} & set(self.errors):
            self.add_error("last" if last is None else "first", _("Give both days, or neither."))
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first day. Correct one of them."))
        return found
