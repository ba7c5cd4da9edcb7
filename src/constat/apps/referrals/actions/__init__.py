"""The verbs of referrals and their only writers."""

from constat.apps.referrals.actions.answers import note_answer
from constat.apps.referrals.actions.consent import record_consent, withdraw_consent
from constat.apps.referrals.actions.hand import Writing, hand_over, write_bag
from constat.apps.referrals.actions.prepare import Choice, Terms, amend, choose, prepare
from constat.apps.referrals.actions.stages import (
    approve,
    close,
    judge_risk,
    send_back,
    stop,
    submit_for_review,
    withdraw,
)

__all__ = [
    "Choice", "Terms", "Writing", "amend", "approve", "choose", "close", "hand_over", "judge_risk", "note_answer", "prepare",
    "record_consent", "send_back", "stop", "submit_for_review", "withdraw", "withdraw_consent", "write_bag",
]  # fmt: skip
