"""A case ready to be referred: one incident, two persons harmed, three items with different consents. All invented."""

import io
from typing import Any

from PIL import Image

from constat.apps.evidence.actions import deposit
from constat.apps.evidence.models import Item, ItemConsent
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import Incident
from constat.apps.incidents.tests.cases import build
from constat.apps.referrals import actions
from tests.cast import NOW

NAMES = ("Zeïnabou Exemple", "Moussa Exemple")
TERMS: dict[str, Any] = {
    "authority": "national_prosecutor", "recipient": "Parquet de la commune I", "asked": "Ouvrir une enquête.",
    "legal_basis": "consent", "summary": "Trois personnes sont mortes au marché.",
}  # fmt: skip


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 20, 20)).save(out, "JPEG")
    return out.getvalue()


def case(by: Any) -> Incident:
    incident = build(by)
    for name in NAMES:
        incidents.add_person(by=by, at=NOW, incident=incident.code, identity={"name": name}, harms=["death"], sex="unknown",
                             age_band="unknown", status="civilian", status_basis="", groups=[])  # fmt: skip
    return incident


def item(by: Any, incident: Incident, shade: int, *, consent: str = "") -> Item:
    """A photograph. consent: the authority it may go to ("" nobody said so)."""
    code = deposit(by=by, at=NOW, file=io.BytesIO(picture(shade)), subject=("incident", incident.code), title=f"Photo {shade}",
                   filename=f"{shade}.jpg")  # fmt: skip
    found = Item.objects.get(code=code)
    if consent:
        ItemConsent.objects.create(item=found, purpose="court", recipient=consent, method="spoken", given_at=NOW,
                                   recorded_at=NOW, recorded_by=by)  # fmt: skip
    return found


def referral(by: Any, incident: Incident, *chosen: Item, **over: Any) -> str:
    code = actions.prepare(by=by, at=NOW, incident=incident.code, terms=actions.Terms(**{**TERMS, **over}))
    actions.choose(
        by=by, at=NOW, referral=code, choices={one.code: actions.Choice(needed=True) for one in chosen}
    )
    return code


def approved(cast: Any, by: Any, incident: Incident, *chosen: Item, **over: Any) -> str:
    """Through risk, submission and approval by three people."""
    code = referral(by, incident, *chosen, **over)
    actions.judge_risk(by=cast.protection, at=NOW, referral=code, risk="low")
    actions.submit_for_review(by=by, at=NOW, referral=code, reason="Prêt.")
    actions.approve(by=cast.legal, at=NOW, referral=code, reason="Consentements vus.")
    return code
