"""Interviews and consents. Who spoke goes to the vault, what was said is sealed, what they agreed to is written purpose by purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access import vault
from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.evidence import subjects, words
from constat.apps.evidence.actions._item import found_subject, held, held_interview, needed, note, permitted
from constat.apps.evidence.errors import Incomplete, NotAllowed, NothingToDo
from constat.apps.evidence.models import Interview, InterviewConsent, InterviewRisk
from constat.apps.evidence.queries import get_interview, root_of
from constat.rules.consent import NAMED
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

SERIES = "V"
LEAST = 3  # an interview is never more open than L3: who spoke to whom is what costs lives


@dataclass(frozen=True)
class Yes:
    """One purpose a person agreed to; `recipient` where something leaves the mission for somebody."""

    purpose: str
    recipient: str = ""


@transaction.atomic
def interview(
    *, by: Person, at: datetime, subject: subjects.Subject, form: str, held_at: datetime, language: str, setting: str,
    risk_before: str, risk_after: str, summary: str, conditions: Sequence[str] = (), source_type: str = "unknown",
    persons: int = 1, sex: str = "unknown", age_band: str = "unknown", interpreter: bool = False,
    identity: dict[str, str] | None = None, protection_plan: str = "", consents: Sequence[Yes] = (),
    consent_method: str = "spoken",
) -> str:  # fmt: skip
    """Record an interview. Returns its code (V-...). No consent is assumed: what is not in `consents` is a no.

    summary: in words, sealed. identity: name, contact ...; kept in the vault; empty when the person stays unknown.
    A high or extreme risk needs a protection plan. Raises Incomplete, ItemNotFound, NotAllowed.
    """
    viewer = permitted(by, Permission.EVIDENCE_INTERVIEW, at)
    if int(viewer.ceiling) < LEAST:
        raise NotAllowed(
            _("An interview is L3 and your post does not reach it: you could not read it again. Ask an investigator or a"
              " human rights officer to record it.")
        )  # fmt: skip
    found = found_subject(viewer, subject, at)
    _check_words(form, setting, conditions, source_type, sex, age_band, risk_before, risk_after, language)
    summary = needed(summary, _("Write what was said, in your words. It is sealed."), "summary")
    if held_at > at:
        raise Incomplete(_("The interview lies in the future. Check the date."), field="held_at")
    if (form == "group") != (persons > 1):
        raise Incomplete(_("A group has at least two persons; any other interview has one."), field="persons")
    if vocabulary("protection_risk")[risk_after].rank >= 2 and not protection_plan.strip():  # type: ignore[operator]
        raise Incomplete(
            _("The risk is high: write what is done to protect the person."), field="protection_plan"
        )
    code = next_code(SERIES, at.year)
    spoken = {name: value.strip() for name, value in (identity or {}).items() if value.strip()}
    key = (
        vault.seal(kind="source", values=spoken, by=by, at=at, compartment=found.compartment)
        if spoken
        else None
    )
    row = Interview.objects.create(
        code=code, subject_type=found.type, subject_key=found.code, form=form, source_type=source_type, persons=persons,
        sex=sex if form != "group" else "unknown", age_band=age_band if form != "group" else "unknown", held_at=held_at,
        language=language, interpreter=interpreter, setting=setting, conditions=sorted(set(conditions)),
        risk_before=risk_before, risk_after=risk_after, identity_key=key, recorded_at=at, recorded_by=by,
        office=found.office, compartment=found.compartment, sensitivity=max(LEAST, found.sensitivity),
        sealed=words.seal({"summary": summary, "protection_plan": protection_plan.strip()}, place=f"interview {code}"),
    )  # fmt: skip
    for yes in consents:
        _check_yes(yes)
        InterviewConsent.objects.create(interview=row, purpose=yes.purpose, recipient=yes.recipient.strip(),
                                        method=consent_method, language=language, given_at=held_at, recorded_at=at,
                                        recorded_by=by)  # fmt: skip
    note(by=by, verb="interview", at=at, code=code, kind="interview",
         details={"subject": found.code, "form": form, "consents": sorted(yes.purpose for yes in consents)})  # fmt: skip
    return code


def _check_words(form: str, setting: str, conditions: Sequence[str], source_type: str, sex: str, age_band: str,
                 risk_before: str, risk_after: str, language: str) -> None:  # fmt: skip
    for name, code in (("interview_form", form), ("interview_setting", setting), ("source_type", source_type),
                       ("sex", sex), ("age_band", age_band), ("protection_risk", risk_before),
                       ("protection_risk", risk_after), ("language", language),
                       *(("interview_condition", one) for one in conditions)):  # fmt: skip
        vocabulary(name).check(code)


def _check_yes(yes: Yes) -> None:
    vocabulary("consent_purpose").check(yes.purpose)
    if yes.purpose in NAMED and not yes.recipient.strip():
        raise Incomplete(_("Name the body or court the person agreed to."), field="recipient")


@transaction.atomic
def consent(*, by: Person, at: datetime, record: str, purpose: str, method: str, recipient: str = "", language: str = "",
            given_at: datetime | None = None) -> None:  # fmt: skip
    """A yes about an item (E-...) or an interview (V-...), for one purpose. Consents of a copy are those of its original."""
    yes = Yes(purpose, recipient)
    _check_yes(yes)
    vocabulary("consent_method").check(method)
    if given_at and given_at > at:
        raise Incomplete(_("That moment lies in the future. Check the date."), field="given_at")
    kind, holder, rows = _consents(by, record, at)
    if rows.filter(purpose=purpose, recipient=recipient.strip(), withdrawn_at__isnull=True).exists():
        raise NothingToDo(_("This consent is on record already."), code=record)
    rows.create(purpose=purpose, recipient=recipient.strip(), method=method, language=language,
                given_at=given_at or at, recorded_at=at, recorded_by=by)  # fmt: skip
    note(
        by=by,
        verb="consent",
        at=at,
        code=holder,
        kind=kind,
        details={"purpose": purpose, "recipient": recipient},
    )


@transaction.atomic
def withdraw_consent(*, by: Person, at: datetime, record: str, purpose: str, recipient: str = "") -> None:
    """They took it back: from this moment it is a no. The yes stays on record with its end. No reason is asked for."""
    kind, holder, rows = _consents(by, record, at)
    standing = rows.select_for_update().filter(
        purpose=purpose, recipient=recipient.strip(), withdrawn_at__isnull=True
    )
    row = standing.first()
    if row is None:
        raise NothingToDo(_("No such consent stands on record."), code=record)
    row.withdrawn_at, row.withdrawn_by = max(at, row.given_at), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    note(by=by, verb="withdraw_consent", at=at, code=holder, kind=kind,
         details={"purpose": purpose, "recipient": recipient})  # fmt: skip


def _consents(by: Person, record: str, at: datetime) -> tuple[str, str, Any]:
    """(type, code, its consents) of the item or interview of that code; a copy is bound by those of its original."""
    viewer = permitted(by, Permission.EVIDENCE_INTERVIEW, at)
    if record.startswith(f"{SERIES}-"):
        row = held_interview(viewer, record, at)
        return "interview", row.code, row.consents
    item = root_of(held(viewer, record, at))
    return "item", item.code, item.consents


@transaction.atomic
def weigh_risk(*, by: Person, at: datetime, interview: str, level: str) -> None:
    """The risk to the person, looked at again. What was thought before stays."""
    viewer = permitted(by, Permission.EVIDENCE_INTERVIEW, at)
    found = held_interview(viewer, interview, at)
    vocabulary("protection_risk").check(level)
    InterviewRisk.objects.create(interview=found, level=level, at=at, by=by)
    note(by=by, verb="weigh_risk", at=at, code=interview, kind="interview", details={"level": level})


def reveal(*, by: Person, at: datetime, interview: str, purpose: str) -> dict[str, str]:
    """Who spoke, for a stated purpose that is logged first. Raises NotAllowed, ItemNotFound, VaultError."""
    viewer = permitted(by, Permission.EVIDENCE_INTERVIEW, at)
    found = get_interview(viewer, interview, at=at)
    if found.identity_key is None:
        raise NothingToDo(_("The person chose to stay unknown: no identity is kept."), code=interview)
    return vault.reveal(found.identity_key, by=by, viewer=viewer, purpose=purpose, at=at)


def read(*, by: Person, at: datetime, interview: str) -> dict[str, str]:
    """What was said, unsealed. That it was read stands in the log before it is shown."""
    with transaction.atomic(durable=True):
        viewer = permitted(by, Permission.EVIDENCE_INTERVIEW, at)
        found = get_interview(viewer, interview, at=at)
        said = words.unseal(bytes(found.sealed), place=f"interview {found.code}")
        note(by=by, verb="read_interview", at=at, code=interview, kind="interview")
    return said
