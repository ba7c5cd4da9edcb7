"""What a public note kept back is found neither in its next version nor in the note of the next quarter."""

from datetime import UTC, datetime, timedelta

import pytest

from constat.apps.publication import actions
from constat.apps.publication.actions.compose import withheld_before
from constat.apps.publication.models import Publication
from constat.apps.publication.tests.test_note import AT, cases, graded, line, note, on
from constat.rules.disclosure import Cell

pytestmark = pytest.mark.django_db
__all__ = ["cases"]


def released(cast, at):
    code = actions.begin(by=cast.chen, at=at, kind="note", period="2026-Q1")
    actions.submit_for_review(by=cast.chen, at=at, publication=code, reason="Ready")
    actions.publish(by=cast.legal, at=at, publication=code, reason="Read")
    return Publication.objects.get(code=code)


def cells(found):
    return {name: found.figure(name).cell for name in ("killed", "injured", "abducted", "detained")}


def test_a_neighbour_that_hid_a_small_number_once_goes_on_hiding_it(cast, cases):
    made = graded(cases, on(2, 3), on(2, 20), 3)
    for harm, best in (("injury", 10), ("abduction", 8), ("detention_arbitrary", 30)):
        line(made, harm, best)
    first = released(cast, AT)
    hidden = {one["name"] for one in first.figures if one.get("cell") == "suppressed"}
    assert {"killed", "abducted"} <= hidden and "injured" not in hidden

    # Five more were abducted: by itself the new version would print the abducted, and 3 killed = what was hidden then − 8.
    other = graded(cases, on(3, 3), on(3, 20), 0)
    line(other, "abduction", 5)
    alone = cells(note())
    assert alone["abducted"] is Cell.SHOWN, "the example is one"
    again = cells(note(withheld=withheld_before("2026-Q1")))
    assert again["abducted"] is again["killed"] is Cell.SUPPRESSED

    # Nor does the note of the next quarter print it as the number before.
    later = AT + timedelta(days=60)
    names = {one.name for one in note("2026-Q2", at=later, withheld=withheld_before("2026-Q2")).figures}
    assert "change.detained" in names and not {"change.killed", "change.abducted"} & names

    second = released(cast, AT + timedelta(days=1))
    kept = {one["name"] for one in second.figures if one.get("cell") == "suppressed"}
    assert {"killed", "abducted"} <= kept


def test_a_region_that_was_kept_back_stays_back(cases):
    for region, killed in (("ML05", 3), ("ML06", 9), ("ML07", 30)):
        graded(cases, on(2, 3), on(2, 20), killed, adm1=region)
    held = {"2026-Q1": frozenset({"region.ML07.killed"})}
    found = note(withheld=held)
    assert found.figure("region.ML07.killed").cell is Cell.SUPPRESSED
    assert found.figure("killed").cell is Cell.SHOWN


def test_a_draft_that_nobody_released_binds_nobody(cast, cases):
    graded(cases, on(2, 3), on(2, 20), 3)
    code = actions.begin(by=cast.chen, at=datetime(2026, 6, 1, tzinfo=UTC), kind="note", period="2026-Q1")
    actions.submit_for_review(by=cast.chen, at=AT, publication=code, reason="Ready")
    assert withheld_before("2026-Q1") == {}
