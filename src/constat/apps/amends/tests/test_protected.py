"""The most protected cases are certified and paid too: by people admitted to the amends file, who see nothing else; to all
others the case is not there."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from constat.apps.access.models import CompartmentMember, Event
from constat.apps.amends import actions, queries
from constat.apps.amends.errors import Incomplete, NotAllowed, OfferNotFound, SamePersonTwice
from constat.apps.amends.models import Admission, Offer
from constat.apps.amends.queries import file, pages
from constat.apps.amends.tests import cases
from constat.apps.amends.verify import faults
from constat.apps.incidents.models import Incident
from constat.apps.incidents.queries import readable_incidents
from constat.rules.permissions import Permission
from tests.cast import NOW, client_for, exactly_one_event, make_person, viewer_for

SECRET = "A sentence only those who keep the case read"
UNTIL = NOW + timedelta(days=20_000)  # the pages ask the clock of the machine
OUTSIDE = ("amends", "certifier", "payer", "legal", "reviewer", "chen", "commander", "military", "esi", "farid", "auditor",
           "amina", "administrator")  # fmt: skip


@pytest.fixture
def ready(cast):
    cases.fund(cast.dara)
    cases.band(cast.dara)


@pytest.fixture
def general(cast, ready):
    case = cases.credible(cast.chen)
    Incident.objects.filter(pk=case.incident_id).update(sensitivity=3, narrative=SECRET)
    case.refresh_from_db()
    return case


@pytest.fixture
def closed(cast, ready):
    """In the compartment of survivors, at the highest level."""
    case = cases.credible(cast.crsv_adviser, compartment="crsv")
    Incident.objects.filter(pk=case.incident_id).update(sensitivity=3, narrative=SECRET)
    case.refresh_from_db()
    return case


def admit(cast, case, *people):
    for one in people:
        actions.admit(
            by=cast.dara, at=NOW, inquiry=case.code, person=one, reason="To certify and pay", until=UNTIL
        )


def enter(cast, *people):
    for one in people:
        CompartmentMember.objects.create(person=one, compartment="crsv", reason="Pays survivors", admitted_by=cast.dara,
                                         starts_at=NOW - timedelta(days=1))  # fmt: skip


def through(cast, case, proposer):
    """Offer, certification, the family's answer, payment."""
    code = cases.propose(proposer, case, payee_basis=SECRET, reason=SECRET)
    actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Band and fund checked", fund="AMENDS-1")
    for verb in ("put_to_family", "accept_offer"):
        actions.answer(
            by=proposer, at=NOW, offer=code, verb=verb, reason=SECRET, contact=cases.contact(words=SECRET)
        )
    actions.deliver(by=cast.payer, at=NOW, offer=code, reason="Handed over", handover=cases.handover())
    return code


def unseen(person, code, case):
    """Nothing anywhere tells this person that the offer is there."""
    viewer = viewer_for(person)
    with pytest.raises(OfferNotFound):
        queries.get(viewer, code, at=NOW)
    with pytest.raises(OfferNotFound):
        queries.get_file(viewer, code, at=NOW)
    assert pages.turn(viewer, at=NOW) == [] == pages.listing(viewer, at=NOW) == queries.queue(viewer, at=NOW)
    client = client_for(person)
    for name, args in (("offer", [code]), ("act", [code, "certify"]), ("act", [code, "deliver"]), ("receipt", [code, "fr"]),
                       ("case", [case.code]), ("admit", [case.code])):  # fmt: skip
        absent = [one.replace(code, "A-2026-999999").replace(case.code, "Q-2026-999999") for one in args]
        there, not_there = (client.get(reverse(f"amends:{name}", args=a)) for a in (args, absent))
        assert there.status_code == not_there.status_code != 200, name
        assert bare(there, args[0]) == bare(not_there, absent[0]), name
    for name, args in (
        ("queue", []),
        ("offers", []),
        ("money", []),
        ("comparability", []),
        ("fund", ["AMENDS-1"]),
    ):
        text = client.get(reverse(f"amends:{name}", args=args)).content.decode()
        assert code not in text and case.code not in text and case.incident.code not in text, name


def bare(page, code):
    text = page.content.decode().replace(code, "")
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_nobody_outside_sees_a_protected_case_and_an_adviser_alone_cannot_pay_it(cast, general):
    code = cases.propose(cast.child_adviser, general)
    for name in OUTSIDE:
        unseen(getattr(cast, name), code, general)
    with pytest.raises(OfferNotFound):
        actions.certify(by=cast.certifier, at=NOW, offer=code, reason="Checked", fund="AMENDS-1")


def test_by_name_it_goes_through_and_nobody_else_sees_that_it_exists(cast, general):
    with exactly_one_event("amends.admit", object_key=general.code) as found:
        admit(cast, general, cast.certifier)
    assert "certify and pay" not in found[0].details
    admit(cast, general, cast.payer)
    others = [make_person(f"other_{role}", role=role, section="mission_support")
              for role in ("certifying_officer", "paying_agent", "complaint_reviewer", "legal_adviser")]  # fmt: skip

    code = through(cast, general, cast.child_adviser)

    assert cases.state(code) == "delivered" and cases.sums() == (10000, 2250, 2250) and list(faults()) == []
    for person in (*others, *(getattr(cast, name) for name in OUTSIDE if name not in ("certifier", "payer"))):
        unseen(person, code, general)
    # The admission opens the money, not the case.
    for person in (cast.certifier, cast.payer):
        viewer = viewer_for(person)
        assert not readable_incidents(viewer, at=NOW).exists() and queries.delivered(viewer, at=NOW) == []
        assert queries.queue(viewer, at=NOW) == []


def test_in_a_compartment_those_admitted_to_it_certify_and_pay_and_a_name_does_not_open_it(cast, closed):
    with pytest.raises(OfferNotFound):
        admit(cast, closed, cast.certifier)  # the chief is outside
    enter(cast, cast.dara)
    with pytest.raises(Incomplete, match="compartment"):
        admit(cast, closed, cast.certifier)
    Admission.objects.create(inquiry=closed, person=cast.certifier, reason="Written past the verb", granted_by=cast.dara,
                             starts_at=NOW - timedelta(days=1), ends_at=UNTIL)  # fmt: skip
    code = cases.propose(cast.crsv_adviser, closed)
    unseen(cast.certifier, code, closed)
    assert actions.give_up(by=cast.crsv_adviser, at=NOW, offer=code, verb="withdraw", reason="Again") is None

    enter(cast, cast.certifier, cast.payer)
    code = through(cast, closed, cast.crsv_adviser)

    assert cases.state(code) == "delivered" and list(faults()) == []
    for name in OUTSIDE:
        if name not in ("certifier", "payer"):
            unseen(getattr(cast, name), code, closed)


@pytest.mark.parametrize("where", ["general", "closed"])
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_file_shows_amount_band_reference_and_receipt_and_nothing_of_the_case(
    cast, request, where, language
):
    case = request.getfixturevalue(where)
    people = (cast.certifier, cast.payer)
    admit(cast, case, *people) if where == "general" else enter(cast, *people)
    proposer = cast.child_adviser if where == "general" else cast.crsv_adviser
    code = through(cast, case, proposer)
    person_key = str(Offer.objects.get(code=code).person)
    for one in people:
        client = client_for(one)
        client.cookies["django_language"] = language
        found = ""
        for name, args in (("offer", [code]), ("offers", []), ("queue", []), ("fund", ["AMENDS-1"]), ("money", []),
                           ("receipt", [code, language])):  # fmt: skip
            page = client.get(reverse(f"amends:{name}", args=args))
            assert page.status_code == 200, name
            found += page.content.decode()
        for secret in (SECRET, case.code, case.incident.code, person_key[:8], "health_centre", "Aminata"):
            assert secret not in found, secret
        for shown in (code, "2,250.00" if language != "fr" else "250,00", cases.RECEIPT[:32], "AMENDS-1"):
            assert shown in found, shown
        for name, args in (
            ("case", [case.code]),
            ("act", [code, "appeal"]),
            ("act", [code, "put_to_family"]),
        ):
            assert client.get(reverse(f"amends:{name}", args=args)).status_code == 404
        assert client.get(reverse("incidents:page", args=[case.incident.code])).status_code == 404


def test_the_payer_sees_the_name_for_a_stated_purpose_and_only_the_payer(cast, general, django_db_blocker):
    admit(cast, general, cast.certifier, cast.payer)
    code = cases.propose(cast.child_adviser, general)
    key = str(Offer.objects.get(code=code).payees.get().key)
    address = reverse("amends:payee", args=[code, key])
    assert client_for(cast.certifier).get(address).status_code == 404
    assert client_for(cast.payer).get(address).status_code == 200
    other = make_person("other", role="paying_agent", section="mission_support")
    assert client_for(other).get(address).status_code == 404


def test_steps_of_the_case_itself_stay_with_those_who_keep_it(cast, general):
    """Certifier by name and amends officer by post: the name opens the money, not the word with the family."""
    from constat.apps.access.models import Post

    Post.objects.create(
        person=cast.certifier, role="amends_officer", section="claims", starts_at=NOW - timedelta(days=9)
    )
    admit(cast, general, cast.certifier)
    code = cases.propose(cast.child_adviser, general)
    with pytest.raises(OfferNotFound):
        actions.give_up(by=cast.certifier, at=NOW, offer=code, verb="withdraw", reason="Mine now")
    assert [one.verb for one in file.file_page(viewer_for(cast.certifier), code, at=NOW).steps] == [
        "certify", "refuse_to_certify"]  # fmt: skip


def test_what_another_payer_settled_is_confirmed_in_a_protected_case_too(cast, general):
    claim = actions.settled_elsewhere(
        by=cast.child_adviser, at=NOW, inquiry=general.code, person=cases.persons_of(general)[0], harm="death",
        measure="condolence_payment", payer="host_state", amount=cases.D(2000), currency="USD", reason="List seen",
    )  # fmt: skip
    with pytest.raises(OfferNotFound):
        actions.confirm_settled(by=cast.legal, at=NOW, offer=claim, reason="Seen")
    admit(cast, general, cast.legal)
    assert [one.code for one in pages.turn(viewer_for(cast.legal), at=NOW)] == [claim]
    actions.confirm_settled(by=cast.legal, at=NOW, offer=claim, reason="Seen")
    assert cases.state(claim) == "delivered"


def test_an_admission_is_refused_where_it_would_open_nothing_or_too_much(cast, general):
    other_chief = make_person("second_chief", role="cell_chief", section="civilian_harm_cell")

    def attempt(by, person, **over):
        given = {"reason": "To certify", "until": UNTIL} | over
        actions.admit(by=by, at=NOW, inquiry=general.code, person=person, **given)

    for by, person, error, words in (
        (cast.dara, cast.dara, SamePersonTwice, None),
        (cast.approver, cast.certifier, NotAllowed, None),
        (cast.certifier, cast.payer, NotAllowed, None),
        (cast.dara, cast.amends, Incomplete, "neither certifies"),
        (cast.dara, cast.farid, Incomplete, "neither certifies"),
        (cast.dara, other_chief, Incomplete, "neither certifies"),
    ):
        with pytest.raises(error, match=words):
            attempt(by, person)
    with pytest.raises(Incomplete, match="Write why"):
        attempt(cast.dara, cast.certifier, reason=" ")
    with pytest.raises(Incomplete, match="in the future"):
        attempt(cast.dara, cast.certifier, until=NOW)
    open_case = cases.credible(cast.chen)
    with pytest.raises(Incomplete, match="may read the case already"):
        actions.admit(
            by=cast.dara, at=NOW, inquiry=open_case.code, person=cast.certifier, reason="x", until=UNTIL
        )
    attempt(cast.dara, cast.certifier)
    with pytest.raises(Incomplete, match="admitted already"):
        attempt(cast.dara, cast.certifier)


def test_an_admission_ends_by_itself_and_by_hand(cast, general):
    soon = NOW + timedelta(days=1)
    actions.admit(by=cast.dara, at=NOW, inquiry=general.code, person=cast.certifier, reason="x", until=soon)
    admit(cast, general, cast.payer)
    code = cases.propose(cast.child_adviser, general)
    assert queries.get_file(viewer_for(cast.certifier), code, at=NOW)
    with pytest.raises(OfferNotFound):
        queries.get_file(viewer_for(cast.certifier, soon), code, at=soon)
    (row,) = Admission.objects.filter(person=cast.payer)
    with exactly_one_event("amends.end_admission", object_key=general.code):
        actions.end_admission(by=cast.dara, at=NOW, inquiry=general.code, admission=row.pk)
    unseen(cast.payer, code, general)
    with pytest.raises(Incomplete, match="already ended"):
        actions.end_admission(by=cast.dara, at=NOW, inquiry=general.code, admission=row.pk)


def test_the_chief_admits_on_the_page_of_the_case(cast, general):
    dara = client_for(cast.dara)
    page = dara.get(reverse("amends:case", args=[general.code])).content.decode()
    address = reverse("amends:admit", args=[general.code])
    assert address in page
    day = timezone.localdate() + timedelta(days=30)
    sent = {"person": str(cast.certifier.pk), "reason": "To certify", "until_day": str(day.day), "until_month": str(day.month),
            "until_year": str(day.year)}  # fmt: skip
    assert "Sira Test" in dara.get(address).content.decode()
    assert dara.post(address, sent).status_code == 302
    (row,) = Admission.objects.all()
    assert row.person == cast.certifier
    assert "Sira Test" in dara.get(reverse("amends:case", args=[general.code])).content.decode()
    assert dara.post(reverse("amends:end-admission", args=[general.code, row.pk])).status_code == 302
    assert Event.objects.filter(verb="amends.end_admission").count() == 1


@pytest.mark.parametrize("where", ["general", "closed"])
def test_the_page_of_the_case_says_which_step_nobody_can_take_yet(cast, request, where):
    case = request.getfixturevalue(where)
    keeper = client_for(cast.child_adviser if where == "general" else cast.crsv_adviser)

    def lacking():
        page = keeper.get(reverse("amends:case", args=[case.code])).content.decode()
        return file.lacking(case, at=timezone.now()), "nobody is paid" in page

    enters = (lambda one: admit(cast, case, one)) if where == "general" else (lambda one: enter(cast, one))
    keeper.cookies["django_language"] = "en"
    certify, pay = (one.label("en") for one in (Permission.RESPONSES_CERTIFY, Permission.RESPONSES_PAY))
    assert lacking() == ([certify, pay], True)
    enters(cast.certifier)
    assert lacking() == ([pay], True)
    enters(cast.payer)
    assert lacking() == ([], False)
