"""The pages: the whole way by hand, refusals above the form with its values, nothing for others."""

import io
import zipfile

import bagit
import pytest
from django.urls import reverse

from constat.apps.referrals.models import Referral
from constat.apps.referrals.tests.cases import TERMS, approved, case, item, referral
from tests.cast import client_for


@pytest.fixture
def world(cast):
    incident = case(cast.dara)
    return cast, incident, item(cast.dara, incident, 10, consent="national_prosecutor")


def test_the_whole_way_by_hand(world, tmp_path):
    cast, incident, held = world
    dara = client_for(cast.dara)
    answer = dara.post(
        reverse("referrals:prepare", args=[incident.code]), {**TERMS, "language": "fr", "answer_days": 30}
    )
    row = Referral.objects.get()
    assert answer.url == reverse("referrals:items", args=[row.code])
    dara.post(answer.url, {f"{held.code}-needed": "on", f"{held.code}-risk": "low"})

    def act(who, verb, **data):
        return client_for(who).post(reverse("referrals:act", args=[row.code, verb]), data)

    assert act(cast.protection, "judge_risk", risk="low").status_code == 302
    assert act(cast.dara, "submit_for_review", reason="Prêt").status_code == 302
    assert act(cast.legal, "approve", reason="Vu").status_code == 302
    bag = dara.post(reverse("referrals:download", args=[row.code]))
    data = b"".join(bag.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    assert bagit.Bag(str(tmp_path / row.code)).validate()
    assert act(cast.dara, "hand_over", received_by="Greffe", receipt="12", reason="Remis").status_code == 302
    row.refresh_from_db()
    assert row.state == "handed_over"


def test_a_refusal_stands_above_the_form_and_loses_nothing(world):
    cast, incident, _held = world
    answer = client_for(cast.dara).post(
        reverse("referrals:prepare", args=[incident.code]),
        {
            **TERMS,
            "language": "fr",
            "answer_days": 30,
            "legal_basis": "mandate",
            "asked": "Mes mots à garder",
        },
    )

    assert answer.status_code == 200
    assert "Mes mots à garder" in answer.content.decode()
    assert answer.context["form"].non_field_errors() or answer.context["form"].errors


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_page_in_each_language(world, language):
    cast, incident, held = world
    code = approved(cast, cast.dara, incident, held)
    cast.dara.language = language
    cast.dara.save()

    page = client_for(cast.dara).get(reverse("referrals:page", args=[code]))

    assert page.status_code == 200
    assert held.code in page.content.decode().replace("\u2060", "") or code in page.content.decode()


def test_others_see_no_such_page(world):
    cast, incident, held = world
    code = referral(cast.dara, incident, held)

    for person in (cast.farid, cast.amina, cast.esi):
        assert client_for(person).get(reverse("referrals:page", args=[code])).status_code == 404
    assert client_for(cast.legal).post(reverse("referrals:download", args=[code])).status_code == 404


def test_the_list_and_the_overdue(world):
    cast, incident, held = world
    referral(cast.dara, incident, held)

    assert client_for(cast.dara).get(reverse("referrals:list")).context["rows"]
    assert not client_for(cast.dara).get(reverse("referrals:list") + "?overdue").context["rows"]
