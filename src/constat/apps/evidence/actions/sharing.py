"""Who else reads an item or an interview, and which other records an item bears on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.evidence import subjects
from constat.apps.evidence.actions._item import found_subject, held, needed, note, permitted
from constat.apps.evidence.errors import Incomplete, ItemNotFound, NothingToDo
from constat.apps.evidence.models import Interview, InterviewGrant, ItemGrant, ItemLink
from constat.rules.permissions import Permission
from constat.rules.separation import require_separate
from constat.rules.vocabulary import vocabulary


@transaction.atomic
def link(*, by: Person, at: datetime, item: str, subject: subjects.Subject, reason: str) -> None:
    """The same item bears on another record too. Its bytes are stored once; its doors stay those of the first record."""
    viewer = permitted(by, Permission.EVIDENCE_DEPOSIT, at)
    found = held(viewer, item, at)
    other = found_subject(viewer, subject, at)
    reason = needed(reason, _("Write what the item shows about it."), "reason")
    here = (found.subject_type, found.subject_key) == (other.type, other.code)
    if here or ItemLink.objects.filter(item=found, subject_type=other.type, subject_key=other.code).exists():
        raise NothingToDo(
            _("%(code)s is linked to %(other)s already.") % {"code": item, "other": other.code}, code=item
        )
    ItemLink.objects.create(item=found, subject_type=other.type, subject_key=other.code, reason=reason, linked_by=by,
                            linked_at=at)  # fmt: skip
    note(by=by, verb="link", at=at, code=item, details={"subject": other.code})


@transaction.atomic
def share(*, by: Person, at: datetime, item: str, reason: str, until: datetime | None = None,
          person: Person | None = None, section: str = "") -> None:  # fmt: skip
    """Open one item, its media included, to a person or a section. It never opens a compartment."""
    viewer = permitted(by, Permission.ACCESS_GRANT, at)
    found = held(viewer, item, at)
    given = _grant(by, at, reason, until, person, section)
    ItemGrant.objects.create(item=found, **given)
    note(by=by, verb="share", at=at, code=item, details={"to": str(person.pk) if person else section})


@transaction.atomic
def share_interview(*, by: Person, at: datetime, interview: str, reason: str, until: datetime | None = None,
                    person: Person | None = None, section: str = "") -> None:  # fmt: skip
    """Open one interview. By whoever may give leave and reads the record it hangs on: they need not have read it."""
    viewer = permitted(by, Permission.ACCESS_GRANT, at)
    found = Interview.objects.select_for_update().filter(code=interview).first()
    if found is None or subjects.find(viewer, (found.subject_type, found.subject_key), at=at) is None:
        raise ItemNotFound(_("There is no interview %(code)s among those you may open to others.") % {"code": interview},
                           code=interview)  # fmt: skip
    InterviewGrant.objects.create(interview=found, **_grant(by, at, reason, until, person, section))
    note(by=by, verb="share_interview", at=at, code=interview, kind="interview",
         details={"to": str(person.pk) if person else section})  # fmt: skip


def _grant(by: Person, at: datetime, reason: str, until: datetime | None, person: Person | None,
           section: str) -> dict[str, object]:  # fmt: skip
    if (person is None) == (not section):
        raise Incomplete(_("Choose a person or a section, one of the two."), field="person")
    if section:
        vocabulary("section").check(section)
    if person is not None:
        require_separate([str(person.pk)], str(by.pk), "grant_self")
    if until is not None and until <= at:
        raise Incomplete(_("The end lies in the past. Choose a later day."), field="until")
    reason = needed(reason, _("Write why this reader needs it."), "reason")
    return {
        "person": person,
        "section": section,
        "reason": reason,
        "granted_by": by,
        "starts_at": at,
        "ends_at": until,
    }
