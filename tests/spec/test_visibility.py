"""Reading, parts of a record and the two-person rules, row by row of visibility.md."""

import pytest

from constat.rules.permissions import Permission
from constat.rules.roles import roles
from constat.rules.separation import SamePerson, require_separate, separate
from constat.rules.visibility import Facts, Field, Level, Viewer, explain, may_read, may_see
from constat.rules.vocabulary import vocabulary
from tests.spec.table import rows, ticked, titles, words

pytestmark = pytest.mark.onedb

READING = rows("visibility.md", "Reading a record")
PARTS = rows("visibility.md", "Parts of a record")
TWO = rows("visibility.md", "Two people")
COLUMNS = {
    "pattern": Field.PATTERN,
    "exact place": Field.EXACT_PLACE,
    "victim or witness": Field.PERSON_IDENTITY,
    "source": Field.SOURCE_IDENTITY,
    "media": Field.MEDIA,
    "draft attribution": Field.DRAFT_ATTRIBUTION,
    "read log": Field.READ_LOG,
}
IDENTITIES = (Field.PERSON_IDENTITY, Field.SOURCE_IDENTITY)


def some(cell: str) -> frozenset[str]:
    return frozenset(words(cell))


def scene(row: dict[str, str]) -> tuple[Viewer, Facts]:
    viewer = Viewer(
        "farid",
        some(row["roles"]),
        some(row["sections"]),
        some(row["offices"]),
        some(row["compartments"]),
        ticked(row["active"]),
    )
    facts = Facts(
        row["kind"],
        Level[row["level"]],
        row["compartment"],
        "gao",
        "amina",
        some(row["assigned"]),
        some(row["granted"]),
    )
    return viewer, facts


@pytest.mark.parametrize("row", READING, ids=titles(READING))
def test_reading(row):
    viewer, facts = scene(row)
    decision = may_read(viewer, facts)
    assert (decision.allowed, decision.reason) == (ticked(row["reads"]), row["reason"])
    for language in ("fr", "en", "ar"):
        parts = [sentence.say(language) for sentence in explain(viewer, facts)]
        assert decision.say(language) in parts
        assert all(parts)


@pytest.mark.parametrize("row", PARTS, ids=titles(PARTS))
def test_parts(row):
    """Each cell of the matrix, by asking the rule and not the file it is written in."""
    viewer = Viewer("farid", frozenset({row["role"]}))
    reached = {"sensitivity": viewer.ceiling, "granted_to": frozenset({"farid"})}
    for column, part in COLUMNS.items():
        any_record, own = row[column].split("/")[0], row[column].split("/")[-1]
        for kind in ("report", "incident"):
            other = Facts(kind, recorded_by="amina", **reached)
            recorded = Facts(kind, recorded_by="farid", **reached)
            assigned = Facts(kind, assigned_to=frozenset({"farid"}), **reached)
            assert may_see(viewer, other, part, "follow-up call").level == any_record
            assert may_see(viewer, recorded, part, "follow-up call").level == own
            assert may_see(viewer, assigned, part, "follow-up call").level == own
            if part in IDENTITIES:
                assert may_see(viewer, recorded, part).level == "none"
                assert may_see(viewer, recorded, part, "  ").level == "none"
            else:
                assert may_see(viewer, recorded, part).level == own


def test_the_reason_names_the_roles_that_read_everything_and_no_other():
    both = Viewer("farid", frozenset({"analyst", "human_rights_officer"}))
    decision = may_read(both, Facts("report", Level.L1))
    assert (decision.reason, decision.detail) == ("role", "analyst")
    assert decision.say("en") == "The person’s role reads all records of this kind: Cell analyst."


def test_the_panel_says_why():
    facts = Facts("report", Level.L3, "crsv")
    keeper = Viewer("farid", frozenset({"crsv_adviser"}), compartments=frozenset({"crsv"}))
    assert [sentence.say("en") for sentence in explain(keeper, facts)] == [
        "This person can read this record.",
        "The person’s role keeps the compartment “Conflict-related sexual violence”.",
        "Roles: Women protection adviser.",
        "Level of the record: L3 Strictly confidential; level reached by the roles: L3 Strictly confidential.",
        "Compartment: Conflict-related sexual violence.",
    ]
    nobody = Viewer("farid", frozenset())
    assert [sentence.say("fr") for sentence in explain(nobody, facts)] == [
        "Pour cette personne, ce dossier n’existe pas.",
        "Cette personne n’a aucun rôle.",
        "Aucun rôle.",
        "Niveau du dossier\u00a0: L3 Strictement confidentiel\u202f; niveau atteint par ses rôles\u00a0: L0 Public.",
        "Compartiment\u00a0: Violences sexuelles liées au conflit.",
    ]


def test_the_matrix_has_every_role():
    assert [row["role"] for row in PARTS] == list(roles())


def test_a_keeper_sees_inside_the_own_compartment_only():
    keeper = Viewer("farid", frozenset({"child_adviser"}), compartments=frozenset({"child"}))
    inside = Facts("report", Level.L3, "child")
    elsewhere = Facts("report", Level.L3, "crsv", granted_to=frozenset({"farid"}))
    assert may_see(keeper, inside, Field.PERSON_IDENTITY, "safety visit").level == "full"
    assert may_see(keeper, elsewhere, Field.PERSON_IDENTITY, "safety visit").reason == "outside_compartment"


def test_who_sees_identities_holds_the_permission_to_reveal():
    for role in roles().values():
        sees = any(role.own_fields[part] == "full" for part in IDENTITIES)
        assert not sees or Permission.IDENTITIES_REVEAL in role.permissions, role.code


def test_own_is_never_less_than_any():
    for role in roles().values():
        for part in Field:
            assert role.own_fields[part].rank >= role.fields[part].rank, (role.code, part)


def test_reports_stay_out_of_military_hands_and_logs_out_of_case_hands():
    closed = {"military_operations", "police_operations", "joc_jmac", "leadership", "public_information"}
    for code in closed:
        assert Permission.REPORTS_READ not in roles()[code].permissions
    for code in ("system_administrator", "data_protection", "auditor"):
        assert (
            not {Permission.REPORTS_READ, Permission.INCIDENTS_READ, Permission.IDENTITIES_REVEAL}
            & roles()[code].permissions
        )


def test_nobody_both_builds_and_manages_access():
    for role in roles().values():
        assert not {Permission.ACCESS_MANAGE, Permission.INCIDENTS_BUILD} <= role.permissions


@pytest.mark.parametrize("row", TWO, ids=titles(TWO))
def test_two_people(row):
    first, second = (
        some(row["first"]),
        row["second"].replace("-", "") if row["second"] == "-" else row["second"],
    )
    decision = separate(first, second, row["rule"])
    assert decision.reason == row["answer"]
    assert decision.allowed is (row["answer"] == "two_persons")
    if decision:
        require_separate(first, second, row["rule"])
    else:
        with pytest.raises(SamePerson) as refusal:
            require_separate(first, second, row["rule"])
        assert vocabulary("separation").label(row["rule"], "ar") in refusal.value.say("ar")
