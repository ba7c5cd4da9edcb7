"""From what somebody answered to a Draft, and to the lines of the check page. Every answer is read again by its form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from constat.apps.reports import places
from constat.apps.reports.actions._rows import words_of
from constat.apps.reports.draft import ConsentAnswer, Draft, HarmClaim
from constat.apps.reports.public.forms import CONTACT, OTHER_HARM, Question
from constat.apps.reports.public.state import State
from constat.apps.reports.public.steps import STEPS, Step

CHANNEL = "web_form"  # vocabulary "channel"
UNKNOWN = "unknown"
# The mission's force: what the person says is an allegation, whichever way they say it.
INVOLVEMENT = {"yes": "alleged", "no": "not_alleged", "unknown": UNKNOWN, "": UNKNOWN}
ACCESS = {"victim": "eyewitness", "witness": "eyewitness", "unknown": "hearsay"}


class Incomplete(Exception):
    """An answer does not pass its own question: `.step` is where to go, `.form` carries the errors."""

    def __init__(self, step: Step, form: Question) -> None:
        super().__init__(step.name)
        self.step, self.form = step, form


def form_for(step: Step, state: State, *, today: date, bound: bool) -> Question | None:
    """The question's form, holding what was typed. Bound: with its errors."""
    if step.form is None:
        return None
    data: dict[str, Any] = dict(state.values)
    if step.name == "words":
        data["words"] = words_of(state.words)
    found = places.choices(state.text("place")) if step.name == "which" else []
    if bound:
        return step.form(data, today=today, found=found)
    return step.form(initial=data, today=today, found=found)


def cleaned(state: State, *, today: date) -> dict[str, Any]:
    """Every answer, read. Raises Incomplete at the first question whose answer does not pass."""
    data: dict[str, Any] = {}
    for step in STEPS:
        form = form_for(step, state, today=today, bound=True) if step.asked(state) else None
        if form is None:
            continue
        if not form.is_valid():
            raise Incomplete(step, form)
        data |= form.cleaned_data
        if "range" in form.cleaned_data:
            data[f"range_{step.name}"] = data.pop("range")
    return data


def draft_of(state: State, *, language: str, today: date) -> Draft:
    """The report as it will be received. Raises Incomplete."""
    return draft_from(
        cleaned(state, today=today),
        channel=CHANNEL,
        uid=state.uid,
        words=state.words,
        reporter_language=language,
    )


def draft_from(
    data: dict[str, Any], *, channel: str, uid: UUID, words: bytes, reporter_language: str
) -> Draft:
    """A Draft from the cleaned answers of these questions, asked by a page or read out by a colleague."""
    starts_on, ends_on, precision = data.get("when") or (None, None, UNKNOWN)
    reporter = data.get("reporter") or UNKNOWN
    return Draft(
        channel=channel,
        original=words,
        uid=uid,
        original_language=data.get("language") or "und",
        reporter_language=reporter_language,
        reporter_type=reporter,
        source_access=ACCESS.get(reporter, UNKNOWN),
        starts_on=starts_on,
        ends_on=ends_on,
        date_precision=precision,
        place_text=data.get("place", ""),
        incident_type=data.get("incident_type") or UNKNOWN,
        involvement=INVOLVEMENT[data.get("force", "")],
        claimed_actor_text=data.get("actor", ""),
        harms=tuple(_harms(data)),
        identity={name: data[name] for name in CONTACT if data.get(name)},
        consents=_consents(data),
        in_danger=data.get("in_danger") or UNKNOWN,
        needs_care=data.get("needs_care") or UNKNOWN,
        child_involved=data.get("child_involved") or UNKNOWN,
        sexual_violence=data.get("sexual_violence") or UNKNOWN,
        **places.columns(data.get("place_id", ""), data.get("place", "")),
    )


def _harms(data: dict[str, Any]) -> Iterator[HarmClaim]:
    for step, harm in (("killed", "death"), ("injured", "injury")):
        least, best, most = data.get(f"range_{step}", (None, None, None))
        if (least, best, most) != (None, None, None):
            floor = (
                min(figure for figure in (best, most) if figure is not None)
                if least is None and most == 0
                else 0
            )
            yield HarmClaim(harm, minimum=least if least is not None else floor, best=best, maximum=most)
    for ticked in data.get("other", []):
        harm, unit = OTHER_HARM[ticked]
        # "It happened" is at least one; how many nobody was asked.
        yield HarmClaim(harm, minimum=1, unit=unit)


def _consents(data: dict[str, Any]) -> tuple[ConsentAnswer, ...]:
    """Sending is agreeing to be kept, and the check page says so. Everything else only if it was ticked."""
    return (ConsentAnswer("hold", "yes"), *(ConsentAnswer(one, "yes") for one in data.get("consent", [])))


@dataclass(frozen=True)
class Line:
    """One line of the check page: what was asked, what was answered, which question changes it."""

    step: str
    label: str
    answer: str
    own_words: bool = False


def lines(state: State, *, today: date) -> list[Line]:
    """The answers given, in order. What was passed over says so: nothing is guessed."""
    found: list[Line] = []
    for step in STEPS:
        form = form_for(step, state, today=today, bound=True) if step.asked(state) else None
        if form is not None:
            form.is_valid()
            found += _lines_of(step, form)
    return found


def _lines_of(step: Step, form: Question) -> Iterator[Line]:
    if step.name == "when":
        yield Line(step.name, _("When did it happen?"), _when(form))
    elif step.name in {"killed", "injured"}:
        label = (
            _("How many people were killed?") if step.name == "killed" else _("How many people were injured?")
        )
        yield Line(step.name, label, _counted(form))
    elif step.name == "contact":
        typed = [
            str(form.data.get(name, "")) for name in CONTACT if name != "may_call" and form.data.get(name)
        ]
        yield Line(
            step.name, _("How to reach you"), "\n".join(typed) or _("Nothing given"), own_words=bool(typed)
        )
    else:
        for bound in form:
            if bound.name == "language" and not bound.value():
                continue
            yield Line(step.name, str(bound.label), _shown(bound), own_words=_is_text(bound))


def _is_text(bound: Any) -> bool:
    return not hasattr(bound.field, "choices") and bool(bound.value())


def _shown(bound: Any) -> str:
    value = bound.value()
    if not value:
        return _("No answer")
    if not hasattr(bound.field, "choices"):
        return str(value)
    labels = {str(code): str(label) for code, label in bound.field.choices}
    chosen = value if isinstance(value, list) else [value]
    return "\n".join(labels.get(str(one), str(one)) for one in chosen)


def _when(form: Question) -> str:
    typed = [str(form.data.get(name, "")).strip() for name in ("day", "month", "year")]
    text = " / ".join(part for part in typed if part)
    if text and form.data.get("not_sure"):
        text = _("about %(date)s") % {"date": text}
    return text or _("I do not know")


def _counted(form: Question) -> str:
    parts = [
        f"{field.label} {form.data[name]}"
        for name, field in form.fields.items()
        if str(form.data.get(name, "")).strip()
    ]
    return " · ".join(parts) or _("I do not know")
