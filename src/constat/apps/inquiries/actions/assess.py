"""The assessment: versions of what the cell found, beside the baseline; dissent under its author's name."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from constat.apps.access.models import Person
from constat.apps.inquiries.actions._case import in_state, note, numbered, opened, said, take
from constat.apps.inquiries.actions.review import ASSESSMENT, facts_stand_still
from constat.apps.inquiries.errors import Incomplete
from constat.apps.inquiries.facts import facts_of
from constat.apps.inquiries.models import Assessment, Dissent, Inquiry
from constat.rules.inquiry import CONCLUDING
from constat.rules.permissions import Permission
from constat.rules.vocabulary import vocabulary

Bounds = tuple[int, int | None, int | None]  # least, best, most; None is "not known"


@transaction.atomic
def assess(
    *, by: Person, at: datetime, inquiry: str, findings: str, contrary_evidence: str, involvement: str,
    recommendation: str, proposed_outcome: str, proof_standard: str, criminality: str = "none",
    deaths: Bounds, injured: Bounds, unknowns: str = "",
) -> int:  # fmt: skip
    """A version of the findings, over the incident as it stands now. Returns its number; no earlier version changes."""
    found = opened(by, Permission.INQUIRIES_ASSESS, inquiry, at)
    in_state(found, ASSESSMENT)
    for name, code in (
        ("involvement", involvement),
        ("recommendation", recommendation),
        ("criminality", criminality),
        ("proof_standard", proof_standard),
    ):
        vocabulary(name).check(code)
    if proposed_outcome not in CONCLUDING:
        raise Incomplete(_("Choose the outcome that the findings lead to."), field="proposed_outcome")
    findings = said(findings, field="findings", message=_("Write what was found."))
    contrary_evidence = said(
        contrary_evidence,
        field="contrary_evidence",
        message=_("Say what speaks against your conclusion, and why it does not suffice."),
    )
    _in_order(deaths, "deaths")
    _in_order(injured, "injured")
    found.incident.refresh_from_db()
    row = Assessment.objects.create(
        inquiry=found,
        number=numbered(Assessment, inquiry=found),
        facts=facts_of(found.incident),
        deaths_min=deaths[0], deaths_best=deaths[1], deaths_max=deaths[2],
        injured_min=injured[0], injured_best=injured[1], injured_max=injured[2],
        involvement=involvement,
        recommendation=recommendation,
        proposed_outcome=proposed_outcome,
        criminality=criminality,
        proof_standard=proof_standard,
        findings=findings,
        contrary_evidence=contrary_evidence,
        unknowns=unknowns.strip(),
        by=by,
        at=at,
    )  # fmt: skip
    found.updated_at = at
    found.save(update_fields=["updated_at"])
    note(by=by, verb="assess", inquiry=found, at=at,
         details={"version": row.number, "criminality": criminality, "proof_standard": proof_standard})  # fmt: skip
    return row.number


def _in_order(bounds: Bounds, field: str) -> None:
    known = [value for value in bounds if value is not None]
    if known != sorted(known) or any(value < 0 for value in known):
        raise Incomplete(
            _("The least is at most the best estimate, and that at most the most."), field=f"{field}_best"
        )


@transaction.atomic
def submit_to_decision(*, by: Person, at: datetime, inquiry: str, reason: str) -> None:
    """The last version goes to whoever decides. The facts of the incident stand still from now on."""
    found = opened(by, Permission.INQUIRIES_ASSESS, inquiry, at)
    last = latest(found)
    if last and last.decisions.filter(outcome="returned").exists():
        # What was returned is not handed in again unchanged: the reasons ask for another version.
        last = None
    take(
        found,
        "submit_to_decision",
        by=by,
        at=at,
        reason=reason,
        findings_version=last.number if last else None,
        contrary_evidence=last.contrary_evidence if last else None,
        proof_standard=last.proof_standard if last else None,
    )
    found.proposed_outcome, found.proposed_reason = last.proposed_outcome if last else "", reason.strip()
    found.save()
    facts_stand_still(found, by=by, at=at, reason=reason)
    note(by=by, verb="submit_to_decision", inquiry=found, at=at,
         details={"version": last.number if last else None})  # fmt: skip


def latest(inquiry: Inquiry) -> Assessment | None:
    """The last version of the findings. After a return it may be one that was returned: then a new one is written."""
    return Assessment.objects.filter(inquiry=inquiry).order_by("-number").first()


WHO_MAY_DISSENT = (
    Permission.INQUIRIES_REVIEW,
    Permission.INQUIRIES_DECIDE,
    Permission.INQUIRIES_INVESTIGATE,
)


@transaction.atomic
def dissent(*, by: Person, at: datetime, inquiry: str, text: str) -> None:
    """Disagree, in one's own name. It stands beside the findings for whoever decides, and stays whatever is decided."""
    found = opened(by, Permission.INQUIRIES_ASSESS, inquiry, at, *WHO_MAY_DISSENT)
    text = said(text, field="text", message=_("Write with what you disagree, and why."))
    Dissent.objects.create(inquiry=found, text=text, by=by, at=at)
    note(by=by, verb="dissent", inquiry=found, at=at)
