"""The quarterly note: whose harm is counted, in which quarter, by whom, and what may be printed of it."""

from datetime import UTC, datetime, timedelta

import pytest

from constat.apps.incidents.models import Attribution, HarmLine
from constat.apps.publication import compose
from constat.apps.publication.compose.note import Texts, change_sentence
from constat.apps.publication.composed import texts
from constat.apps.register.models import AdminArea
from constat.rules.disclosure import Cell
from tests.golden.cases import Cases

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def cases(dara):
    return Cases(dara)


def on(month, day):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def graded(cases, happened, verified, killed, *, grade="confirmed", **over):
    made = cases.incident(
        happened, starts_on=happened.date(), grade=grade, graded_by=cases.by, graded_at=verified, **over
    )
    line(made, "death", killed)
    return made


def line(incident, harm, best, *, low=None, high=None, **over):
    spread = {
        "minimum": best if low is None else low,
        "best": best,
        "maximum": best if high is None else high,
    }
    return HarmLine.objects.create(incident=incident, harm=harm, **(spread | over))


def note(quarter="2026-Q1", language="en", at=AT, **more):
    return compose.note(compose.NODE, quarter=quarter, language=language, at=at, **more)


def test_what_is_verified_is_counted_and_the_rest_is_said_apart(cases):
    graded(cases, on(2, 3), on(2, 20), 12)
    graded(cases, on(2, 4), on(2, 21), 30, grade="weak")
    cases.incident(on(2, 5), starts_on=on(2, 5).date())
    found = note()
    assert (found.figure("killed").value, found.figure("unverified").value) == (12, 30)
    assert any("30" in text and "not yet verified" in text for text in texts(found.document))


def test_verified_late_counts_once_in_the_quarter_of_its_verification(cases):
    graded(cases, on(3, 30), on(4, 20), 10)  # within the time to verify: its own quarter
    graded(cases, on(3, 30), on(5, 15), 20)  # later: counted in the second quarter, marked late
    first, second = note(), note("2026-Q2", at=AT + timedelta(days=60))
    assert (first.figure("killed").value, first.figure("late").value) == (10, 0)
    assert (second.figure("killed").value, second.figure("late").value) == (20, 1)
    # As of the day before the second one was verified, nobody knew it.
    assert note("2026-Q2", at=on(5, 10)).figure("killed").value == 0


def test_merged_and_duplicate_incidents_are_not_counted(cases):
    kept = graded(cases, on(2, 3), on(2, 20), 12)
    graded(cases, on(2, 3), on(2, 20), 12, state="merged", merged_into=kept)
    graded(cases, on(2, 3), on(2, 20), 12, state="closed", closure_reason="duplicate")
    assert note().figure("killed").value == 12


def test_fighters_are_taken_out_and_the_range_stays_honest(cases):
    made = graded(cases, on(2, 3), on(2, 20), 20)
    line(made, "death", 4, low=2, high=6, status="participating_in_hostilities", is_total=False)
    killed = note().figure("killed")
    assert (killed.low, killed.value, killed.high) == (14, 16, 18)


def test_each_kind_of_harm_is_counted_in_one_place(cases):
    made = graded(cases, on(2, 3), on(2, 20), 10)
    line(made, "injury_serious", 7)
    line(made, "missing_disappeared", 6)
    line(made, "detention_arbitrary", 8)
    line(made, "detention_lawful", 50)
    line(made, "property_destroyed", 90, unit="items")
    found = note()
    assert [found.figure(name).value for name in ("killed", "injured", "abducted", "detained", "total")] == [
        10,
        7,
        6,
        8,
        31,
    ]


def test_by_group_and_the_cases_nobody_or_several_are_blamed_for(cases):
    for number, kinds in enumerate(
        (["extremist_group"], ["host_police"], ["host_police", "extremist_group"], [])
    ):
        made = graded(cases, on(2, 3 + number), on(2, 20), 10 + number)
        for kind in kinds:
            cases.attributed(made, kind, on(2, 20))
    withdrawn = graded(cases, on(2, 9), on(2, 20), 20)
    cases.attributed(withdrawn, "host_police", on(2, 20))
    Attribution.objects.filter(incident=withdrawn).update(withdrawn_at=on(2, 25), withdrawn_by=cases.by)
    found = note()
    assert {name: found.figure(f"group.{name}.killed").value for name in ("extremist_groups", "host_forces", "several", "unattributed")} == {
        "extremist_groups": 10, "host_forces": 11, "several": 12, "unattributed": 33,
    }  # fmt: skip


def test_small_cells_and_the_neighbour_that_would_tell_them_are_withheld(cases):
    AdminArea.objects.create(code="ML05", level=1, name="Mopti", folded="mopti", country="MLI", source="t")
    for region, killed in (("ML05", 3), ("ML06", 9), ("ML07", 30)):
        graded(cases, on(2, 3), on(2, 20), killed, adm1=region)
    found = note()
    cells = {name: found.figure(f"region.{name}.killed").cell for name in ("ML05", "ML06", "ML07")}
    assert cells == {"ML05": Cell.SUPPRESSED, "ML06": Cell.SUPPRESSED, "ML07": Cell.SHOWN}
    said = texts(found.document)
    assert "Mopti" in said and said.count("withheld") >= 4
    assert "3" not in said and "9" not in said


def test_a_kind_of_harm_cannot_be_computed_from_the_total_and_the_others(cases):
    made = graded(cases, on(2, 3), on(2, 20), 40)
    line(made, "injury", 3)
    line(made, "abduction", 8)
    found = note()
    cells = {name: found.figure(name).cell for name in ("killed", "injured", "abducted", "detained", "total")}
    assert cells == {"killed": Cell.SHOWN, "injured": Cell.SUPPRESSED, "abducted": Cell.SUPPRESSED, "detained": Cell.ZERO, "total": Cell.SHOWN}  # fmt: skip
    said = texts(found.document)
    assert "3" not in said and "8" not in said and "< 5" not in said
    # The same holds for the quarter before, whose numbers stand beside these.
    after = note("2026-Q2", at=AT + timedelta(days=60))
    assert {one.name for one in after.figures if one.name.startswith("change.")} == {
        "change.killed",
        "change.detained",
        "change.total",
    }


def test_women_and_children_not_known_are_not_nought(cases):
    made = graded(cases, on(2, 3), on(2, 20), 40)
    found = note()
    assert (found.figure("women.killed").cell, found.figure("women.killed").value) == (Cell.UNKNOWN, None)
    assert found.figure("children.abducted").cell is Cell.ZERO
    line(made, "death", 12, sex="woman", is_total=False)
    line(made, "death", 4, sex="woman", age_band="5_11", is_total=False)
    line(made, "death", 6, age_band="12_17", is_total=False)
    line(made, "death", 5, age_band="5_11", is_total=False)
    found = note()
    # Women at all, not women and again the girls among them; children of both bands.
    assert (found.figure("women.killed").value, found.figure("children.killed").value) == (12, 11)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_change_is_in_words_that_fit_the_number(cases, language):
    graded(cases, datetime(2025, 11, 3, tzinfo=UTC), datetime(2025, 11, 20, tzinfo=UTC), 20)
    graded(cases, on(2, 3), on(2, 20), 40)
    found = note(language=language)
    change = found.figure("change.killed")
    assert (change.value, change.before, change.numerator) == (100, 20, 40)
    words = {"fr": "a doublé", "en": "doubled", "ar": "تضاعف"}[language]
    assert any(words in text for text in texts(found.document))
    assert change_sentence("x", 0, 7, language)


def test_no_change_is_told_where_a_number_is_withheld(cases):
    graded(cases, datetime(2025, 11, 3, tzinfo=UTC), datetime(2025, 11, 20, tzinfo=UTC), 3)
    graded(cases, on(2, 3), on(2, 20), 40)
    assert not any(one.name == "change.killed" for one in note().figures)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_an_empty_quarter_is_a_note_too(language):
    found = note(language=language)
    assert found.figure("total").value == 0
    assert found.document.language == language


def test_what_people_write_is_kept_as_written():
    written = Texts(
        "Resolution 2584 (2021)", ["Two offensives"], ["A court opened 3 trials"], ["Open the road"]
    )
    said = texts(note(texts=written).document)
    assert all(text in said for text in written.all())
