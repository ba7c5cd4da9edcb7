"""Two people: one prepared it, another releases it. What is public is never changed; a later version stands beside it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.publication.actions._publication import held, note, permitted, step, two_people
from constat.apps.publication.actions.compose import _check
from constat.apps.publication.errors import Incomplete, WrongState
from constat.apps.publication.models import Correction, Publication
from constat.apps.publication.queries import basis_of
from constat.rules.permissions import Permission
from constat.rules.release import changes, check_words


@transaction.atomic
def send_back(*, by: Person, at: datetime, publication: str, reason: str) -> None:
    """More is to be done; the reason says what. The frozen files are thrown away."""
    viewer = permitted(by, Permission.PUBLICATION_RELEASE, at)
    row = held(viewer, publication, at)
    step(row, "send_back", by=by, at=at, reason=reason)
    _thaw(row)
    note(by=by, verb="send_back", key=row.code, at=at)


def publish(*, by: Person, at: datetime, publication: str, reason: str) -> None:
    """Release it. A version that changes published numbers becomes a public correction, with this reason, number by number."""
    try:
        with transaction.atomic():
            _publish(by, at, publication, reason)
    except IntegrityError as error:
        raise WrongState(
            _("Another version of this was released at the same moment. Look at it first.")
        ) from error


def _publish(by: Person, at: datetime, publication: str, reason: str) -> None:
    viewer = permitted(by, Permission.PUBLICATION_RELEASE, at)
    row = held(viewer, publication, at)
    two_people(row.prepared_by_id, by, "export_release", row.code)
    if row.kind == "statement" and row.state == "review" and row.incident is not None:
        # A fact taken back, or a decision reopened, since it was frozen keeps the statement in.
        _check(
            row.statement,
            [one.fact for one in row.sentences.select_related("fact")],
            basis_of(row.incident).outcome,
        )
    step(row, "publish", by=by, at=at, reason=reason, content=row.checksum)
    if row.earlier:
        check_words([reason], of_ours=True)  # it is read in public beside what it corrects
    count = _correct(row, by, at, reason) if row.earlier else 0
    row.released_by, row.released_at = by, at
    row.save()
    note(by=by, verb="publish", key=row.code, at=at, details={"checksum": row.checksum, "corrections": count})


def _correct(row: Publication, by: Person, at: datetime, reason: str) -> int:
    assert row.earlier is not None  # noqa: S101
    earlier = Publication.objects.select_for_update().get(pk=row.earlier.pk)
    if earlier.state != "released":
        raise WrongState(
            _("The version it replaces is no longer the one that stands. Begin anew."), code=earlier.code
        )
    if row.kind == "statement":
        found = [("text", earlier.code, row.code)]
    else:
        found = [
            (one.name, one.before or "", one.after or "") for one in changes(_numbers(earlier), _numbers(row))
        ]
    for what, before, after in found:
        Correction.objects.create(
            publication=row,
            earlier=earlier,
            what=what,
            before=before,
            after=after,
            reason=reason.strip(),
            at=at,
        )
    step(earlier, "supersede", by=by, at=at, reason=reason)
    earlier.ended_at, earlier.ended_reason = at, reason.strip()
    earlier.save(update_fields=["state", "ended_at", "ended_reason"])
    return len(found)


def _numbers(row: Publication) -> dict[str, str]:
    return {one["name"]: str(one.get("value", one.get("cell", ""))) for one in row.figures}


@transaction.atomic
def stop(*, by: Person, at: datetime, publication: str, reason: str) -> None:
    """It would endanger somebody: a draft again, or, if it was public, withdrawn. The reason is public in the second case."""
    viewer = permitted(by, Permission.PUBLICATION_STOP, at)
    row = held(viewer, publication, at)
    step(row, "stop", by=by, at=at, reason=reason)
    if row.state == "draft":
        _thaw(row)
    else:
        row.ended_at, row.ended_reason = at, _("Withdrawn for the safety of people.")
        row.save(update_fields=["state", "ended_at", "ended_reason"])
    note(by=by, verb="stop", key=row.code, at=at)


@transaction.atomic
def withdraw(*, by: Person, at: datetime, publication: str, reason: str, public_reason: str = "") -> None:
    """A draft is given up; a released one stays listed with `public_reason`."""
    viewer = permitted(by, Permission.PUBLICATION_READ, at)
    row = held(viewer, publication, at)
    needed = Permission.PUBLICATION_DRAFT if row.state == "draft" else Permission.PUBLICATION_RELEASE
    permitted(by, needed, at)
    if row.released_at and not public_reason.strip():
        raise Incomplete(_("Write what the public is told about the withdrawal."), field="public_reason")
    check_words([public_reason], of_ours=True)
    step(row, "withdraw", by=by, at=at, reason=reason)
    row.ended_at, row.ended_reason = at, public_reason.strip()
    row.save(update_fields=["state", "ended_at", "ended_reason"])
    note(by=by, verb="withdraw", key=row.code, at=at)


def _thaw(row: Publication) -> None:
    row.files.all().delete()
    row.checksum, row.figures, row.as_of = "", [], None
    row.save()
