"""The code on a notice and the receipt of a complaint: made as the receipts of reports are, from the record's own number.

Neither is stored: `lookup` finds the record, and whoever may print the notice has the code computed again.
"""

import uuid

from constat.apps.reports import receipts
from constat.apps.reports.models import Receipt
from constat.apps.responses.models import Complaint, Notice


class CodeLost(Exception):
    """No code belongs to the record: the key of this node is not the one it was made with."""


def taken(lookup: str) -> bool:
    """One code leads to one record, whatever kind of record it is."""
    return any(model.objects.filter(lookup=lookup).exists() for model in (Receipt, Notice, Complaint))


def fresh(uid: uuid.UUID) -> tuple[str, str]:
    """(code, lookup) for a record that is being made."""
    for code in receipts.candidates(uid):
        if not taken(found := receipts.lookup(code)):
            return code, found
    raise AssertionError("candidates never end")  # pragma: no cover


def code_of(record: Notice | Complaint) -> str:
    """The code of a record that is there."""
    for attempt, code in enumerate(receipts.candidates(record.uid)):
        if receipts.lookup(code) == record.lookup:
            return code
        if attempt > 8:
            break
    raise CodeLost("The code of this record was made with another key. Bring keys/receipt.key back.")
