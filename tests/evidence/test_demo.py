"""The invented items come out the same each time, and are handled through the actions people use."""

from datetime import timedelta

import pytest

from constat.apps.evidence.models import Interview, Item
from constat.demo import evidence
from tests.cast import NOW
from tests.evidence.items import case

pytestmark = pytest.mark.django_db


def test_the_same_bytes_each_time():
    assert (
        evidence.picture("1", taken=NOW)
        == evidence.picture("1", taken=NOW)
        != evidence.picture("2", taken=NOW)
    )
    assert evidence.document("1") == evidence.document("1")


def test_a_case_gets_its_items(dara, chen):
    incident = case(dara, builder=chen)
    when = NOW - timedelta(days=3)
    for moment, step in evidence.journal(
        seed=1, incidents=[(incident.code, when)], keeper=dara, second=chen, interviewer=dara
    ):
        step(moment)
    assert sorted(Item.objects.values_list("kind", flat=True)) == ["original"] * 4 + ["redacted"]
    assert Interview.objects.exists()
    assert Item.objects.get(kind="redacted").custody.last().kind == "second_look"
