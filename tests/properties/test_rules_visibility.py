"""Reading is denied unless a line of the rule allows it; invariant 6: two steps, two people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constat.rules.permissions import Permission
from constat.rules.roles import roles
from constat.rules.separation import separate
from constat.rules.visibility import Facts, Field, Level, Viewer, may_read, may_see
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb

PEOPLE = ("amina", "bruno", "chen", "farid")
SECTIONS = ("civil_affairs", "human_rights")
OFFICES = ("", "gao", "mopti")
CLOSED = tuple(code for code in vocabulary("compartment") if code != "general")


def some(values):
    return st.frozensets(st.sampled_from(values), max_size=3)


viewers = st.builds(
    Viewer,
    key=st.sampled_from(PEOPLE),
    roles=some(tuple(roles())),
    sections=some(SECTIONS),
    offices=some(OFFICES[1:]),
    compartments=some(CLOSED),
    active=st.booleans(),
)
records = st.builds(
    Facts,
    kind=st.sampled_from(["report", "incident"]),
    sensitivity=st.sampled_from(Level),
    compartment=st.sampled_from(tuple(vocabulary("compartment"))),
    office=st.sampled_from(OFFICES),
    recorded_by=st.none() | st.sampled_from(PEOPLE),
    assigned_to=some(PEOPLE),
    granted_to=some(PEOPLE + SECTIONS),
)


def written_again(viewer, facts):
    """The same rule as one condition, as a lawyer would argue it: three bars, then any one ground."""
    held = [roles()[code] for code in viewer.roles]
    barred = (
        not viewer.active
        or not held
        or (facts.compartment != "general" and facts.compartment not in viewer.compartments)
        or all(facts.sensitivity > one.ceiling for one in held)
    )
    scopes = [one.scope_reports if facts.kind == "report" else one.scope_incidents for one in held]
    grounds = (
        viewer.key in facts.granted_to
        or bool(viewer.sections & facts.granted_to)
        or viewer.key == facts.recorded_by
        or viewer.key in facts.assigned_to
        or "all" in scopes
        or ("office" in scopes and facts.office in viewer.offices)
        or ("compartment" in scopes and facts.compartment != "general")
    )
    return not barred and grounds


@given(viewers, records)
def test_the_rule_equals_its_second_writing(viewer, facts):
    assert bool(may_read(viewer, facts)) is written_again(viewer, facts)


@given(viewers, records, st.sampled_from(Field), st.none() | st.sampled_from(["", "call back"]))
def test_no_part_is_seen_of_a_record_that_may_not_be_read(viewer, facts, part, purpose):
    seen = may_see(viewer, facts, part, purpose)
    if not may_read(viewer, facts):
        assert not seen
    if part in (Field.PERSON_IDENTITY, Field.SOURCE_IDENTITY) and not purpose:
        assert not seen


@given(viewers, records, st.sampled_from(CLOSED))
def test_nothing_opens_a_compartment_but_membership(viewer, facts, closed):
    outside = Viewer(
        viewer.key, viewer.roles, viewer.sections, viewer.offices, viewer.compartments - {closed}
    )
    everything = Facts(
        facts.kind,
        facts.sensitivity,
        closed,
        facts.office,
        viewer.key,
        frozenset({viewer.key}),
        frozenset(PEOPLE + SECTIONS),
    )
    assert not may_read(outside, everything)


@given(viewers, records)
def test_losing_a_role_never_opens_anything(viewer, facts):
    for code in viewer.roles:
        fewer = Viewer(
            viewer.key,
            viewer.roles - {code},
            viewer.sections,
            viewer.offices,
            viewer.compartments,
            viewer.active,
        )
        assert not may_read(fewer, facts) or may_read(viewer, facts)


@given(viewers, records, st.sampled_from(Level))
def test_raising_the_level_never_opens_anything(viewer, facts, level):
    raised = Facts(
        facts.kind,
        max(level, facts.sensitivity),
        facts.compartment,
        facts.office,
        facts.recorded_by,
        facts.assigned_to,
        facts.granted_to,
    )
    assert not may_read(viewer, raised) or may_read(viewer, facts)


@given(viewers, st.sampled_from(Permission))
def test_a_permission_is_held_through_a_role_by_somebody_active(viewer, permission):
    decision = viewer.may(permission)
    assert bool(decision) is (permission in viewer.permissions)
    assert bool(decision) is (
        viewer.active and any(permission in roles()[code].permissions for code in viewer.roles)
    )
    assert decision.say("fr")


@given(
    st.frozensets(st.sampled_from(PEOPLE)),
    st.sampled_from(PEOPLE),
    st.sampled_from(list(vocabulary("separation"))),
)
def test_nobody_takes_both_steps(first, second, rule):
    """Invariant 6."""
    assert bool(separate(first, second, rule)) is (second not in first)
