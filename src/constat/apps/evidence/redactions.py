"""A redaction that is being drawn: what was marked so far, what is wrong with it, what it looks like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.evidence import actions, engine, forms
from constat.apps.evidence.errors import Incomplete
from constat.apps.evidence.models import Item
from constat.apps.evidence.redraw import text
from constat.apps.evidence.redraw.shapes import FULL, Box

BOX_NUMBERS = 5


@dataclass
class Draft:
    """`previewed`: the marks have been looked at in this form; only then is saving offered."""

    item: Item
    why: forms.Reason
    rows: list[forms.BoxForm] = field(default_factory=list)
    words: forms.TextRedaction | None = None
    page: int = 1
    pages: int = 1
    previewed: bool = False
    problems: list[str] = field(default_factory=list)
    shown: list[tuple[int, str]] = field(default_factory=list)  # numbered lines of a text as they would stand

    def is_valid(self) -> bool:
        valid = [
            self.marks_valid(),
            self.why.is_valid(),
        ]  # both are asked, so that every fault is shown at once
        return all(valid)

    def marks_valid(self) -> bool:
        parts: list[Any] = [*self.rows, *([self.words] if self.words else [])]
        valid = [part.is_valid() for part in parts]
        return all(valid)

    def refuse(self, sentence: str) -> None:
        self.problems.append(sentence)
        self.previewed = False

    def boxes(self) -> list[Box]:
        return [box for row in self.rows if row.is_valid() and (box := row.box())]

    def choices(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {"reason": self.why.cleaned_data["reason"], "boxes": self.boxes()}
        if self.words:
            found |= {"phrases": _phrases(self.words), "lines": self.words.cleaned_data["lines"]}
        return found

    @property
    def image(self) -> str:
        """Address of the page that is looked at, with the boxes on it."""
        marks = [
            ("b", "-".join(map(str, (one.page, one.left, one.top, one.right, one.bottom))))
            for one in self.boxes()
        ]
        return f"{reverse('evidence:preview', args=[self.item.code, self.page])}?{urlencode(marks)}"

    @property
    def marked(self) -> int:
        return len(self.boxes())


def draft(item: Item, posted: QueryDict | None, *, at: datetime) -> Draft:
    """Raises CannotCopy, StoreError."""
    saving = posted is not None and "save" in posted
    # The reason is asked for when the copy is saved; whoever only looks is not told that it is missing.
    kept = {"reason": posted.get("reason", "")} if posted is not None else {}
    made = Draft(item=item, why=forms.Reason(posted if saving else None, at=at, initial=kept))
    if engine.has_pages(item):
        made.rows = forms.boxes_of(posted)
        if posted is not None and all(row.is_valid() and row.box() for row in made.rows):
            made.rows = forms.boxes_of(_more(posted, len(made.rows)))
        made.pages = engine.preview(item, page=1).pages
        wanted = str(posted.get("page", "1")) if posted is not None else "1"
        made.page = max(1, min(made.pages, int(wanted) if wanted.isdecimal() and len(wanted) < 5 else 1))
    else:
        made.words = forms.TextRedaction(posted, at=at)
        made.shown = _lines(item, made.words)
    made.previewed = posted is not None and made.marks_valid() and bool(made.marked or _any(made.words))
    return made


def _more(posted: QueryDict, rows: int) -> QueryDict:
    """Every row is used: the page comes back with four more."""
    more = posted.copy()
    more["rows"] = str(rows + 4)
    return more


def _any(words: forms.TextRedaction | None) -> bool:
    return words is not None and bool(_phrases(words) or words.cleaned_data["lines"])


def _phrases(words: forms.TextRedaction) -> list[str]:
    return [one.strip() for one in words.cleaned_data["phrases"].splitlines() if one.strip()]


def _lines(item: Item, words: forms.TextRedaction) -> list[tuple[int, str]]:
    plain = engine.plain_text(item)
    if words.is_bound and words.is_valid():
        plain = text.without(plain, _phrases(words), words.cleaned_data["lines"])
    return list(enumerate(plain.split("\n"), 1))


def picture(by: Person, item: Item, number: int, marks: list[str], *, at: datetime) -> bytes:
    """One page as PNG. marks: "page-left-top-right-bottom". Raises Incomplete, NotAllowed, CannotCopy, StoreError."""
    actions.look(by=by, at=at, item=item.code)
    boxes = []
    for mark in marks[:200]:
        numbers = [int(one) for one in mark.split("-") if one.isdecimal() and len(one) < 5]
        if len(numbers) != BOX_NUMBERS or max(numbers[1:]) > FULL:
            raise Incomplete(_("A box needs four numbers: left, top, right, bottom."))
        boxes.append(Box(*numbers))
    return engine.preview(item, page=number, boxes=boxes).data
