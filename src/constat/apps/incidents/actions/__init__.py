"""The verbs of incidents and their only writers. One file per verb, one transaction, one event on the incident.

Every verb takes `by=` (a Person) and `at=`; incidents and reports are named by their codes. A verb asks, in this order:
does this person's post allow the act; may they read the incident; is it in a state for it; does the rule agree.
"""

from constat.apps.incidents.actions.assign import assign
from constat.apps.incidents.actions.attribute import attribute, withdraw_attribution
from constat.apps.incidents.actions.build import build
from constat.apps.incidents.actions.clocks import pause, resume
from constat.apps.incidents.actions.cut import cut
from constat.apps.incidents.actions.describe import describe
from constat.apps.incidents.actions.divide import split_out
from constat.apps.incidents.actions.docket import (
    clear_docket,
    close_to_team,
    find_involvement,
    open_to_team,
    set_docket,
)
from constat.apps.incidents.actions.grade import grade
from constat.apps.incidents.actions.harm import HarmEntry, explain_difference, set_harm
from constat.apps.incidents.actions.link import link
from constat.apps.incidents.actions.merge import merge
from constat.apps.incidents.actions.move import move
from constat.apps.incidents.actions.persons import (
    add_person,
    amend_person,
    remove_person,
    reveal_identity,
)
from constat.apps.incidents.actions.refuse import (
    not_one_event,
    perhaps_one_event,
    reconsider_suggestion,
    refuse_suggestion,
)
from constat.apps.incidents.actions.share import share, unshare
from constat.apps.incidents.actions.sources import add_source, grade_source
from constat.apps.incidents.actions.split import split
from constat.apps.incidents.actions.stages import close, reopen, return_to_open, submit_for_review
from constat.apps.incidents.actions.tell import tell

__all__ = [
    "HarmEntry", "add_person", "add_source", "amend_person", "assign", "attribute", "build", "clear_docket", "close",
    "close_to_team", "cut", "describe", "explain_difference", "find_involvement", "grade", "grade_source", "link", "merge", "move", "not_one_event",
    "open_to_team", "pause",
    "perhaps_one_event", "reconsider_suggestion", "refuse_suggestion", "remove_person", "reopen", "resume",
    "return_to_open", "reveal_identity", "set_docket", "set_harm", "share", "split", "split_out", "submit_for_review", "tell", "unshare",
    "withdraw_attribution",
]  # fmt: skip
