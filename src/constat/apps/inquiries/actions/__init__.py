"""The verbs of inquiries and their only writers. One transaction and one event on the inquiry each.

Every verb takes `by=` (a Person) and `at=`; inquiries, incidents and dockets are named by their codes. A verb asks, in this
order: does this person's post allow the act; may they read the inquiry; is it in a state for it; does the rule agree.
"""

from constat.apps.inquiries.actions.assess import assess, dissent, submit_to_decision
from constat.apps.inquiries.actions.clocks import extend, pause, resume
from constat.apps.inquiries.actions.conduct import (
    close_docket,
    notify_contributor,
    open_conduct_investigation,
    open_docket,
    reopen_docket,
    report_outcome,
    write_letter,
)
from constat.apps.inquiries.actions.decide import decide, reopen, workers
from constat.apps.inquiries.actions.ending import close, settle_response
from constat.apps.inquiries.actions.investigate import (
    add_finding,
    add_task,
    declare,
    finish_task,
    name_investigator,
    plan,
    preserve,
    progress,
    protect,
    release_investigator,
    submit_findings,
    withdraw_finding,
)
from constat.apps.inquiries.actions.opening import assign, open_inquiry
from constat.apps.inquiries.actions.review import (
    investigate_at_once,
    name_unit,
    open_assessment,
    propose_closure,
    search_operations,
    strike_unit,
)

__all__ = [
    "add_finding", "add_task", "assess", "assign", "close", "close_docket", "decide", "declare", "dissent", "extend",
    "finish_task", "investigate_at_once", "name_investigator", "name_unit", "notify_contributor", "open_assessment",
    "open_conduct_investigation", "open_docket", "open_inquiry", "pause", "plan", "preserve", "progress", "propose_closure",
    "protect", "release_investigator", "reopen", "reopen_docket", "report_outcome", "resume", "search_operations",
    "settle_response", "strike_unit", "submit_findings", "submit_to_decision", "withdraw_finding", "workers", "write_letter",
]  # fmt: skip
