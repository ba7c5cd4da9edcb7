"""Who is told, and how they may be reached: the list, the plan of safe contact, the judgement of risk."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident, IncidentReport, PersonHarm
from constat.apps.reports.models import Report
from constat.apps.responses.actions._case import (
    held_addressee,
    held_inquiry,
    language,
    note,
    permitted,
    written_words,
)
from constat.apps.responses.errors import Incomplete, NotAllowed, NothingToDo, NotThere
from constat.apps.responses.models import Addressee, ContactRisk
from constat.rules.permissions import Permission
from constat.rules.speech import LANGUAGES
from constat.rules.visibility import GENERAL, Viewer
from constat.rules.vocabulary import vocabulary

CONTACT = "contact"  # kind of identity in the vault
REPORTER = "reporter"  # vocabulary "addressee_kind"
# What the vault keeps of a plan. Nothing of it stands in a column.
SECRETS = ("name", "phone", "where", "who_may_answer", "cover_reason", "duress_word")


@transaction.atomic
def add_addressee(
    *, by: Person, at: datetime, inquiry: str, kind: str, spoken_language: str, text_language: str = "fr", key: str = "",
    report: str = "", survivor: bool = False, adviser: Person | None = None, channels: Sequence[str] = (),
    weekdays: Sequence[int] = (), from_hour: int = 8, until_hour: int = 18, content_allowed: bool = False,
    contact: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """The number of the addressee within the incident.

    `key`: of the person harmed or the beneficiary; `report`: whose reporter it is. `contact`: SECRETS; it goes to the vault.
    """
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    incident = held_inquiry(viewer, inquiry, at).incident
    vocabulary("addressee_kind").check(kind)
    found = _reported(viewer, incident, report, at) if kind == REPORTER else None
    person = _person_key(key) if key.strip() else None
    row = Addressee(
        incident=incident, kind=kind, key=person, report=found, added_by=by, added_at=at,
        number=(Addressee.objects.filter(incident=incident).aggregate(n=Max("number"))["n"] or 0) + 1,
        compartment=found.compartment if found and found.compartment != GENERAL else incident.compartment,
    )  # fmt: skip
    _not_twice(row)
    _plan(row, spoken_language=spoken_language, text_language=text_language, survivor=survivor or _crsv(row),
          adviser=adviser or (by if _crsv(row) else None), channels=channels, weekdays=weekdays, from_hour=from_hour,
          until_hour=until_hour, content_allowed=content_allowed)  # fmt: skip
    _seal(row, contact, by=by, at=at)
    row.save(force_insert=True)
    note(by=by, verb="add_addressee", kind="incident", key=incident.code, at=at,
         details={"number": row.number, "kind": kind, "sealed": row.contact_key is not None})  # fmt: skip
    return row.number


@transaction.atomic
def set_plan(
    *, by: Person, at: datetime, inquiry: str, addressee: int, spoken_language: str, text_language: str,
    survivor: bool = False, adviser: Person | None = None, channels: Sequence[str] = (), weekdays: Sequence[int] = (),
    from_hour: int = 8, until_hour: int = 18, content_allowed: bool = False, contact: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """How this person may be reached. `contact` replaces what the vault held; None or empty leaves it."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    row = held_addressee(viewer, held_inquiry(viewer, inquiry, at).incident, addressee, at)
    if row.survivor and not survivor:
        raise Incomplete(_("A survivor keeps her adviser. Name another adviser instead."), field="survivor")
    _plan(row, spoken_language=spoken_language, text_language=text_language, survivor=survivor, adviser=adviser,
          channels=channels, weekdays=weekdays, from_hour=from_hour, until_hour=until_hour,
          content_allowed=content_allowed)  # fmt: skip
    _seal(row, contact, by=by, at=at)
    row.save()
    note(
        by=by, verb="set_plan", kind="incident", key=row.incident.code, at=at, details={"number": row.number}
    )


@transaction.atomic
def judge_risk(*, by: Person, at: datetime, inquiry: str, addressee: int, risk: str, reason: str) -> None:
    """Would a contact endanger the person? A no-go is lifted only by whoever protects those who spoke."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, Permission.RESPONSES_PROTECT, at=at)
    row = held_addressee(viewer, held_inquiry(viewer, inquiry, at).incident, addressee, at)
    term = vocabulary("contact_risk").check(risk)
    words = written_words(reason, "reason", _("Write what the judgement rests on."))
    latest = latest_risk(row)
    stopped = latest is not None and not vocabulary("contact_risk")[latest.risk].extra["allows"]
    if stopped and term.extra["allows"] and not viewer.may(Permission.RESPONSES_PROTECT):
        raise NotAllowed(
            _("The contact was stopped. Ask the protection focal point to judge it again."), code=str(row.number)
        )  # fmt: skip
    ContactRisk.objects.create(addressee=row, risk=risk, reason=words, by=by, at=at)
    note(by=by, verb="judge_risk", kind="incident", key=row.incident.code, at=at,
         details={"number": row.number, "risk": risk})  # fmt: skip


def reveal_contact(*, by: Person, at: datetime, inquiry: str, addressee: int, purpose: str) -> dict[str, str]:
    """Name, number, cover reason, duress word: once, for a stated purpose that is in the log before anything is shown."""
    viewer = permitted(by, Permission.RESPONSES_NOTIFY, at=at)
    with transaction.atomic():
        row = held_addressee(viewer, held_inquiry(viewer, inquiry, at).incident, addressee, at)
    if row.adviser_id not in (None, by.pk):
        raise NotAllowed(_("Only the designated person makes contact."))
    key = row.contact_key or (row.report.reporter_key if row.report else None)
    if key is None:
        raise NothingToDo(_("No way of contact is kept for this person."))
    return vault.reveal(key, by=by, viewer=viewer, purpose=purpose, at=at)


def latest_risk(row: Addressee) -> ContactRisk | None:
    return ContactRisk.objects.filter(addressee=row).order_by("-at", "-pk").first()


def _plan(
    row: Addressee, *, spoken_language: str, text_language: str, survivor: bool, adviser: Person | None,
    channels: Sequence[str], weekdays: Sequence[int], from_hour: int, until_hour: int, content_allowed: bool,
) -> None:  # fmt: skip
    vocabulary("language").check(spoken_language)
    for channel in channels:
        vocabulary("contact_channel").check(channel)
    if text_language not in LANGUAGES:
        raise Incomplete(_("Choose French, English or Arabic for the text."), field="text_language")
    if survivor and adviser is None:
        raise Incomplete(_("Name the one adviser who makes contact with a survivor."), field="adviser")
    if survivor and "trusted_person" in channels:
        raise Incomplete(_("A survivor is told by her adviser and through nobody else."), field="channels")
    if not (0 <= from_hour <= 23 and 0 <= until_hour <= 24 and all(0 <= day <= 6 for day in weekdays)):
        raise Incomplete(_("Give hours between 0 and 24 and days of the week."), field="from_hour")
    row.language, row.text_language, row.survivor, row.adviser = (
        spoken_language,
        text_language,
        survivor,
        adviser,
    )
    row.channels, row.weekdays = list(channels), sorted(set(weekdays))
    row.from_hour, row.until_hour, row.content_allowed = from_hour, until_hour, content_allowed


def _seal(row: Addressee, contact: Mapping[str, str] | None, *, by: Person, at: datetime) -> None:
    given = {name: value.strip() for name, value in (contact or {}).items() if value.strip()}
    if unknown := set(given) - set(SECRETS):
        raise Incomplete(_("Not a part of a contact: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    if given:
        row.contact_key = vault.seal(kind=CONTACT, values=given, by=by, at=at, compartment=row.compartment)


def _crsv(row: Addressee) -> bool:
    return row.compartment == "crsv"


def _person_key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        raise Incomplete(_("Choose a person of the list."), field="key") from None


def _reported(viewer: Viewer, incident: Incident, code: str, at: datetime) -> Report:
    """The report, if it is linked to the incident and this person may read it."""
    from_here = IncidentReport.objects.filter(incident=incident, cut_at__isnull=True, report__code=code)
    link = from_here.select_related("report").first()
    if link is None or link.report.compartment not in {GENERAL, *viewer.compartments}:
        raise NotThere(
            _("There is no report %(code)s among those of this incident that you may read.") % {"code": code}
        )
    return link.report


def _not_twice(row: Addressee) -> None:
    same = Addressee.objects.filter(incident=row.incident)
    if (row.key and same.filter(key=row.key).exists()) or (
        row.report and same.filter(report=row.report).exists()
    ):
        raise NothingToDo(_("This person is on the list already."))
    if row.key and row.kind != "beneficiary" and row.kind != "household":
        raise Incomplete(_("A person harmed is told as such, or through the household."), field="kind")


def known_person(incident: Incident, key: uuid.UUID) -> bool:
    return PersonHarm.objects.filter(incident=incident, person_id=key).exists()


__all__ = [
    "SECRETS",
    "add_addressee",
    "judge_risk",
    "known_person",
    "language",
    "latest_risk",
    "reveal_contact",
    "set_plan",
]
