"""Notices: drafted from the templates, read by a second person, said to the person, or noted why not."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.inquiries.models import Decision, Inquiry
from constat.apps.responses import amends_side, reading
from constat.apps.responses.actions._case import (
    answering,
    held_addressee,
    held_inquiry,
    held_notice,
    language,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.actions.addressees import latest_risk
from constat.apps.responses.codes import fresh
from constat.apps.responses.errors import Incomplete, NothingToDo, SamePersonTwice, UnsafeContact, WrongState
from constat.apps.responses.models import Addressee, Notice, NoticeStep
from constat.rules.answers import NOTICE, ContactPlan, RiskJudgement, may_contact
from constat.rules.decision import Decision as Verdict
from constat.rules.notices import compose
from constat.rules.permissions import Permission
from constat.rules.separation import separate
from constat.rules.vocabulary import vocabulary

P = Permission.RESPONSES_NOTIFY


@transaction.atomic
def draft(*, by: Person, at: datetime, inquiry: str, addressee: int, addition: str = "") -> str:
    """The code of the notice. `addition`: a paragraph of the cell's own, in the language of the text, naming nobody."""
    viewer = permitted(by, P, at=at)
    found = held_inquiry(viewer, inquiry, at)
    row = held_addressee(viewer, found.incident, addressee, at)
    decision = answering(found)
    if Notice.objects.filter(decision=decision, addressee=row).exists():
        raise NothingToDo(_("This person has a notice of this decision already."))
    made = _made(found, decision, row, addition, by=by, at=at)
    note(by=by, verb="draft_notice", kind="notice", key=made.code, at=at,
         details={"inquiry": found.code, "outcome": decision.outcome})  # fmt: skip
    return made.code


def _made(
    inquiry: Inquiry, decision: Decision, row: Addressee, addition: str, *, by: Person, at: datetime
) -> Notice:
    made = Notice(
        code=next_code("N", at.year),
        inquiry=inquiry,
        decision=decision,
        addressee=row,
        drafted_by=by,
        drafted_at=at,
    )
    _code, made.lookup = fresh(made.uid)
    _compose(made, addition)
    made.save(force_insert=True)
    return made


def _compose(made: Notice, addition: str) -> None:
    row, incident = made.addressee, made.inquiry.incident
    made.measures = amends_side.measures_for(made.inquiry, row.key)
    # A day that is only roughly known is not said as if it were known.
    happened = incident.starts_on if incident.date_precision == "day" else None
    told = compose(outcome=made.decision.outcome, kind=row.kind, language=row.text_language,
                   measures=made.measures, happened=happened).as_data()  # fmt: skip
    if words := addition.strip():
        for form in ("written", "spoken"):
            told[form].insert(3, words)  # type: ignore[attr-defined]
    made.text = {**told, "addition": words}


@transaction.atomic
def redraft(*, by: Person, at: datetime, notice: str, addition: str, reason: str) -> None:
    """Write the text anew from what is decided and offered now. Who rewrites it does not clear it either."""
    viewer = permitted(by, P, at=at)
    found = held_notice(viewer, notice, at)
    if found.state != "draft":
        raise WrongState(_("Send the notice back before it is written anew."), code=notice)
    before = found.text
    _compose(found, addition)
    if before == found.text:
        raise NothingToDo(_("The text would stay as it is."), code=notice)
    _step(found, "redraft", reason, by=by, at=at, before=before)
    found.drafted_by, found.drafted_at = by, at
    found.save(update_fields=["text", "measures", "drafted_by", "drafted_at"])
    note(by=by, verb="redraft_notice", kind="notice", key=notice, at=at)


@transaction.atomic
def clear(*, by: Person, at: datetime, notice: str, reason: str) -> None:
    """Somebody who did not write it reads it and accepts it."""
    viewer = permitted(by, P, at=at)
    found = held_notice(viewer, notice, at)
    _take(found, "clear", by=by, at=at, reason=reason)
    decision = separate(authors(found), str(by.pk), "notice_clearance")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=notice)
    found.cleared_by, found.cleared_at = by, at
    found.save(update_fields=["state", "cleared_by", "cleared_at"])
    note(by=by, verb="clear_notice", kind="notice", key=notice, at=at)


@transaction.atomic
def send_back(*, by: Person, at: datetime, notice: str, reason: str) -> None:
    viewer = permitted(by, P, at=at)
    found = held_notice(viewer, notice, at)
    _take(found, "send_back", by=by, at=at, reason=reason)
    found.cleared_by = found.cleared_at = None
    found.save(update_fields=["state", "cleared_by", "cleared_at"])
    note(by=by, verb="send_back_notice", kind="notice", key=notice, at=at)


@transaction.atomic
def tell(
    *, by: Person, at: datetime, notice: str, channel: str, spoken_language: str, proof: str, witness: str = "none",
    interpreter: bool = False, contacted_at: datetime | None = None, reason: str = "",
) -> None:  # fmt: skip
    """The person was told. Refused against the plan of safe contact, without a judged risk, to anybody but the adviser."""
    viewer = permitted(by, P, at=at)
    found, when = held_notice(viewer, notice, at), contacted_at or at
    _words(channel=channel, spoken_language=spoken_language, proof=proof, witness=witness)
    if vocabulary("contact_channel")[channel].extra.get("unreached"):
        raise Incomplete(_("Say by which way the person was told."), field="channel")
    _take(found, "tell", by=by, at=at, reason=reason or _("Told"), proof=proof)
    if when > at or (found.cleared_at and when < found.cleared_at):
        raise Incomplete(
            _("The contact lies between the clearing of the text and now. Check the time."), field="contacted_at"
        )  # fmt: skip
    verdict = contact_verdict(found.addressee, by=by, channel=channel, at=when)
    if not verdict:
        raise UnsafeContact(verdict.say(language()), code=notice)
    if spoken_language != found.addressee.language and not interpreter:
        raise Incomplete(
            _("The person speaks another language. Take an interpreter, and say so."), field="spoken_language"
        )
    found.channel, found.language, found.proof, found.witness = channel, spoken_language, proof, witness
    found.interpreter, found.contacted_at, found.contacted_by = interpreter, when, by
    found.save(update_fields=["state", "channel", "language", "proof", "witness", "interpreter", "contacted_at",
                              "contacted_by"])  # fmt: skip
    note(by=by, verb="tell", kind="notice", key=notice, at=at, details={"channel": channel, "proof": proof})


def contact_verdict(row: Addressee, *, by: Person, channel: str, at: datetime) -> Verdict:
    """May this person make this contact at that moment?"""
    latest = latest_risk(row)
    judged = RiskJudgement(latest.risk, latest.at) if latest and latest.at <= at else None
    return may_contact(plan_of(row), by=str(by.pk), channel=channel, local=timezone.localtime(at), judged=judged)  # fmt: skip


def plan_of(row: Addressee) -> ContactPlan:
    return ContactPlan(
        channels=frozenset(row.channels), weekdays=frozenset(row.weekdays), from_hour=row.from_hour,
        until_hour=row.until_hour, content=row.content_allowed, survivor=row.survivor,
        adviser=str(row.adviser_id) if row.adviser_id else "",
    )  # fmt: skip


@transaction.atomic
def note_no_contact(
    *, by: Person, at: datetime, inquiry: str, addressee: int, no_contact_reason: str, reason: str,
    contacted_at: datetime | None = None,
) -> str:  # fmt: skip
    """Why this person was not told of the decision, says this person. The code of the notice, made if there is none yet.

    The notice stays owed until somebody else confirms it (`confirm_unreached`). `contacted_at`: for reasons that only the person can give: when it was said. Nobody "declined" who was never asked.
    """
    viewer = permitted(by, P, at=at)
    found = held_inquiry(viewer, inquiry, at)
    row = held_addressee(viewer, found.incident, addressee, at)
    decision = answering(found)
    term = vocabulary("no_contact_reason").check(no_contact_reason)
    if row.adviser_id not in (None, by.pk):
        raise UnsafeContact(Verdict(False, "contact_only_adviser").say(language()))
    if term.extra.get("judged") and not _stopped(row):
        raise Incomplete(
            _("Judge the risk first: a contact is called dangerous only after a no-go."), field="no_contact_reason"
        )  # fmt: skip
    if term.extra.get("contacted") and (contacted_at is None or contacted_at > at):
        raise Incomplete(
            _("Say when the person said so. Nobody declined who was never asked."), field="contacted_at"
        )
    made = Notice.objects.select_for_update(of=("self",)).filter(decision=decision, addressee=row).first()
    made = made or _made(found, decision, row, "", by=by, at=at)
    _take(made, "note_no_contact", by=by, at=at, reason=reason, no_contact_reason=no_contact_reason)
    made.no_contact_reason, made.noted_by, made.noted_at = no_contact_reason, by, at
    if term.extra.get("contacted"):
        made.contacted_at, made.contacted_by = contacted_at, by
    made.save(update_fields=["state", "no_contact_reason", "noted_by", "noted_at", "contacted_at",
                             "contacted_by"])  # fmt: skip
    note(
        by=by,
        verb="note_no_contact",
        kind="notice",
        key=made.code,
        at=at,
        details={"reason": no_contact_reason},
    )
    return made.code


@transaction.atomic
def confirm_unreached(*, by: Person, at: datetime, notice: str, reason: str) -> None:
    """Somebody who neither said so nor recorded the person has read what was tried. From here on the coded reason stands."""
    found = _said(by, notice, at)
    _take(found, "confirm_unreached", by=by, at=at, reason=reason, explanation=reason)
    _second(found, by)
    found.confirmed_by, found.confirmed_at = by, at
    found.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    note(by=by, verb="confirm_unreached", kind="notice", key=notice, at=at,
         details={"reason": found.no_contact_reason})  # fmt: skip


@transaction.atomic
def send_back_claim(*, by: Person, at: datetime, notice: str, reason: str) -> None:
    """Not confirmed: the person is owed the notice as before, and what is still to be tried is said."""
    found = _said(by, notice, at)
    _take(found, "send_back_claim", by=by, at=at, reason=reason, explanation=reason)
    _second(found, by)
    code = found.no_contact_reason
    _as_drafted(found)
    note(by=by, verb="send_back_claim", kind="notice", key=notice, at=at, details={"reason": code})


def _said(by: Person, code: str, at: datetime) -> Notice:
    viewer = permitted(by, Permission.RESPONSES_CONFIRM_UNREACHED, at=at)
    return held_notice(viewer, code, at, reading.as_second(viewer, at=at))


def _second(made: Notice, by: Person) -> None:
    decision = separate(reading.first_hands(made), str(by.pk), "unreached_confirmer")
    if not decision:
        raise SamePersonTwice(decision.say(language()), code=made.code)


def _as_drafted(made: Notice) -> None:
    """Back to a text that somebody reads once more: time has passed."""
    made.no_contact_reason, made.noted_by, made.noted_at = "", None, None
    made.contacted_at = made.contacted_by = made.cleared_by = made.cleared_at = None
    made.confirmed_by = made.confirmed_at = None
    made.save(update_fields=["state", "no_contact_reason", "noted_by", "noted_at", "contacted_at", "contacted_by",
                             "cleared_by", "cleared_at", "confirmed_by", "confirmed_at"])  # fmt: skip


@transaction.atomic
def reopen_notice(*, by: Person, at: datetime, notice: str, trigger: str) -> None:
    """The person was found after all: the text is read once more, and then said."""
    viewer = permitted(by, P, at=at)
    found = held_notice(viewer, notice, at)
    answering(found.inquiry)
    _take(found, "reopen", by=by, at=at, reason=trigger, trigger=trigger)
    _as_drafted(found)
    note(by=by, verb="reopen_notice", kind="notice", key=notice, at=at)


def authors(notice: Notice) -> frozenset[str]:
    """Everybody who wrote at the text."""
    wrote = NoticeStep.objects.filter(notice=notice, verb="redraft").values_list("by_id", "before")
    first = {str(notice.drafted_by_id)} | {str(pk) for pk, _before in wrote}
    drafted = {str(before["drafted_by"]) for _pk, before in wrote if "drafted_by" in before}
    return frozenset(first | drafted)


def _take(notice: Notice, verb: str, *, by: Person, at: datetime, reason: str, **supplied: object) -> None:
    """Check and take the step. Raises IllegalTransition, MissingNeed."""
    transition = NOTICE.check(
        notice.state, verb, {"actor": str(by.pk), "at": at, "reason": reason, **supplied}
    )
    notice.state = transition.target
    _step(notice, verb, reason, by=by, at=at)


def _step(
    notice: Notice, verb: str, reason: str, *, by: Person, at: datetime, before: dict[str, object] | None = None
) -> None:  # fmt: skip
    words = written_words(reason, "reason", _("Write a reason."))
    kept = {**before, "drafted_by": notice.drafted_by_id} if before is not None else {}
    NoticeStep.objects.create(notice=notice, verb=verb, reason=words, before=kept, by=by, at=at)


def _stopped(row: Addressee) -> bool:
    latest = latest_risk(row)
    return latest is not None and not vocabulary("contact_risk")[latest.risk].extra["allows"]


def _words(*, channel: str, spoken_language: str, proof: str, witness: str) -> None:
    vocabulary("contact_channel").check(channel)
    vocabulary("language").check(spoken_language)
    vocabulary("contact_proof").check(proof)
    vocabulary("witness_kind").check(witness)
    if proof == "witness" and witness == "none":
        raise Incomplete(_("Say who the witness was."), field="witness")
    if proof == "code_read":
        raise Incomplete(_("Choose a proof that the person was told."), field="proof")
