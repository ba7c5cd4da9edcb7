"""Who sees how much of an offer is written twice: as a rule, as a condition. Both answer about the same offers."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constat.apps.access.visibility import facts_of
from constat.apps.amends import queries
from constat.apps.amends.models import Admission, Offer
from constat.apps.incidents.models import Incident
from constat.apps.incidents.reading import granted_to
from constat.apps.inquiries.models import Inquiry
from constat.rules.amends import FILE, WHOLE, reads
from constat.rules.roles import roles
from constat.rules.visibility import Viewer
from constat.rules.vocabulary import vocabulary
from tests.cast import NOW, make_person
from tests.properties.effort import examples

COMPARTMENTS = list(vocabulary("compartment"))
CASES = 60
MOMENTS = [NOW + timedelta(days=day) for day in (-3, 0, 3)]


@pytest.fixture
def pool(db):
    chance = random.Random(5)
    people = [make_person(f"p{number}") for number in range(3)]
    for number in range(CASES):
        incident = Incident.objects.create(
            code=f"I-{number}", sensitivity=chance.randrange(4), compartment=chance.choice(COMPARTMENTS), opened_at=NOW,
            updated_at=NOW, recorded_by=chance.choice([None, *people]),
        )  # fmt: skip
        case = Inquiry.objects.create(code=f"Q-{number}", incident=incident, state="response", opened_by=people[0],
                                      opened_at=NOW, reason="Test", updated_at=NOW)  # fmt: skip
        Offer.objects.create(
            code=f"A-{number}", inquiry=case, harm="death", settles="death", slot="settlement", measure="condolence_payment",
            currency="XOF", comparable_currency="XOF", payee_rule="heirs", payee_basis="x", proposed_by=people[0],
            proposed_at=NOW, updated_at=NOW, deviation="x", deviation_words="x",
        )  # fmt: skip
        if chance.random() < 0.6:
            start = NOW + timedelta(days=chance.choice((-5, 1)))
            one, other = chance.sample(people, 2)
            Admission.objects.create(inquiry=case, person=one, granted_by=other, reason="x", starts_at=start,
                                     ends_at=start + timedelta(days=chance.choice((3, 30))))  # fmt: skip
    return people


@settings(max_examples=examples(60, thorough=600), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.data())
def test_the_rule_and_the_condition_say_the_same_of_every_offer(pool, data):
    who = data.draw(st.sampled_from(pool))
    at = data.draw(st.sampled_from(MOMENTS))
    viewer = Viewer(
        key=str(who.pk),
        roles=data.draw(st.frozensets(st.sampled_from(sorted(roles())), max_size=2)),
        compartments=data.draw(st.frozensets(st.sampled_from(COMPARTMENTS[1:]), max_size=2)),
        active=data.draw(st.sampled_from([True, True, True, False])),
    )
    whole = set(queries.readable_offers(viewer, at=at).values_list("code", flat=True))
    files = set(queries.files(viewer, at=at).values_list("code", flat=True))
    for offer in Offer.objects.select_related("inquiry__incident"):
        incident = offer.inquiry.incident
        admitted = {
            str(pk)
            for pk in queries.admissions(at=at)
            .filter(inquiry=offer.inquiry)
            .values_list("person_id", flat=True)
        }
        facts = facts_of(incident, kind="incident", granted_to=granted_to(incident, at))
        said = reads(viewer, facts, admitted)
        assert (said == WHOLE) == (offer.code in whole), (offer.code, viewer)
        assert (said in (WHOLE, FILE)) == (offer.code in files), (offer.code, viewer)
