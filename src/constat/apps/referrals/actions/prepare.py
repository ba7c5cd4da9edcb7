"""Prepare: what is asked of whom, on which basis, and which items help. Nothing goes that nobody chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.counters import next_code
from constat.apps.access.models import Person
from constat.apps.evidence.models import Interview, Item
from constat.apps.incidents.errors import IncidentNotFound
from constat.apps.incidents.queries import get as get_incident
from constat.apps.referrals.actions._referral import held, in_draft, note, permitted, said
from constat.apps.referrals.content import assemble
from constat.apps.referrals.errors import Incomplete, ReferralNotFound
from constat.apps.referrals.models import Referral, ReferralItem
from constat.rules.handover import check_basis, profile_of, stricter
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

SERIES = "X"
DAYS = (1, 730)  # an answer is awaited within these


@dataclass(frozen=True)
class Terms:
    """What a referral says. profile "": the one of the authority."""

    authority: str
    recipient: str
    asked: str
    legal_basis: str
    summary: str
    basis_reference: str = ""
    profile: str = ""
    language: str = "fr"
    answer_days: int = 30


@transaction.atomic
def prepare(*, by: Person, at: datetime, incident: str, terms: Terms) -> str:
    """A draft for one authority. Returns its code. Raises NotAllowed, IncidentNotFound, Incomplete, HandoverError."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    try:
        case = get_incident(viewer, incident, at=at)
    except IncidentNotFound as error:
        raise ReferralNotFound(str(error), code=incident) from error
    row = Referral(
        code=next_code(SERIES, at.year), incident=case, prepared_by=by, prepared_at=at, **_checked(terms)
    )
    row.save(force_insert=True)
    note(by=by, verb="prepare", row=row, at=at, details={"incident": case.code, "authority": row.authority})
    return row.code


@transaction.atomic
def amend(*, by: Person, at: datetime, referral: str, terms: Terms) -> None:
    """Change a draft. The risk was judged for what it said before, so it is to be judged again."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    in_draft(row)
    for name, value in _checked(terms).items():
        setattr(row, name, value)
    _ask_again(row, by)
    row.save()
    note(by=by, verb="amend", row=row, at=at, details={"authority": row.authority, "profile": row.profile})


@dataclass(frozen=True)
class Choice:
    """About one item or interview. risk: code of `handover_risk`."""

    needed: bool
    privileged: bool = False
    risk: str = "low"


@transaction.atomic
def choose(*, by: Person, at: datetime, referral: str, choices: Mapping[str, Choice]) -> None:
    """Which items and interviews (by code) help the recipient, which are privileged, how risky each is."""
    viewer = permitted(by, Permission.REFERRALS_PREPARE, at)
    row = held(viewer, referral, at)
    in_draft(row)
    listed = {entry.code: entry.held for entry in assemble(row, viewer, at=at).entries}
    for code, choice in choices.items():
        if code not in listed:
            raise ReferralNotFound(
                _("%(code)s is not among the items of this case that you may read.") % {"code": code},
                code=code,
            )
        vocabulary("handover_risk").check(choice.risk)
        about: Item | Interview = listed[code]
        which = {"item": about} if isinstance(about, Item) else {"interview": about}
        ReferralItem.objects.update_or_create(
            referral=row,
            **which,
            defaults={"needed": choice.needed, "privileged": choice.privileged, "risk": choice.risk},
        )
    _ask_again(row, by)
    row.save()
    note(by=by, verb="choose", row=row, at=at,
         details={"chosen": sorted(code for code, one in choices.items() if one.needed)})  # fmt: skip


def _ask_again(row: Referral, by: Person) -> None:
    row.risk, row.mitigation, row.risk_by, row.risk_at = "", "", None, None
    # Whoever changed it last is who prepared it: somebody else approves.
    row.prepared_by = by


def _checked(terms: Terms) -> dict[str, object]:
    vocabulary("referral_authority").check(terms.authority)
    profile = terms.profile or profile_of(terms.authority).code
    vocabulary("handover_profile").check(profile)
    if not stricter(profile, terms.authority):
        raise Incomplete(
            _("This authority may get less than its profile gives, never more. Choose a stricter profile."),
            field="profile",
        )
    vocabulary("legal_basis").check(terms.legal_basis)
    check_basis(terms.legal_basis, terms.basis_reference)
    if not DAYS[0] <= terms.answer_days <= DAYS[1]:
        raise Incomplete(_("An answer is awaited within 1 to 730 days."), field="answer_days")
    return {
        "authority": terms.authority, "profile": profile, "legal_basis": terms.legal_basis,
        "basis_reference": terms.basis_reference.strip(), "language": terms.language, "answer_days": terms.answer_days,
        "recipient": said(terms.recipient, field="recipient", message=_("Name the office that receives it.")),
        "asked": said(terms.asked, field="asked", message=_("Write what the authority is asked to do.")),
        "summary": said(terms.summary, field="summary", message=_("Write a summary in plain words, without names.")),
    }  # fmt: skip
