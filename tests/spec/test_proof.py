"""Grades, counter-evidence, standards of proof and attribution, row by row of proof.md."""

import pytest

from constat.rules import attribution
from constat.rules.attribution import AttributionError, check_attribution
from constat.rules.proof import GradeSuggestion, SourceView, at_least, suggest_grade
from tests.spec.table import rows, ticked, titles, words

pytestmark = pytest.mark.onedb

GRADES = rows("proof.md", "Suggested grade")
COUNTER = rows("proof.md", "Counter-evidence shown beside the grade")
LADDER = rows("proof.md", "Standards of proof")
ATTRIBUTION = rows("proof.md", "Attribution")


def source(text: str) -> SourceView:
    kind, axes, *rest = text.split()
    access = "hearsay" if "h" in rest[1:] else "eyewitness"
    return SourceView(kind, axes[0], axes[1], rest[0] if rest else "", access)


def suggestion(row: dict[str, str]) -> GradeSuggestion:
    return suggest_grade(
        [source(text) for text in words(row["sources"], ";")],
        own_operation_nearby=ticked(row["action nearby"]),
        acknowledged_by_party=ticked(row["acknowledged"]),
        competing_attribution=ticked(row["competing"]),
        harmed_were_fighters_or_other_party=ticked(row.get("fighters or other party", "no")),
    )


@pytest.mark.parametrize("row", GRADES, ids=titles(GRADES))
def test_grade(row):
    found = suggestion(row)
    assert (found.grade, found.rule) == (row["grade"], row["rule"])
    assert found.trace[-1].code == found.rule


@pytest.mark.parametrize("row", COUNTER, ids=titles(COUNTER))
def test_counter_evidence(row):
    assert [step.code for step in suggestion(row).counter_evidence] == words(row["counter-evidence"])


@pytest.mark.parametrize("row", LADDER, ids=titles(LADDER))
def test_ladder(row):
    assert at_least(row["met"], row["required"]) is ticked(row["enough"])


@pytest.mark.parametrize("row", ATTRIBUTION, ids=titles(ATTRIBUTION))
def test_attribution(row):
    party, basis, said_by = (
        (row[name] if row[name] != "-" else None) for name in ("party", "basis", "said by")
    )
    if row["answer"] == "accepted":
        check_attribution(party, basis, said_by=said_by)
    else:
        with pytest.raises(AttributionError) as refusal:
            check_attribution(party, basis, said_by=said_by)
        assert type(refusal.value) is getattr(attribution, row["answer"])
