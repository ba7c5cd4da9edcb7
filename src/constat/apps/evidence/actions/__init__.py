"""The verbs of evidence: the only writers."""

from constat.apps.evidence.actions.copies import copy, redact, second_look
from constat.apps.evidence.actions.custody import ENTERED, copies_left, hand_over, hold, lift_hold
from constat.apps.evidence.actions.deposit import deposit
from constat.apps.evidence.actions.interviews import (
    Yes,
    consent,
    interview,
    read,
    reveal,
    weigh_risk,
    withdraw_consent,
)
from constat.apps.evidence.actions.opening import look, open_original
from constat.apps.evidence.actions.sharing import link, share, share_interview

__all__ = [
    "ENTERED",
    "Yes",
    "consent",
    "copies_left",
    "copy",
    "deposit",
    "hand_over",
    "hold",
    "interview",
    "lift_hold",
    "link",
    "look",
    "open_original",
    "read",
    "redact",
    "reveal",
    "second_look",
    "share",
    "share_interview",
    "weigh_risk",
    "withdraw_consent",
]
