"""What those harmed are owed after a decision: a notice, a way to complain, a second look, a visit later, a claim in time.

Two tables of states (a notice, a complaint) and the arithmetic around them. None of the numbers is a regulation, except
the two of A/RES/52/247: six months from the damage or its discovery, one year after the end of the mandate.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from constat.rules.decision import Decision
from constat.rules.permissions import Permission
from constat.rules.speech import RuleError, Sentence
from constat.rules.vocabulary import Term, vocabulary
from constat.rules.workflow import Workflow, step

_NOTIFY, _COMPLAINT, _REVIEW = (
    Permission.RESPONSES_NOTIFY,
    Permission.RESPONSES_COMPLAINT,
    Permission.RESPONSES_REVIEW,
)
_SECOND = Permission.RESPONSES_CONFIRM_UNREACHED

NOTICE = Workflow(
    name="notice",
    states=vocabulary("notice_state"),
    initial="draft",
    starts=(),
    final=frozenset({"told", "not_told"}),
    transitions=(
        step("draft", "clear", "cleared", _NOTIFY),
        step("cleared", "send_back", "draft", _NOTIFY),
        step("cleared", "tell", "told", _NOTIFY, "proof"),
        # Somebody who cannot be reached need not wait for a text to be cleared.
        step("draft", "note_no_contact", "unreached", _NOTIFY, "no_contact_reason"),
        step("cleared", "note_no_contact", "unreached", _NOTIFY, "no_contact_reason"),
        # One person's word ends nothing: a second one reads what was tried.
        step("unreached", "confirm_unreached", "not_told", _SECOND, "explanation"),
        step("unreached", "send_back_claim", "draft", _SECOND, "explanation"),
        step("unreached", "reopen", "draft", _NOTIFY, "trigger"),
        # Found at last: the text is read once more, time has passed.
        step("not_told", "reopen", "draft", _NOTIFY, "trigger"),
    ),
)

COMPLAINT = Workflow(
    name="complaint",
    states=vocabulary("complaint_state"),
    initial="received",
    starts=("answer_complaint",),
    final=frozenset({"answered", "withdrawn"}),
    transitions=(
        step("received", "take", "under_review", _REVIEW),
        # The clock goes on: the person does not wait longer because a reviewer stepped aside.
        step("under_review", "step_aside", "received", _REVIEW),
        step("under_review", "answer", "answered", _REVIEW, "complaint_outcome", "explanation"),
        step("received", "withdraw", "withdrawn", _COMPLAINT),
        step("under_review", "withdraw", "withdrawn", _COMPLAINT),
        step("answered", "reopen", "received", _COMPLAINT, "trigger", clock="answer_complaint"),
        step("withdrawn", "reopen", "received", _COMPLAINT, "trigger", clock="answer_complaint"),
    ),
)


class AnswerError(RuleError):
    """The tree of this module."""


class DaysOutOfOrder(AnswerError):
    """A discovery before the damage, or an end before a beginning."""


# Safe contact -----------------------------------------------------------------------------------------------------

# A judgement of risk is about the days ahead, not about the person for ever [default of the product].
RISK_HOLDS = timedelta(hours=72)


@dataclass(frozen=True)
class ContactPlan:
    """What the person allowed. `channels` empty: none but in person. Hours are those of the place, 0 to 23; `until` is
    not included; equal hours mean the whole day. `weekdays`: Monday 0; empty: any. `adviser`: key of the only person who
    makes contact. `content`: words may be left where others could read or hear them."""

    channels: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    from_hour: int = 8
    until_hour: int = 18
    content: bool = False
    survivor: bool = False
    adviser: str = ""


@dataclass(frozen=True)
class RiskJudgement:
    """`risk`: code of `contact_risk`, judged at that moment."""

    risk: str
    at: datetime


def may_contact(
    plan: ContactPlan, *, by: str, channel: str, local: datetime, judged: RiskJudgement | None
) -> Decision:
    """May this person make this contact now? The first line that refuses decides. `local`: the time where the person is."""
    way = vocabulary("contact_channel").check(channel)
    if plan.survivor and not plan.adviser:
        return Decision(False, "contact_no_adviser")
    if plan.adviser and plan.adviser != by:
        return Decision(False, "contact_only_adviser")
    if way.extra.get("unreached"):
        # The person comes with the code; nobody goes anywhere.
        return Decision(True, "contact_safe", channel)
    if judged is None or local - judged.at > RISK_HOLDS:
        return Decision(False, "contact_risk_not_judged", facts={"hours": _hours(RISK_HOLDS)})
    if not vocabulary("contact_risk")[judged.risk].extra["allows"]:
        return Decision(False, "contact_risk_no_go")
    return _channel_and_hour(plan, way, local)


def _channel_and_hour(plan: ContactPlan, way: Term, local: datetime) -> Decision:
    allowed = plan.channels or frozenset({"in_person"})
    if way.code not in allowed:
        words = vocabulary("contact_channel")
        return Decision(
            False,
            "contact_channel_refused",
            facts={"channel": way, "allowed": tuple(words[code] for code in words if code in allowed)},
        )
    if way.extra["content"] and not plan.content:
        return Decision(False, "contact_no_content", facts={"channel": way})
    if not in_window(plan, local):
        return Decision(
            False,
            "contact_outside_window",
            facts={"from": f"{plan.from_hour:02}:00", "until": f"{plan.until_hour:02}:00"},
        )
    return Decision(True, "contact_safe", way.code)


def in_window(plan: ContactPlan, local: datetime) -> bool:
    """A window may go over midnight; its day is then the day on which it began."""
    begin, end, hour = plan.from_hour, plan.until_hour, local.hour
    day = local.weekday()
    if begin < end:
        open_now = begin <= hour < end
    else:
        open_now = begin == end or hour >= begin or hour < end
        day = (day - 1) % 7 if begin != end and hour < end else day
    return open_now and (not plan.weekdays or day in plan.weekdays)


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)


# Closing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """Somebody who is owed an answer: `who` in words that name nobody; `settled`: told, or a coded reason why not that two
    people stand for. `said`: one person gave the reason, and nobody has confirmed it yet."""

    who: object
    settled: bool
    said: bool = False


def gaps(
    owed: Iterable[Owed],
    open_offers: Iterable[str],
    *,
    claimed: Iterable[str] = (),
    unanswered: Iterable[Term] = (),
    hidden: int = 0,
    nobody: bool = False,
) -> tuple[Sentence, ...]:
    """What still stands between a case and its end, each with what to do next. Empty: it may be closed.

    `hidden`: people of closed compartments who wait for their adviser. `nobody`: harm was found, and nobody of those harmed
    is on the list. `unanswered`: harms for which nothing was offered and no coded reason says why. `claimed`: codes of what one
    person says another payer settled.
    """
    found = [
        Sentence("gap_unconfirmed" if one.said else "gap_notice", {"who": one.who})
        for one in owed
        if not one.settled
    ]
    found += [Sentence("gap_offer", {"offer": code}) for code in open_offers]
    found += [Sentence("gap_claim", {"offer": code}) for code in claimed]
    found += [Sentence("gap_harm", {"harm": harm}) for harm in unanswered]
    if hidden:
        found.append(Sentence("gap_hidden", {"n": hidden}))
    if nobody:
        found.append(Sentence("gap_nobody"))
    return tuple(found)


# Follow-up --------------------------------------------------------------------------------------------------------

FOLLOW_UP_DAYS = (30, 180)  # [default of the product]


@dataclass(frozen=True)
class FollowUpDue:
    days: int
    due: date


def follow_ups(start: date, done: Collection[int] = ()) -> tuple[FollowUpDue, ...]:
    """The visits after a delivery or a notice on `start` that nobody has made yet."""
    return tuple(
        FollowUpDue(days, start + timedelta(days=days)) for days in FOLLOW_UP_DAYS if days not in done
    )


# Limitation of claims ----------------------------------------------------------------------------------------------

CLAIM_MONTHS = 6  # A/RES/52/247, paragraph 8
AFTER_MANDATE_MONTHS = 12  # the same: in any event
REMINDERS = (90, 30, 7)  # days before the last day [default of the product]


class LimitationState(StrEnum):
    RUNNING = "running"
    REMINDER = "reminder"
    ENDED = "ended"
    FILED = "filed"
    EXCEPTED = "excepted"


@dataclass(frozen=True)
class Limitation:
    """The last day on which a claim is in time, and which of the two limits sets it ("discovery", "mandate").

    `exception`: a written reason for which a later claim is accepted; the arithmetic does not change with it.
    """

    six_months: date
    after_mandate: date | None
    exception: str = field(default="")

    @property
    def last_day(self) -> date:
        return min(self.six_months, self.after_mandate) if self.after_mandate else self.six_months

    @property
    def set_by(self) -> str:
        return "mandate" if self.last_day != self.six_months else "discovery"

    def in_time(self, filed: date) -> bool:
        return filed <= self.last_day or bool(self.exception.strip())

    def state(self, today: date, filed: date | None = None) -> LimitationState:
        if filed is not None and self.in_time(filed):
            return LimitationState.FILED
        if self.exception.strip():
            return LimitationState.EXCEPTED
        if today > self.last_day:
            return LimitationState.ENDED
        return LimitationState.RUNNING if self.reminder(today) is None else LimitationState.REMINDER

    def reminder(self, today: date) -> int | None:
        """The nearest reminder that is due (90, 30, 7), None before the first and after the last day."""
        left = (self.last_day - today).days
        return min((days for days in REMINDERS if 0 <= left <= days), default=None)


def add_months(day: date, months: int) -> date:
    """The day of the same number; the last day of the month where there is none (31 August + 6: end of February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def limitation(
    damage: date, *, discovered: date | None = None, mandate_ends: date | None = None, exception: str = ""
) -> Limitation:
    """When a claim runs out. `discovered`: when the person learned of the damage, if later than the damage itself."""
    if discovered is not None and discovered < damage:
        raise DaysOutOfOrder("discovery_before_damage", damage=damage, discovered=discovered)
    after = add_months(mandate_ends, AFTER_MANDATE_MONTHS) if mandate_ends else None
    return Limitation(add_months(discovered or damage, CLAIM_MONTHS), after, exception)
