"""The questions of the public form, in order. Safety first; the hardest ones are short, late and can be passed over."""

from collections.abc import Callable
from dataclasses import dataclass

from constat.apps.reports.public import forms
from constat.apps.reports.public.state import State


def _always(state: State) -> bool:
    return True


def _urgent(state: State) -> bool:
    return "yes" in (state.text("in_danger"), state.text("needs_care"))


def _place_given(state: State) -> bool:
    return bool(state.text("place"))


@dataclass(frozen=True)
class Step:
    """`name`: in the page and in its template; `form` None: a page that only tells something. `counted`: has a number."""

    name: str
    form: type[forms.Question] | None
    asked: Callable[[State], bool] = _always
    counted: bool = True


STEPS = (
    Step("safety", forms.Safety),
    Step("urgent", None, _urgent, counted=False),
    Step("words", forms.Words),
    Step("place", forms.Place),
    Step("which", forms.Which, _place_given, counted=False),
    Step("when", forms.When),
    Step("killed", forms.Killed),
    Step("injured", forms.Injured),
    Step("other", forms.Other),
    Step("children", forms.Children),
    Step("intimate", forms.Intimate),
    Step("who", forms.Who),
    Step("you", forms.You),
    Step("contact", forms.Contact),
    Step("agree", forms.Agree),
)
BY_NAME = {step.name: step for step in STEPS}
FIRST, CHECK = STEPS[0].name, "check"
_COUNTED = [step.name for step in STEPS if step.counted]


def after(name: str, state: State) -> str:
    """The next question that applies, or CHECK."""
    names = [step.name for step in STEPS]
    following = STEPS[names.index(name) + 1 :]
    return next((step.name for step in following if step.asked(state)), CHECK)


def before(name: str, state: State) -> str | None:
    """The question before, or None at the first one."""
    names = [step.name for step in STEPS]
    earlier = STEPS if name == CHECK else STEPS[: names.index(name)]
    return next((step.name for step in reversed(earlier) if step.asked(state)), None)


def position(name: str) -> tuple[int, int] | None:
    """(number of the question, how many there are), or None for a page without a number."""
    return (_COUNTED.index(name) + 1, len(_COUNTED)) if name in _COUNTED else None
