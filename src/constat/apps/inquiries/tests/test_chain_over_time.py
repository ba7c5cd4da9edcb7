"""Whoever was in the unit involved when it happened neither decides, nor investigates, nor takes a decision away, also later."""

from datetime import timedelta

import pytest

from constat.apps.access.models import Post
from constat.apps.inquiries import actions
from constat.apps.inquiries.errors import NotIndependent
from constat.apps.inquiries.models import Inquiry
from constat.apps.inquiries.tests import cases
from tests.cast import NOW


def served(who, unit, *, until=None):
    """A post in that unit, since long, that ended (or has not)."""
    who.posts.update(starts_at=NOW - timedelta(days=400))
    return Post.objects.create(
        person=who,
        role="military_operations",
        section="force",
        unit=unit,
        starts_at=NOW - timedelta(days=400),
        ends_at=until,
    )


def named(found, unit="alpha"):
    cases.unit(unit)
    actions.name_unit(by=cases.person("chen"), at=NOW, inquiry=found.code, unit=unit, basis="A patrol log")
    return found


def at_decision():
    found = named(cases.at_assessment())
    cases.assess(found)
    actions.submit_to_decision(by=cases.person("chen"), at=NOW, inquiry=found.code, reason="Ready")
    return cases.inquiry_of(found.code)


def test_a_post_in_the_unit_that_ended_after_the_event_still_bars_from_signing(db):
    found, kadi = at_decision(), cases.person("approver")
    served(kadi, "alpha", until=NOW - timedelta(hours=1))
    assert found.incident.starts_on < (NOW - timedelta(hours=1)).date()
    with pytest.raises(NotIndependent):
        cases.decide(found, outcome="not_enough_evidence")


def test_a_post_that_ended_before_the_event_bars_nobody(db):
    found, kadi = at_decision(), cases.person("approver")
    served(kadi, "alpha", until=NOW - timedelta(days=300))
    cases.decide(found)
    assert Inquiry.objects.get(pk=found.pk).state == "response"


def test_a_post_that_ended_after_the_event_still_bars_from_investigating(db):
    found = at_decision()
    cases.decide(found, outcome="investigate")
    oumar = cases.person("investigator")
    served(oumar, "alpha", until=NOW - timedelta(hours=1))
    with pytest.raises(NotIndependent):
        actions.name_investigator(by=cases.person("approver"), at=NOW, inquiry=found.code, person=oumar)


def test_nobody_in_the_chain_takes_a_credible_decision_away_by_reopening(db):
    found = at_decision()
    cases.decide(found)
    served(cases.person("approver"), "alpha")
    with pytest.raises(NotIndependent):
        actions.reopen(
            by=cases.person("approver"), at=NOW, inquiry=found.code, trigger="The unit says otherwise"
        )
    assert Inquiry.objects.get(pk=found.pk).state == "response"
