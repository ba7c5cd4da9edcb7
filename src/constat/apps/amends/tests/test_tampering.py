"""The end of a journal that was cut off is named, although what remains follows from one entry to the next."""

from decimal import Decimal as D

from django.db import connection

from constat.apps.amends.models import Entry, FundLine
from constat.apps.amends.tests import cases
from constat.apps.amends.verify import faults


def test_the_last_entry_taken_away_with_the_head_set_back_is_named(cast, guards_lifted):
    cases.fund(cast.dara)
    cases.band(cast.dara)
    cases.delivered(cast, cases.credible(cast.chen))
    assert list(faults()) == []
    last = Entry.objects.order_by("-number").first()
    with guards_lifted():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM amends_entry WHERE id = %s", [last.pk])
        FundLine.objects.update(entries=last.number - 1, head=last.previous, disbursed=D(0))
        assert [one.record for one in faults()] == [f"AMENDS-1/{last.number}"]


def test_a_whole_line_taken_away_is_named(cast, guards_lifted):
    cases.fund(cast.dara)
    with guards_lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM amends_entry")
        cursor.execute("DELETE FROM amends_fundline")
    assert [one.record for one in faults()] == ["AMENDS-1/1"]
