"""The files of words refer to one another by code; every such reference leads somewhere."""

import re
from pathlib import Path

import pytest

import constat.rules
from constat.rules import disclosure
from constat.rules.deadlines import clock
from constat.rules.permissions import Permission
from constat.rules.roles import Field, Level, role, roles
from constat.rules.speech import templates
from constat.rules.vocabulary import UnknownTerm, names, vocabulary
from constat.rules.workflows import WORKFLOWS

pytestmark = pytest.mark.onedb


def test_enumerations_and_vocabularies_hold_the_same_codes():
    assert [entry.value for entry in Permission] == list(vocabulary("permission"))
    assert [entry.value for entry in Field] == list(vocabulary("field"))
    assert [entry.name for entry in Level] == list(vocabulary("sensitivity"))
    assert [entry.value for entry in disclosure.Audience] == list(vocabulary("audience"))
    assert list(roles()) == list(vocabulary("role"))


def test_what_the_page_shows_of_a_permission_a_role_a_level_a_field():
    assert Permission.REPORTS_TRIAGE.label("fr") == "Trier les signalements"
    assert Permission.REPORTS_TRIAGE.sentence("en").startswith("Can decide")
    assert role("analyst").label("ar") == "محلل الخلية"
    assert Level.L2.label("en") == "L2 Confidential"
    assert Field.MEDIA.label("fr") == "Images et documents d’origine"
    with pytest.raises(UnknownTerm):
        role("king")


def test_every_role_and_permission_has_its_sentence_in_three_languages():
    for name in ("role", "permission"):
        for entry in vocabulary(name).values():
            assert entry.definition.keys() == {"fr", "en", "ar"}, entry.code


def test_every_permission_is_held_by_somebody():
    held = frozenset().union(*(one.permissions for one in roles().values()))
    assert held == set(Permission)


def test_clocks_verbs_needs_and_states_exist():
    for flow in WORKFLOWS:
        for code in flow.starts:
            clock(code)
        for step in flow.transitions:
            assert step.verb in vocabulary("verb")
            assert all(need in vocabulary("need") for need in step.needs)
            if step.clock:
                clock(step.clock)
    used = {step.verb for flow in WORKFLOWS for step in flow.transitions}
    assert used == set(vocabulary("verb"))
    assert {need for flow in WORKFLOWS for step in flow.transitions for need in step.needs} == set(
        vocabulary("need")
    )


def test_links_between_vocabularies():
    for name in ("harm", "incident_type", "person_group", "triage_outcome"):
        for entry in vocabulary(name).values():
            if "compartment" in entry.extra:
                assert entry.extra["compartment"] in vocabulary("compartment")
    for entry in vocabulary("harm").values():
        assert entry.extra["unit"] in vocabulary("harm_unit")
    for entry in vocabulary("triage_outcome").values():
        assert entry.extra["next"] in vocabulary("verb")
    for entry in vocabulary("actor_relation").values():
        assert vocabulary("actor_relation")[entry.extra["inverse"]].extra["inverse"] == entry.code
    for entry in vocabulary("audience").values():
        assert entry.extra["time"] == disclosure._TIME[disclosure.Audience(entry.code)]
    assert set(vocabulary("harm")) >= disclosure.SENSITIVE_HARMS


def test_ladders_have_no_two_equal_steps():
    for name in names():
        ranks = [entry.rank for entry in vocabulary(name).values() if entry.rank is not None]
        assert len(ranks) == len(set(ranks)), name


def test_every_sentence_is_spoken_somewhere_and_every_spoken_one_exists():
    text = "".join(path.read_text("utf-8") for path in Path(constat.rules.__file__).parent.glob("*.py"))
    quoted = set(re.findall(r'"([a-z0-9_]+)"', text))
    assert not templates().keys() - quoted, "sentences nobody speaks"
    refused = set(re.findall(r'(?:raise \w+|Sentence|Decision)\(\s*(?:True, |False, )?"([a-z0-9_]+)"', text))
    assert refused, "the pattern finds the places where sentences are used"
    assert not refused - templates().keys(), "sentences that do not exist"
