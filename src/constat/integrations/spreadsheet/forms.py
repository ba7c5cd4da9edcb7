"""The two forms of an import: the file, then what its columns are."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from constat.integrations.spreadsheet.mapping import ColumnMap
from constat.integrations.spreadsheet.targets import targets
from constat.ui.forms import Mannered


class FileForm(Mannered):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A CSV file or an .xlsx workbook, at most 50 MB. The first row names the columns."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class MappingForm(Mannered):
    """One choice per column. `samples`: column -> a few of its cells, shown beside the choice."""

    source = forms.CharField(
        label=_("Whose list is this?"),
        required=False,
        max_length=40,
        help_text=_(
            "Only for the list of another body (a hospital, a partner): its short code. Leave empty for accounts the cell collected itself."
        ),
    )

    def __init__(
        self,
        *args: Any,
        headers: tuple[str, ...],
        samples: dict[str, list[str]],
        found: ColumnMap,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers = headers
        self.samples = samples
        guessed = {column: target for target, column in found.columns.items()} | dict.fromkeys(
            found.kept, "keep"
        )
        language = get_language() or "fr"
        choices = [
            ("", _("Do not import")),
            *((code, one.label(language)) for code, one in targets().items()),
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
