"""May something a person gave be used for this purpose, by this recipient, now? Silence is no; a yes can be taken back.

A yes for one named recipient is no yes for another; a yes without a recipient holds for the purpose within the mission only,
and for a hand-over (`NAMED`) the recipient must have been named to the person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from constat.rules.decision import Decision
from constat.rules.vocabulary import vocabulary

# Purposes in which something leaves the mission for somebody: the person must have agreed to that somebody.
NAMED = frozenset({"share_named_body", "court"})
# Bases on which somebody is asked; on the others nobody's word or image is used and nobody is asked.
ASKED = frozenset({"person", "family_word"})


@dataclass(frozen=True)
class Given:
    """One answer of yes on record. `recipient` "": none was named."""

    purpose: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    recipient: str = ""


def consented(
    records: Iterable[Given], *, purpose: str, at: datetime, recipient: str = "", basis: str = "person"
) -> Decision:
    """records: every yes about one item or interview, taken back or not. basis: vocabulary "consent_basis"."""
    facts: dict[str, object] = {"purpose": vocabulary("consent_purpose")[purpose], "recipient": recipient}
    if basis not in ASKED:
        return Decision(
            True, "consent_not_needed", basis, {**facts, "basis": vocabulary("consent_basis")[basis]}
        )
    heard = [one for one in records if one.purpose == purpose and one.given_at <= at]
    if not heard:
        return Decision(False, "consent_never_given", purpose, facts)
    fitting = [
        one for one in heard if one.recipient == recipient or (not one.recipient and purpose not in NAMED)
    ]
    if not fitting:
        return Decision(False, "consent_other_recipient", recipient, facts)
    if standing := [one for one in fitting if one.withdrawn_at is None or one.withdrawn_at > at]:
        return Decision(
            True, "consent_given", purpose, {**facts, "day": max(one.given_at for one in standing).date()}
        )
    last = max(one.withdrawn_at for one in fitting if one.withdrawn_at is not None)
    return Decision(False, "consent_withdrawn", purpose, {**facts, "day": last.date()})


__all__ = ["ASKED", "NAMED", "Given", "consented"]
