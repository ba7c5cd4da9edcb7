"""The verbs of operations: the only writers of its tables."""

from constat.apps.operations.actions.load import Loaded, Received, load, log_many
from constat.apps.operations.actions.logs import log_missing, log_received, withdraw_log
from constat.apps.operations.actions.record import amend, record, withdraw

__all__ = [
    "Loaded",
    "Received",
    "amend",
    "load",
    "log_many",
    "log_missing",
    "log_received",
    "record",
    "withdraw",
    "withdraw_log",
]
