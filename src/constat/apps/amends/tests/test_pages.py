"""The pages of amends, in three languages, for whoever may open them; the whole walk through the forms by three people."""

from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from constat.apps.amends import actions
from constat.apps.amends.actions import Terms
from constat.apps.amends.models import Delivery, Offer
from constat.apps.amends.queries import pages
from constat.apps.amends.tests import cases
from constat.apps.incidents.harms import HarmEntry
from tests.cast import NOW, client_for, viewer_for

LANGUAGES = ("fr", "en", "ar")


@pytest.fixture
def scene(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    actions.set_rate(
        by=cast.dara, at=NOW, base="USD", quote="XOF", value=D("600"), on=cases.DAY, source="Treasury"
    )
    case = cases.credible(
        cast.chen,
        persons=[("death",), ("death",)],
        lines=[HarmEntry(harm="livestock", minimum=3, unit="animals")],
    )
    return case, cases.delivered(cast, case)


def get(client, name, *args, language="fr", **query):
    client.cookies["django_language"] = language
    return client.get(reverse(f"amends:{name}", args=args), query)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(cast, scene, language):
    case, code = scene
    client = client_for(cast.amends)
    routes = [("queue",), ("offers",), ("case", case.code), ("offer", code), ("receipt", code, language), ("funds",),
              ("fund", "AMENDS-1"), ("money",), ("bands",), ("comparability",), ("act", code, "appeal")]  # fmt: skip
    for name, *args in routes[:-1]:
        answer = get(client, name, *args, language=language)
        assert answer.status_code == 200, name
    answer = client.get(reverse("amends:propose", args=[case.code]), {"harm": "livestock", "person": ""})
    assert answer.status_code == 200
    for verb in ("elsewhere", "hold_back"):
        answer = client.get(reverse("amends:case-act", args=[case.code, verb]), {"harm": "livestock"})
        assert answer.status_code == 200
    finance = client_for(cast.dara)
    for args in (("fund",), ("rate",), ("band",)):
        assert get(finance, "setting", *args, language=language).status_code == 200
    for verb in ("top_up", "close"):
        assert get(finance, "fund-act", "AMENDS-1", verb, language=language).status_code == 200
    assert get(finance, "fund-act-on", "AMENDS-1", "reverse", 1, language=language).status_code == 200


def test_no_page_shows_a_name_and_the_receipt_neither(cast, scene):
    case, code = scene
    client = client_for(cast.payer)
    for name, *args in [
        ("queue",),
        ("offers",),
        ("offer", code),
        ("receipt", code, "fr"),
        ("money",),
        ("comparability",),
    ]:
        assert "Aminata" not in get(client, name, *args).content.decode()
    assert "Aminata" not in get(client_for(cast.amends), "case", case.code).content.decode()


def test_the_payer_sees_a_name_once_for_a_stated_purpose(cast, scene, client_for):
    _case, code = scene
    key = str(Offer.objects.get(code=code).beneficiary)
    url = reverse("amends:payee", args=[code, key])
    client = client_for(cast.payer)
    assert "Aminata" not in client.get(url).content.decode()
    assert "Aminata" not in client.post(url, {"purpose": ""}).content.decode()
    assert client_for(cast.certifier).get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_purpose_opens_the_vault_and_is_logged():
    from constat.apps.access.models import Event
    from tests.cast import Cast

    cast = Cast()
    cases.band(cast.dara)
    code = cases.propose(cast.amends, cases.credible(cast.chen))
    key = str(Offer.objects.get(code=code).beneficiary)
    answer = client_for(cast.payer).post(
        reverse("amends:payee", args=[code, key]), {"purpose": "Hand-over tomorrow"}
    )
    assert "Aminata Essai" in answer.content.decode()
    assert Event.objects.filter(verb="identities.reveal", purpose="Hand-over tomorrow").exists()


def test_who_has_no_part_in_amends_finds_no_page(cast, scene):
    case, code = scene
    for person in (cast.farid, cast.bruno, cast.esi):
        client = client_for(person)
        for name, *args in [
            ("queue",),
            ("offer", code),
            ("case", case.code),
            ("fund", "AMENDS-1"),
            ("comparability",),
        ]:
            assert get(client, name, *args).status_code in (403, 404), (person.username, name)
    assert get(client_for(cast.commander), "queue").status_code == 200
    assert client_for(cast.amends).get(reverse("amends:setting", args=["fund"])).status_code == 404
    assert client_for(cast.amends).get(reverse("amends:act", args=[code, "certify"])).status_code == 404


def test_three_people_walk_an_offer_through_the_forms(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    case = cases.credible(cast.chen)
    today = timezone.now().date()
    date = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    url = reverse("amends:propose", args=[case.code]) + f"?harm=death&person={cases.persons_of(case)[0]}"
    form = {"measure": "condolence_payment", "band": "death", "quantity": "1", "legal_nature": "ex_gratia",
            "payee_rule": "heirs", "payee_basis": "The family said so", "reason": "Established", "kinship_0": "wife",
            "share_0": "1/2", "name_0": "Awa Essai", "kinship_1": "mother", "share_1": "1/2", "name_1": "Bintou Essai"}  # fmt: skip
    client = client_for(cast.amends)
    refused = client.post(url, form | {"share_1": "1/3"})
    assert (
        refused.status_code == 200
        and "5/6" in refused.content.decode()
        and "Awa Essai" in refused.content.decode()
    )
    answer = client.post(url, form)
    assert answer.status_code == 302, answer.content.decode()
    code = Offer.objects.get().code

    def post(person, verb, **data):
        return client_for(person).post(reverse("amends:act", args=[code, verb]), data)

    assert post(cast.certifier, "certify", fund="", reason="Checked").status_code == 200
    assert post(cast.certifier, "certify", fund="AMENDS-1", reason="Checked").status_code == 302
    talk = {"method": "place_of_choice", "language": "fr", "with_whom": "wife", "reason": "Told", **date}
    for verb in ("put_to_family", "accept_offer"):
        assert post(cast.amends, verb, **talk).status_code == 302
    # The certification is of today's real clock: the hand-over cannot be before it.
    given = {"place": "home", "armed": "no", "witness": "chosen_by_family", "language": "fr", "read_aloud": "on",
             "mark": "thumb_mark", "receipt": cases.RECEIPT, "reason": "Done", **date}  # fmt: skip
    assert post(cast.payer, "deliver", **given | {"armed": "yes"}).status_code == 200
    assert post(cast.payer, "deliver", **given).status_code == 302
    assert cases.state(code) == "delivered" and Delivery.objects.count() == 1


def test_the_comparison_names_what_stands_out(cast):
    """Row D2: three deaths at 2,414, 11,000 and 15,000 dollars."""
    cases.band(cast.dara)
    codes = []
    for amount in ("2414", "11000", "15000"):
        terms = Terms(measure="condolence_payment", band="death", base=D(amount), deviation="decision_of_court",
                      deviation_words="Another route")  # fmt: skip
        codes.append(cases.propose(cast.amends, cases.credible(cast.chen), terms=terms))
    (found,) = pages.comparability_page(viewer_for(cast.commander), at=NOW)
    assert (found.n, found.few, found.ratio) == (3, True, "6.2")
    named = {one.code: one.reasons for one in found.outliers}
    assert named == {codes[0]: ("factor", "ends"), codes[1]: ("band",), codes[2]: ("band", "ends")}
    text = client_for(cast.commander).get(reverse("amends:comparability")).content.decode()
    assert all(code in text for code in codes)


def test_finance_sees_what_is_promised_and_what_no_money_stands_for(cast, scene):
    case, _code = scene
    second = cases.persons_of(case)[1]
    cases.certified(cast, case, person=second)
    from datetime import timedelta

    page = pages.money_page(viewer_for(cast.dara), at=NOW + timedelta(days=100))
    assert [one.count for one in page.ages] == [0, 0, 1, 0] and page.waiting == 1
    other = cases.credible(cast.chen)
    terms = Terms(
        measure="condolence_payment",
        band="death",
        base=D(9000),
        deviation="costs_proved",
        deviation_words="x",
    )
    cases.propose(cast.amends, other, terms=terms)
    page = pages.money_page(viewer_for(cast.dara), at=NOW)
    ((needed, held, missing),) = page.unfunded
    assert ("9" in needed, "5" in held, "3" in missing) == (True, True, True)


def test_each_of_the_three_finds_what_waits_for_them_and_nobody_their_own(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    case = cases.credible(cast.chen)
    code = cases.propose(cast.amends, case)

    def waits(person):
        return [one.code for one in pages.turn(viewer_for(person), at=NOW)]

    assert (waits(cast.certifier), waits(cast.payer), waits(cast.amends)) == ([code], [], [])
    actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")
    for verb in ("put_to_family", "accept_offer"):
        actions.answer(by=cast.amends, at=NOW, offer=code, verb=verb, reason="Yes", contact=cases.contact())
    assert (waits(cast.certifier), waits(cast.payer)) == ([], [code])
    text = get(client_for(cast.payer), "queue").content.decode()
    assert (
        code in text
        and f"/amends/case/{case.code}/" not in get(client_for(cast.payer), "offer", code).content.decode()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_another_payer_settled_is_confirmed_on_the_page(cast, scene, language):
    case, _code = scene
    cases.band(cast.dara, "animal", "250", "320", "400")
    rokia, pia = client_for(cast.amends), client_for(cast.legal)
    claim = actions.settled_elsewhere(
        by=cast.amends, at=timezone.now(), inquiry=case.code, harm="livestock", quantity=D(3), measure="livestock_crop_in_kind",
        payer="host_state", amount=D(900), currency="USD", band="animal", reason="List of the prefecture",
    )  # fmt: skip
    assert claim in get(rokia, "case", case.code, language=language).content.decode()
    confirm = reverse("amends:act", args=[claim, "confirm_settled"])
    assert rokia.get(confirm).status_code == 404
    assert confirm in get(pia, "offer", claim, language=language).content.decode()
    assert claim in get(pia, "queue", language=language).content.decode()
    assert "List of the prefecture" in pia.get(confirm).content.decode()
    assert pia.get(reverse("amends:act", args=[claim, "send_back_claim"])).status_code == 200
    assert pia.post(confirm, {"reason": "Seen at the prefecture"}).status_code == 302
    assert cases.state(claim) == "delivered"
