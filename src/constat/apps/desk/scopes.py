"""Two scopes in one store: the harm of our own force, and everybody's. A page shows one of them and says which."""

from enum import StrEnum

from django.utils.translation import gettext as _

from constat.apps.desk.words import label
from constat.rules.vocabulary import vocabulary


class Scope(StrEnum):
    OWN = "own"
    ALL = "all"

    @property
    def label(self) -> str:
        return label("total_scope", self.value)

    @property
    def sentence(self) -> str:
        """What is inside and what is not, for the head of every total."""
        return {
            Scope.OWN: _("Only harm in which our own force is alleged or found to be involved."),
            Scope.ALL: _(
                "Harm by anybody, our own force included: never added to the numbers of our own force."
            ),
        }[self]


# Which answers to "was our own force involved?" belong to the scope "own": said in the vocabulary, term by term.
OWN_INVOLVEMENTS = tuple(term.code for term in vocabulary("involvement").values() if term.extra["own_scope"])


def scope_of(text: str | None, default: Scope = Scope.ALL) -> Scope:
    """From an address; anything unknown is the default, and the page says which scope it shows."""
    return Scope(text) if text in {scope.value for scope in Scope} else default
