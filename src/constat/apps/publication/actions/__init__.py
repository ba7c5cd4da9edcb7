"""The verbs of publication and their only writers."""

from constat.apps.publication.actions.compose import (
    begin,
    begin_statement,
    compose_now,
    revise,
    submit_for_review,
)
from constat.apps.publication.actions.facts import clear_fact, propose_fact, withdraw_fact
from constat.apps.publication.actions.release import publish, send_back, stop, withdraw

__all__ = [
    "begin", "begin_statement", "clear_fact", "compose_now", "propose_fact", "publish", "revise", "send_back", "stop",
    "submit_for_review", "withdraw", "withdraw_fact",
]  # fmt: skip
