"""Who may read what is written twice: as a rule in Python, as a condition in SQL. Here both answer about the same records.

Records and grants of every kind stand in one pool; each example draws a viewer and a moment at random and asks about
the whole pool, so that one example compares several hundred answers.
"""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from constat.apps.access.queries import explain_access
from constat.apps.access.visibility import facts_of, granted_to, readable
from constat.apps.incidents.models import Incident, IncidentGrant
from constat.apps.reports.models import Report, ReportGrant
from constat.rules.roles import roles
from constat.rules.visibility import Viewer, may_read
from constat.rules.vocabulary import vocabulary
from tests.cast import NOW, make_person
from tests.properties.effort import examples

RECORDS = 120
COMPARTMENTS = list(vocabulary("compartment"))
OFFICES = ["", "gao", "kidal"]
SECTIONS = ["civilian_harm_cell", "human_rights", "jmac"]
MOMENTS = [NOW + timedelta(days=day) for day in (-10, -1, 0, 1, 10)]
KINDS = {
    "report": (Report, ReportGrant, "report_id"),
    "incident": (Incident, IncidentGrant, "incident_id"),
}


def pool(kind, chance, people):
    """Records of every combination the columns allow, drawn once; some with grants that run, ran out, or start later."""
    model, grants, _key = KINDS[kind]
    extra = (
        {"channel": "phone", "received_at": NOW, "original": b"", "original_sha256": ""}
        if kind == "report"
        else {"opened_at": NOW, "updated_at": NOW}
    )
    records = model.objects.bulk_create(
        model(
            code=f"X-{number}",
            sensitivity=chance.randrange(4),
            compartment=chance.choice(COMPARTMENTS),
            office=chance.choice(OFFICES),
            recorded_by=chance.choice([None, *people]),
            assigned_to=chance.choice([None, None, *people]),
            **extra,
        )
        for number in range(RECORDS)
    )
    grants.objects.bulk_create(
        grants(
            **{kind: record},
            person=chance.choice(people) if to_person else None,
            section="" if to_person else chance.choice(SECTIONS),
            reason="Test",
            granted_by=people[0],
            starts_at=chance.choice(MOMENTS),
            ends_at=chance.choice(
                [None, *(moment for moment in MOMENTS if moment > NOW - timedelta(days=5))]
            ),
        )
        for record in chance.choices(records, k=RECORDS // 2)
        for to_person in [chance.random() < 0.5]
    )


@pytest.fixture
def people(db):
    people = [make_person(f"p{number}") for number in range(3)]
    chance = random.Random(20260302)
    for kind in KINDS:
        pool(kind, chance, people)
    return people


viewers = st.fixed_dictionaries(
    {
        "who": st.integers(0, 2),
        "roles": st.frozensets(st.sampled_from(list(roles())), max_size=3),
        "sections": st.frozensets(st.sampled_from(SECTIONS), max_size=2),
        "offices": st.frozensets(st.sampled_from(OFFICES[1:]), max_size=2),
        "compartments": st.frozensets(st.sampled_from(COMPARTMENTS[1:]), max_size=3),
        "active": st.sampled_from([True, True, True, False]),
    }
)


@pytest.mark.parametrize("kind", KINDS)
@given(drawn=viewers, at=st.sampled_from(MOMENTS))
@example(
    drawn={
        "who": 0,
        "roles": frozenset(),
        "sections": frozenset(SECTIONS),
        "offices": frozenset(),
        "compartments": frozenset(COMPARTMENTS[1:]),
        "active": True,
    },
    at=NOW,
)
@settings(
    max_examples=examples(300, thorough=2_000),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_rule_and_condition_give_the_same_answer(people, kind, drawn, at):
    model, grants, key = KINDS[kind]
    viewer = Viewer(
        key=str(people[drawn["who"]].pk), **{name: drawn[name] for name in drawn if name != "who"}
    )
    given_to = {}
    for record, person, section in (
        grants.objects.filter(starts_at__lte=at)
        .exclude(ends_at__lte=at)
        .values_list(key, "person_id", "section")
    ):
        given_to.setdefault(record, set()).add(section or str(person))

    by_rule = {
        record.pk
        for record in model.objects.all()
        if may_read(viewer, facts_of(record, kind=kind, granted_to=frozenset(given_to.get(record.pk, ()))))
    }
    by_condition = set(
        model.objects.filter(
            readable(viewer, kind=kind, grants=grants.objects.all(), grant_key=key, at=at)
        ).values_list("pk", flat=True)
    )

    assert by_condition == by_rule


def test_the_pool_is_worth_comparing(people):
    """Were every answer yes, or every answer no, the comparison above would say nothing."""
    reads = {
        code: Report.objects.filter(
            readable(
                Viewer(key=str(people[0].pk), roles=frozenset({code}), offices=frozenset({"gao"})),
                kind="report",
                grants=ReportGrant.objects.all(),
                grant_key="report_id",
                at=NOW,
            )
        ).count()
        for code in roles()
    }

    assert len(set(reads.values())) >= 5
    assert all(0 < count < RECORDS for count in reads.values() if count)


def test_the_grants_in_force_are_those_of_the_moment(people):
    record = Report.objects.filter(grants__isnull=False).first()
    record.grants.all().delete()
    for person, section, start, end in (
        (people[1], "", 0, None),
        (None, "jmac", 0, 2),
        (people[2], "", 5, None),
        (None, "human_rights", -9, -1),
    ):
        ReportGrant.objects.create(
            report=record,
            person=person,
            section=section,
            reason="Test",
            granted_by=people[0],
            starts_at=NOW + timedelta(days=start),
            ends_at=None if end is None else NOW + timedelta(days=end),
        )

    assert granted_to(record.grants.all(), at=NOW) == {str(people[1].pk), "jmac"}


def test_the_panel_says_why_and_what_is_kept_back(people):
    record = Report.objects.create(
        code="X-why",
        channel="phone",
        received_at=NOW,
        original=b"",
        original_sha256="",
        sensitivity=2,
        recorded_by=people[1],
    )
    viewer = Viewer(key=str(people[0].pk), roles=frozenset({"triage_officer"}))

    reading = explain_access(viewer, record, kind="report", grants=record.grants.all(), at=NOW)

    assert len(reading.reasons) >= 3
    assert all(reading.reasons)
    assert len(reading.withheld) >= 3
