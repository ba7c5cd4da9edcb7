"""Handing a case to whoever must act: its states, and what may go into the bag.

Nothing leaves by default. An item goes when somebody consented to this use and this recipient, or a legal basis stands in
the place of consent; when its risk is not high; and when the recipient's profile takes such items. Everything else is
listed as withheld, with its reason: a bag that hides its gaps would be attacked for them (Berkeley Protocol; Eurojust and
ICC guidelines for documenters).
"""

from dataclasses import dataclass

from constat.rules.decision import Decision
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError
from constat.rules.vocabulary import Term, vocabulary
from constat.rules.workflow import Workflow, step


class HandoverError(RuleError):
    """The tree of this module."""


class RiskTooHigh(HandoverError):
    """A hand-over that would probably endanger somebody."""


class MitigationMissing(HandoverError):
    """A danger is possible and nobody wrote what is done about it."""


class BasisUnclear(HandoverError):
    """A basis that replaces consent needs the document it rests on."""


_PREPARE, _APPROVE = Permission.REFERRALS_PREPARE, Permission.REFERRALS_APPROVE
_STOP = Permission.PUBLICATION_STOP

REFERRAL = Workflow(
    name="referral",
    states=vocabulary("referral_state"),
    initial="draft",
    starts=(),
    final=frozenset({"closed", "withdrawn"}),
    transitions=(
        step("draft", "submit_for_review", "review", _PREPARE, "risk"),
        step("review", "send_back", "draft", _APPROVE),
        step("review", "approve", "approved", _APPROVE, "legal_basis", "risk"),
        step("approved", "hand_over", "handed_over", _PREPARE, "receipt", clock="referral_answer"),
        step("handed_over", "note_answer", "handed_over", _PREPARE, "answer", clock="referral_answer"),
        step("handed_over", "settle", "answered", _PREPARE, "answer"),
        step("answered", "note_answer", "answered", _PREPARE, "answer"),
        step("answered", "close", "closed", _PREPARE, "explanation"),
        step("closed", "note_answer", "closed", _PREPARE, "answer"),
        step("draft", "withdraw", "withdrawn", _PREPARE),
        step("review", "withdraw", "withdrawn", _PREPARE),
        step("approved", "withdraw", "withdrawn", _PREPARE),
        # Whoever guards people may take an approval back until the moment of handing over.
        step("approved", "stop", "draft", _STOP),
        step("review", "stop", "draft", _STOP),
    ),
)


@dataclass(frozen=True)
class Profile:
    """What a kind of recipient gets. `place`: code of `audience`, how exact places are. `purpose`: code of
    `consent_purpose` that people must have consented to."""

    code: str
    names: bool
    place: str
    originals: bool
    interviews: bool
    narrative: bool
    purpose: str


def profile(code: str) -> Profile:
    """The profile of that code. Raises UnknownTerm."""
    term = vocabulary("handover_profile")[code]
    extra = term.extra
    return Profile(
        code=term.code,
        names=extra["names"],
        place=extra["place"],
        originals=extra["originals"],
        interviews=extra["interviews"],
        narrative=extra["narrative"],
        purpose=extra["purpose"],
    )


def profile_of(authority: str) -> Profile:
    """The profile that an authority gets unless somebody chose a stricter one."""
    return profile(vocabulary("referral_authority")[authority].extra["profile"])


def stricter(chosen: str, authority: str) -> bool:
    """Is the chosen profile at least as strict as the one of the authority? A wider one is never chosen by hand."""
    ladder = vocabulary("handover_profile")
    default = profile_of(authority).code
    return int(ladder[chosen].rank or 0) >= int(ladder[default].rank or 0)


@dataclass(frozen=True)
class Consent:
    """The consent for one item or one person, as it stands at the moment: code of the answer.

    'given': for this purpose and this recipient; 'none'; 'withdrawn'; 'other' (for another recipient only);
    'not_needed': the item is the mission's own and tells of no person who could consent.
    """

    answer: str
    by: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """What decides about one item. `kind`: original, working, redacted, interview. `risk`: code of handover_risk."""

    kind: str
    consent: Consent
    risk: str = "low"
    privileged: bool = False
    needed: bool = True
    closed_compartment: bool = False


def admit(item: ItemFacts, *, to: Profile, basis: str) -> Decision:
    """Does this item go into the bag? The first line that applies decides; `detail` is a code of `withheld_reason`."""
    if not item.needed:
        return _withheld("not_needed")
    if item.privileged:
        return _withheld("privileged")
    if item.closed_compartment:
        return _withheld("compartment")
    if item.risk == "high":
        return _withheld("risk")
    if not _in_profile(item.kind, to):
        return _withheld("not_in_profile")
    return _consented(item.consent, basis)


def admit_name(consent: Consent, *, to: Profile, basis: str) -> Decision:
    """Does the name of a person go into the bag? Never by a basis alone: a name needs the person's own consent, or a court."""
    if not to.names:
        return _withheld("not_in_profile")
    return _consented(consent, basis if basis == "court_order" else "consent")


def _in_profile(kind: str, to: Profile) -> bool:
    return {"interview": to.interviews, "original": to.originals, "working": to.originals}.get(kind, True)


def _consented(consent: Consent, basis: str) -> Decision:
    if consent.answer in ("given", "not_needed"):
        return Decision(True, "handed_by_consent", consent.answer)
    # Who took consent back said no. A judge may order what a person refuses; nobody else may.
    if consent.answer == "withdrawn" and basis != "court_order":
        return _withheld("consent_withdrawn")
    if vocabulary("legal_basis")[basis].extra["replaces_consent"]:
        return Decision(True, "handed_by_basis", basis, {"basis": vocabulary("legal_basis")[basis]})
    return _withheld("other_recipient" if consent.answer == "other" else "no_consent")


def _withheld(reason: str) -> Decision:
    return Decision(False, "handover_withheld", reason, {"reason": vocabulary("withheld_reason")[reason]})


def check_risk(risk: str, mitigation: str) -> Term:
    """The risk of the whole hand-over: a high one is refused, a medium one needs its measures in words."""
    term = vocabulary("handover_risk")[risk]
    if term.code == "high":
        raise RiskTooHigh("handover_risk_high")
    if term.code == "medium" and not mitigation.strip():
        raise MitigationMissing("handover_mitigation")
    return term


def check_basis(basis: str, reference: str) -> Term:
    """A basis other than consent names the paper it rests on: the order, the article of the mandate, who saw the danger."""
    term = vocabulary("legal_basis")[basis]
    if term.code != "consent" and not reference.strip():
        raise BasisUnclear("handover_basis", basis=term)
    return term
