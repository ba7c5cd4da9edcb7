"""The verbs of responses and their only writers. One transaction and one event each.

Every verb takes `by=` and `at=`; inquiries, notices and complaints are named by their codes, an addressee by the number
within the incident. A verb asks, in this order: does this person's post allow the act; may they read the record; is it in a
state for it; does the rule agree.
"""

from constat.apps.responses.actions.acknowledge import acknowledge
from constat.apps.responses.actions.addressees import add_addressee, judge_risk, reveal_contact, set_plan
from constat.apps.responses.actions.claims import except_claim, file_claim, set_limit
from constat.apps.responses.actions.close import close_case
from constat.apps.responses.actions.complaints import (
    answer,
    carry_out,
    complain,
    relate,
    reopen,
    reveal_complainant,
    step_aside,
    take,
    withdraw,
)
from constat.apps.responses.actions.follow_ups import end_flag, record_visit, take_flag
from constat.apps.responses.actions.notices import (
    clear,
    confirm_unreached,
    draft,
    note_no_contact,
    redraft,
    reopen_notice,
    send_back,
    send_back_claim,
    tell,
)
from constat.apps.responses.actions.plan import end_line, plan, raise_lesson
from constat.apps.responses.actions.tracks import add_step, open_track

__all__ = [
    "acknowledge", "add_addressee", "add_step", "answer", "carry_out", "clear", "close_case", "complain", "confirm_unreached", "draft",
    "end_flag",
    "end_line", "except_claim", "file_claim", "judge_risk", "note_no_contact", "open_track", "plan", "raise_lesson",
    "record_visit", "redraft", "relate", "reopen", "reopen_notice", "reveal_complainant", "reveal_contact", "send_back",
    "send_back_claim",
    "set_limit", "set_plan", "step_aside", "take", "take_flag", "tell", "withdraw",
]  # fmt: skip
