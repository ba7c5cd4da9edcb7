"""The verbs of amends: the only writers."""

from constat.apps.amends.actions.admissions import admit, end_admission
from constat.apps.amends.actions.elsewhere import confirm_settled, send_back_claim
from constat.apps.amends.actions.funds import (
    close_fund,
    open_fund,
    reverse_funding,
    set_band,
    set_rate,
    top_up,
)
from constat.apps.amends.actions.offers import (
    ContactDraft,
    HandOver,
    answer,
    certify,
    deliver,
    give_up,
    reverse_delivery,
    review_appeal,
    take_back,
)
from constat.apps.amends.actions.propose import (
    PayeeDraft,
    Terms,
    hold_back,
    propose,
    settled_elsewhere,
    take_up,
)

__all__ = [
    "ContactDraft",
    "HandOver",
    "PayeeDraft",
    "Terms",
    "admit",
    "answer",
    "certify",
    "close_fund",
    "confirm_settled",
    "deliver",
    "end_admission",
    "give_up",
    "hold_back",
    "open_fund",
    "propose",
    "reverse_delivery",
    "reverse_funding",
    "review_appeal",
    "send_back_claim",
    "set_band",
    "set_rate",
    "settled_elsewhere",
    "take_back",
    "take_up",
    "top_up",
]
