"""Facts that may be said: proposed by one, cleared by another, taken back when they no longer hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.queries import get as get_incident
from constat.apps.publication.actions._publication import note, permitted, two_people
from constat.apps.publication.errors import Incomplete, NotFound, WrongState
from constat.apps.publication.models import Fact
from constat.apps.publication.queries import basis_of, readable_facts
from constat.rules.permissions import Permission
from constat.rules.release import check_fact
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary

SERIES = "F"


@transaction.atomic
def propose_fact(
    *,
    by: Person,
    at: datetime,
    incident: str,
    kind: str,
    texts: Mapping[str, str],
    references: Sequence[str] = (),
) -> str:
    """A sentence in three languages, with the records it rests on. Returns its code.

    A denial is refused already here: nobody should write one that cannot be cleared.
    """
    viewer = permitted(by, Permission.PUBLICATION_DRAFT, at)
    vocabulary("fact_kind").check(kind)
    try:
        case = get_incident(viewer, incident, at=at)
    except IncidentNotFound as error:
        raise NotFound(str(error), code=incident) from error
    said = {language: texts.get(language, "").strip() for language in ("fr", "en", "ar")}
    cited = [one.strip() for one in references if one.strip()]
    check_fact(kind, said, basis_of(case), cited)
    row = Fact.objects.create(
        code=next_code(SERIES, at.year), incident=case, kind=kind, text_fr=said["fr"], text_en=said["en"], text_ar=said["ar"],
        references=cited, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    note(
        by=by,
        verb="propose_fact",
        key=row.code,
        kind="fact",
        at=at,
        details={"incident": case.code, "kind": kind},
    )
    return row.code


@transaction.atomic
def clear_fact(*, by: Person, at: datetime, fact: str) -> None:
    """A second person looked at the sentence and at what it rests on, as it stands today."""
    viewer = permitted(by, Permission.PUBLICATION_CLEAR, at)
    row = _held(viewer, fact, at)
    if row.cleared_at or row.withdrawn_at:
        raise WrongState(_("%(code)s was cleared or taken back already.") % {"code": fact}, code=fact)
    two_people(row.proposed_by_id, by, "fact_clearing", fact)
    texts = {"fr": row.text_fr, "en": row.text_en, "ar": row.text_ar}
    check_fact(row.kind, texts, basis_of(row.incident), row.references)
    row.cleared_by, row.cleared_at = by, at
    row.save(update_fields=["cleared_by", "cleared_at"])
    note(by=by, verb="clear_fact", key=row.code, kind="fact", at=at)


@transaction.atomic
def withdraw_fact(*, by: Person, at: datetime, fact: str, reason: str) -> None:
    """It no longer holds, or never did. Statements that said it stay as they are; a correction says so in public."""
    viewer = permitted(by, Permission.PUBLICATION_CLEAR, at)
    row = _held(viewer, fact, at)
    if row.withdrawn_at:
        raise WrongState(_("%(code)s was cleared or taken back already.") % {"code": fact}, code=fact)
    if not reason.strip():
        raise Incomplete(_("Write a reason."), field="reason")
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, at, reason.strip()
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    note(by=by, verb="withdraw_fact", key=row.code, kind="fact", at=at)


def _held(viewer: Viewer, code: str, at: datetime) -> Fact:
    found = (
        Fact.objects.select_for_update(of=("self",))
        .filter(pk__in=readable_facts(viewer, at=at).values("pk"), code=code)
        .select_related("incident")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no fact %(code)s among those you may read.") % {"code": code}, code=code)
    return found
