"""What people are told in the demo mission: families and reporters, one complaint on its way, one case closed, a lesson.

Everything goes through the actions people use; everybody is invented. Some things are left for a visitor: a text to clear, a
visit that is due, a complaint to examine.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from constat.apps.access.models import Person
from constat.apps.access.queries import viewer_of
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.queries import current_decision
from constat.apps.responses import actions, owed
from constat.apps.responses.codes import code_of
from constat.apps.responses.models import Addressee, Notice

CLOSES_AS = {
    "not_enough_evidence": "insufficient_evidence",
    "own_force_not_involved": "no_own_operation",
    "no_civilian_harm": "no_civilian_harm_found",
}
EXPLANATION = "Ce qui est connu à ce jour ne permet pas d’aller plus loin ; le dossier peut être rouvert."


@dataclass
class Answered:
    """What was done, and where a visitor goes on."""

    told: int = 0
    closed: int = 0
    draft: str = ""  # a notice that waits for its second reader
    complaint: str = ""  # one that waits for a reviewer
    unreached: int = 0  # could not be told, on the word of two people
    claim: str = ""  # said by one person, waits for a second


def answer(*, people: dict[str, Person], inquiries: Sequence[Inquiry], at: datetime) -> Answered:
    """`inquiries`: decided, oldest first. `people`: chen drafts and tells, dara clears and closes."""
    done = Answered()
    chen, dara = people["chen"], people["dara"]
    for number, inquiry in enumerate(inquiries):
        when = _morning(at) + timedelta(minutes=number)
        decision = current_decision(inquiry)
        if decision is None:
            continue
        _everybody_on_the_list(inquiry, chen, when)
        last = number == len(inquiries) - 1
        # One village nobody could reach, confirmed by a second person; another that one person only says is out of reach.
        out = "confirmed" if number == 0 else "said" if number == len(inquiries) - 2 else ""
        code = _tell(inquiry, chen, dara, when, leave_draft=last and not done.draft, done=done, out=out)
        if last:
            done.draft = code
            continue
        done.told += 1
        if not done.complaint and code:
            notice = Notice.objects.get(code=code)
            done.complaint = actions.complain(
                by="public", at=when + timedelta(hours=3), code=code_of(notice), kind="decision", spoken_language="fr",
                words="Personne n’a demandé à mon frère ce qu’il a vu.", uid=uuid.uuid5(uuid.NAMESPACE_URL, code),
            ).code  # fmt: skip
        if decision.outcome == "credible":
            _plan(inquiry, chen, dara, when)
        elif not owed.missing(viewer_of(dara, at=when), inquiry, decision):
            actions.close_case(by=dara, at=when + timedelta(hours=4), inquiry=inquiry.code,
                               closure_reason=CLOSES_AS[decision.outcome], explanation=EXPLANATION)  # fmt: skip
            done.closed += 1
    return done


def _morning(at: datetime) -> datetime:
    """Between eight and eighteen, when people may be visited."""
    return (at - timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


def _everybody_on_the_list(inquiry: Inquiry, chen: Person, at: datetime) -> None:
    lines = owed.lines(viewer_of(chen, at=at), inquiry, current_decision(inquiry))
    for one in lines:
        if one.addressee is not None or one.hidden or one.alone:
            continue
        key = "" if one.report else str(min(one.keys, key=str))
        kind = "reporter" if one.report else "beneficiary"
        actions.add_addressee(
            by=chen, at=at, inquiry=inquiry.code, kind=kind, spoken_language="fr", key=key, report=one.report
        )
    actions.add_addressee(by=chen, at=at, inquiry=inquiry.code, kind="community", spoken_language="bm")


def _tell(
    inquiry: Inquiry, chen: Person, dara: Person, at: datetime, *, leave_draft: bool, done: Answered, out: str
) -> str:  # fmt: skip
    """The code of the last notice that was told. `out`: whether the community is "confirmed" or "said" to be out of reach."""
    code = ""
    rows = Addressee.objects.filter(incident=inquiry.incident_id).order_by("number")
    for number, kind in rows.values_list("number", "kind"):
        if out and kind == "community":
            claim = _unreached(inquiry, number, chen, dara, at, confirmed=out == "confirmed")
            done.unreached += out == "confirmed"
            done.claim = done.claim or (claim if out == "said" else "")
            continue
        code = actions.draft(by=chen, at=at, inquiry=inquiry.code, addressee=number)
        if leave_draft:
            return code
        actions.clear(by=dara, at=at + timedelta(minutes=30), notice=code, reason="Lu à voix haute, clair.")
        actions.judge_risk(by=chen, at=at + timedelta(minutes=40), inquiry=inquiry.code, addressee=number, risk="go",
                           reason="Rien de connu dans le quartier cette semaine.")  # fmt: skip
        actions.tell(by=chen, at=at + timedelta(hours=1), notice=code, channel="in_person", spoken_language="fr",
                     interpreter=True, proof="said_back", witness="interpreter")  # fmt: skip
    return code


def _unreached(
    inquiry: Inquiry, number: int, chen: Person, dara: Person, at: datetime, *, confirmed: bool
) -> str:  # fmt: skip
    code = actions.note_no_contact(
        by=chen, at=at + timedelta(minutes=20), inquiry=inquiry.code, addressee=number, no_contact_reason="access_denied",
        reason="Deux tentatives : la piste est coupée, le chef de village n’a pas de téléphone.",
    )  # fmt: skip
    if confirmed:
        actions.confirm_unreached(by=dara, at=at + timedelta(minutes=50), notice=code,
                                  reason="Les deux sorties sont notées au journal ; on réessaie après les pluies.")  # fmt: skip
    return code


def _plan(inquiry: Inquiry, chen: Person, dara: Person, at: datetime) -> None:
    due = at.date() + timedelta(days=21)
    actions.acknowledge(by=dara, at=at, inquiry=inquiry.code, kind="acknowledgement_public", spoken_language="fr",
                        words="La force reconnaît le mal causé et le regrette.", given_on=at.date(), apology=True)  # fmt: skip
    actions.plan(by=chen, at=at, inquiry=inquiry.code, measure="guarantee_directive", owner=dara, due_on=due,
                 remark="Avertir aussi en songhaï aux postes de contrôle.")  # fmt: skip
    actions.raise_lesson(by=chen, at=at, incident=inquiry.incident.code, owner=dara, due_on=due,
                         text="Les avertissements doivent être compris : langues locales, gestes, distance.")  # fmt: skip


__all__ = ["Answered", "answer"]
