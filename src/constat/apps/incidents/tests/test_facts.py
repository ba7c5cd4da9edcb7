"""What the incident says: description, figures, persons, sources, grade, attribution."""

from datetime import timedelta

import pytest

from constat.apps.access.models import Identity
from constat.apps.incidents import actions, page_query
from constat.apps.incidents.actions import HarmEntry
from constat.apps.incidents.errors import Incomplete, NotAllowed, NothingToDo, WrongState
from constat.apps.incidents.models import Attribution, HarmLine, PersonHarmed, Revision
from constat.apps.incidents.tests.cases import build, make_report
from constat.apps.register.models import Actor
from constat.rules.attribution import AttributionWithoutBasis, AttributionWithoutSource
from constat.rules.proof import OverrideWithoutReason
from constat.rules.tally import InvalidRange
from constat.rules.vocabulary import UnknownTerm
from tests.cast import NOW, viewer_for

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def incident(chen):
    return build(chen)


def test_what_it_said_before_stays_beside_the_change(chen, incident):
    actions.describe(by=chen, at=NOW, incident=incident.code, changes={"narrative": "First"})
    actions.describe(
        by=chen, at=LATER, incident=incident.code, changes={"narrative": "Second"}, reason="Heard again"
    )

    last = Revision.objects.order_by("-pk").first()
    assert (last.before, last.reason) == ({"narrative": "First"}, "Heard again")


def test_a_finer_place_than_any_report_knows_needs_a_reason(chen):
    incident = build(chen, make_report(place_precision="admin1"))
    change = {"place_precision": "exact"}

    with pytest.raises(Incomplete, match="finer precision"):
        actions.describe(by=chen, at=NOW, incident=incident.code, changes=change)
    actions.describe(
        by=chen, at=NOW, incident=incident.code, changes=change, reason="Coordinates from the clinic"
    )

    incident.refresh_from_db()
    assert incident.place_precision == "exact"


def test_a_last_day_before_the_first_is_refused(chen, incident):
    with pytest.raises(Incomplete):
        actions.describe(
            by=chen,
            at=NOW,
            incident=incident.code,
            changes={"ends_on": incident.starts_on - timedelta(days=1)},
        )


def test_a_word_that_is_not_in_the_vocabulary_is_refused(chen, incident):
    with pytest.raises(UnknownTerm):
        actions.describe(by=chen, at=NOW, incident=incident.code, changes={"incident_type": "ambush-ish"})


def test_the_sums_follow_the_lines(chen, incident):
    actions.set_harm(
        by=chen, at=NOW, incident=incident.code,
        lines=[HarmEntry("death", 2, None, None), HarmEntry("death", 1, 1, 1, sex="woman", is_total=False),
               HarmEntry("injury_minor", 1, 2, 3), HarmEntry("injury_serious", 4, 4, 4)],
    )  # fmt: skip

    incident.refresh_from_db()
    assert (incident.deaths_min, incident.deaths_best, incident.deaths_max) == (2, None, None)
    assert (incident.injured_min, incident.injured_best, incident.injured_max) == (5, 6, 7)


@pytest.mark.parametrize(
    "lines",
    [
        [HarmEntry("death", 2), HarmEntry("death", 3)],
        [HarmEntry("death", 2, sex="woman", is_total=False)],
        [HarmEntry("injury", 2), HarmEntry("injury_minor", 1)],
        [HarmEntry("death", 1, 2, 3), HarmEntry("death", 2, sex="woman", is_total=False),
         HarmEntry("death", 2, sex="man", is_total=False)],
    ],
    ids=["two totals", "part without total", "total inside a total", "parts above the total"],
)  # fmt: skip
def test_lines_that_cannot_be_true_together_are_refused(chen, incident, lines):
    before = list(HarmLine.objects.values())

    with pytest.raises(Incomplete):
        actions.set_harm(by=chen, at=NOW, incident=incident.code, lines=lines)
    assert list(HarmLine.objects.values()) == before


def test_a_range_that_contradicts_itself_is_refused(chen, incident):
    with pytest.raises(InvalidRange):
        actions.set_harm(by=chen, at=NOW, incident=incident.code, lines=[HarmEntry("death", 5, 4, 6)])


def test_two_ways_of_breaking_down_are_not_added_to_each_other(chen, incident):
    lines = [HarmEntry("death", 2, 2, 2), HarmEntry("death", 2, sex="woman", is_total=False),
             HarmEntry("death", 2, age_band="adult", is_total=False)]  # fmt: skip

    actions.set_harm(by=chen, at=NOW, incident=incident.code, lines=lines)


def test_a_name_goes_to_the_vault_and_nowhere_else(chen, incident):
    key = actions.add_person(
        by=chen, at=NOW, incident=incident.code, harms=["death"], identity={"name": "Awa Inventée"}
    )

    assert Identity.objects.filter(pk=key, kind="person_harmed").exists()
    assert b"Awa" not in bytes(Identity.objects.get(pk=key).sealed)
    assert "Awa" not in str(list(PersonHarmed.objects.values()))


def test_taking_a_person_off_takes_the_name_out_of_the_vault(chen, incident):
    key = actions.add_person(
        by=chen, at=NOW, incident=incident.code, harms=["death"], identity={"name": "Awa Inventée"}
    )

    actions.remove_person(by=chen, at=LATER, incident=incident.code, person=key, reason="Listed twice")

    assert not Identity.objects.filter(pk=key).exists()
    assert not PersonHarmed.objects.exists()


def test_persons_and_figures_that_differ_are_shown_until_somebody_says_why(chen, incident):
    actions.add_person(by=chen, at=NOW, incident=incident.code, harms=["death"])
    (open_,) = page_query.page(viewer_for(chen), incident.code, at=NOW).differences
    assert (open_.listed, open_.kind, open_.reason) == (1, "fewer_listed", "")

    actions.explain_difference(
        by=chen, at=NOW, incident=incident.code, harm="death", reason="Two families refused"
    )

    (said,) = page_query.page(viewer_for(chen), incident.code, at=NOW).differences
    assert said.reason == "Two families refused"


def test_the_suggestion_counts_groups_and_not_sources(chen, incident):
    for _ in range(3):
        actions.add_source(by=chen, at=NOW, incident=incident.code, kind="media", reliability="B", credibility="2",
                           independence_group="one telephone call")  # fmt: skip

    page = page_query.page(viewer_for(chen), incident.code, at=NOW)

    assert (len(page.sources), page.groups, page.suggested) == (4, 2, "weak")


def test_three_types_of_independent_sources_suggest_fair(chen, incident):
    actions.grade_source(by=chen, at=NOW, incident=incident.code, source=incident.sources.get().pk, kind="witness",
                         reliability="B", credibility="2", independence_group="village")  # fmt: skip
    for kind in ("medical", "community"):
        actions.add_source(by=chen, at=NOW, incident=incident.code, kind=kind, reliability="B", credibility="2",
                           independence_group=kind)  # fmt: skip

    assert page_query.page(viewer_for(chen), incident.code, at=NOW).suggested == "fair"


def test_another_grade_than_the_suggested_one_needs_a_reason(chen, incident):
    with pytest.raises(OverrideWithoutReason):
        actions.grade(by=chen, at=NOW, incident=incident.code, grade="confirmed")
    actions.grade(
        by=chen, at=NOW, incident=incident.code, grade="confirmed", reason="The party said so on the radio"
    )

    incident.refresh_from_db()
    assert (incident.grade, incident.grade_suggested, incident.graded_by) == ("confirmed", "weak", chen)
    assert [step["code"] for step in incident.grade_trace][:1] == ["trace_groups"]


def test_an_attribution_needs_its_basis_and_a_claim_its_speaker(chen, incident):
    actor = Actor.objects.create(code="group", kind="unidentified", name="Group")
    act = {"by": chen, "at": NOW, "incident": incident.code, "explanation": "Seen"}

    with pytest.raises(AttributionWithoutBasis):
        actions.attribute(actor=actor.code, basis="", **act)
    with pytest.raises(AttributionWithoutSource):
        actions.attribute(actor=actor.code, basis="claimed_by", **act)
    with pytest.raises(AttributionWithoutBasis):
        actions.attribute(actor=actor.code, basis="not_attributable", **act)
    actions.attribute(basis="not_attributable", **act)
    assert Attribution.objects.get().actor is None


def test_a_withdrawn_attribution_stays_with_its_end(chen, incident):
    row = actions.attribute(
        by=chen, at=NOW, incident=incident.code, basis="not_attributable", explanation="Nobody saw"
    )

    actions.withdraw_attribution(by=chen, at=LATER, incident=incident.code, attribution=row)

    assert Attribution.objects.get().withdrawn_at == LATER
    with pytest.raises(NothingToDo):
        actions.withdraw_attribution(by=chen, at=LATER, incident=incident.code, attribution=row)


def test_facts_do_not_change_while_somebody_reviews_them(chen, incident):
    actions.submit_for_review(by=chen, at=NOW, incident=incident.code, reason="Done")

    with pytest.raises(WrongState):
        actions.describe(by=chen, at=LATER, incident=incident.code, changes={"narrative": "Other"})


def test_readers_do_not_change_facts(military, incident):
    with pytest.raises(NotAllowed):
        actions.describe(by=military, at=NOW, incident=incident.code, changes={"narrative": "Other"})
