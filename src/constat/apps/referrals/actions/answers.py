"""What came back: receipts, questions, a case opened, a refusal, or silence that somebody noted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.referrals.actions._referral import held, note, permitted, said, step
from constat.apps.referrals.errors import Incomplete
from constat.apps.referrals.models import Answer
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def note_answer(
    *, by: Person, at: datetime, referral: str, kind: str, words: str, said_at: datetime, reference: str = ""
) -> None:
    """Write down an answer. One that settles ends the wait; any other starts it anew, with the days agreed."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    vocabulary("authority_answer").check(kind)
    words = said(
        words, field="words", message=_("Write what the authority answered, or how its silence was noted.")
    )
    if said_at > at:
        raise Incomplete(_("The answer lies in the future. Check the date."), field="said_at")
    settles = bool(vocabulary("authority_answer")[kind].extra["settles"])
    verb = "settle" if settles and row.state == "handed_over" else "note_answer"
    step(row, verb, by=by, at=at, reason=words, answer=kind)
    if row.state == "handed_over":
        row.due_at = at + timedelta(days=row.answer_days)
    else:
        row.due_at = None
    row.save(update_fields=["state", "due_at"])
    Answer.objects.create(
        referral=row, kind=kind, said=words, reference=reference.strip(), said_at=said_at, by=by, at=at
    )
    note(by=by, verb=verb, row=row, at=at, details={"kind": kind})
