"""Totals count each harm once, keep the scopes apart, and show a viewer only what this viewer may read."""

import hashlib
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from constat.apps.desk.scopes import Scope
from constat.apps.desk.totals import NODE, UnknownDimension, totals
from constat.apps.incidents.models import Incident, IncidentReport
from constat.apps.reports.models import Report, ReportHarm
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def report(code, *lines, **columns):
    values = {
        "channel": "phone",
        "received_at": NOW,
        "country": "MLI",
        "starts_on": date(2026, 1, 5),
        "sensitivity": 1,
    }
    made = Report.objects.create(
        code=code, original=b"x", original_sha256=hashlib.sha256(b"x").hexdigest(), **values | columns
    )
    for low, best, high, *rest in lines:
        harm, is_total = (*rest, "death", True)[:2] if len(rest) < 2 else rest
        ReportHarm.objects.create(
            report=made, harm=harm, minimum=low, best=best, maximum=high, is_total=is_total
        )
    return made


def incident(code, low, best, high, **columns):
    values = {
        "country": "MLI",
        "starts_on": date(2026, 1, 5),
        "opened_at": NOW,
        "updated_at": NOW,
        "sensitivity": 1,
    }
    return Incident.objects.create(
        code=code, deaths_min=low, deaths_best=best, deaths_max=high, **values | columns
    )


def link(one, other, **columns):
    return IncidentReport.objects.create(
        incident=one, report=other, relation="primary", linked_at=NOW, **columns
    )


def flat(tally):
    return tally.min, tally.best, tally.max, tally.n, tally.n_best_unknown, tally.n_max_open


def ask(viewer=NODE, scope=Scope.ALL, by=(), **options):
    return totals(viewer=viewer, scope=scope, by=by, at=NOW, **options)


def test_a_report_inside_an_incident_is_counted_through_it_only():
    held = report("R-1", (5, 6, 7))
    link(incident("I-1", 3, 4, 4), held)
    report("R-2", (1, 1, 2))

    found = ask()

    assert flat(found.total.incidents) == (3, 4, 4, 1, 0, 0)
    assert flat(found.total.reports) == (1, 1, 2, 1, 0, 0)
    assert flat(found.total.total) == (4, 5, 6, 2, 0, 0)


def test_a_cut_link_gives_the_report_back(amina):
    held = report("R-1", (5, 6, 7))
    link(incident("I-1", 3, 4, 4), held, cut_at=NOW, cut_by=amina, cut_reason="other village")

    assert ask().total.reports.n == 1


def test_merged_and_duplicate_incidents_and_reports_set_aside_are_not_counted_twice():
    kept = incident("I-1", 3, 4, 5)
    incident("I-2", 3, 4, 5, state="merged", merged_into=kept)
    incident("I-3", 3, 4, 5, state="closed", closure_reason="duplicate")
    incident("I-4", 1, 1, 1, state="closed", closure_reason="established")
    for number, outcome in enumerate(("duplicate", "out_of_scope", "withdrawn", "casualty_recording")):
        report(f"R-{number}", (1, 1, 1), outcome=outcome)

    found = ask()

    assert found.total.incidents.n == 2
    assert found.total.reports.n == 1


def test_parts_and_other_harms_are_never_added_to_deaths():
    report("R-1", (5, 6, 7), (2, 2, 2, "death", False), (9, 9, 9, "injury", True))

    assert flat(ask().total.reports) == (5, 6, 7, 1, 0, 0)


def test_what_is_not_known_is_counted_as_not_known():
    report("R-1", (5, 6, 7))
    report("R-2", (2, None, None))
    report("R-3")

    assert flat(ask().total.reports) == (7, 8, None, 3, 2, 2)


def test_the_scopes_are_two_tables():
    incident("I-1", 1, 1, 1, involvement="suspected")
    incident("I-2", 2, 2, 2, involvement="excluded")
    incident("I-3", 4, 4, 4, involvement="unknown")

    assert ask(scope=Scope.OWN).total.incidents.best == 1
    assert ask(scope=Scope.ALL).total.incidents.best == 7


def test_a_viewer_sees_the_sum_of_what_this_viewer_may_read(cast, viewer_for):
    incident("I-1", 1, 1, 1)
    incident("I-2", 2, 2, 2, compartment="child", sensitivity=3)

    assert ask(viewer=viewer_for(cast.farid)).total.total.n == 0
    assert ask(viewer=None).total.total.n == 0
    assert ask(viewer=viewer_for(cast.dara)).total.incidents.n == 1
    assert ask(viewer=NODE).total.incidents.n == 2


def test_dimensions_and_their_unknown_last():
    incident("I-1", 1, 1, 1, weapon="mortar", adm1="ML07")
    incident("I-2", 2, 2, 2, country="", starts_on=None)
    report("R-1", (4, 4, 4), country="NER")

    assert [row.key for row in ask(by=("country", "month")).rows] == [
        ("MLI", "2026-01"),
        ("NER", "2026-01"),
        (None, None),
    ]
    assert [row.key for row in ask(by=("weapon", "adm1")).rows] == [("mortar", "ML07"), (None, None)]
    assert [row.total.n for row in ask(by=("grade",)).rows] == [3]
    with pytest.raises(UnknownDimension, match="colour"):
        ask(by=("colour",))


@pytest.mark.parametrize(
    "by",
    [
        "country",
        "year",
        "month",
        "type_of_violence",
        "adm1",
        "adm2",
        "incident_type",
        "weapon",
        "involvement",
        "grade",
    ],
)
def test_every_dimension_adds_up_to_the_same_total(by):
    for number in range(6):
        incident(
            f"I-{number}",
            number,
            number,
            number + 1,
            country=["MLI", "NER", ""][number % 3],
            starts_on=date(2024 + number % 2, 3, 1),
        )
        report(f"R-{number}", (number, None if number % 2 else number, number), adm1=["ML07", ""][number % 2])

    found = ask(by=(by,))

    assert flat(found.total.total) == flat(ask().total.total)
    assert sum(row.total.n for row in found.rows) == 12


def test_the_command_says_scope_method_and_moment():
    import json

    incident("I-1", 1, 2, 3, country="CIV", violence_type="one_sided")
    out = io.StringIO()
    call_command("totals", scope="all", json=True, stdout=out)

    found = json.loads(out.getvalue())
    assert (found["scope"], found["methodology"], found["unit"], found["by"]) == (
        "all", "1", "persons", ["country", "year", "type_of_violence"],
    )  # fmt: skip
    (row,) = found["rows"]
    assert (row["country"], row["country_code"], row["year"], row["type_of_violence"], row["type_of_violence_code"]) == (
        "Ivory Coast", "CIV", 2026, 3, "one_sided",
    )  # fmt: skip
    assert (row["min"], row["best"], row["max"], row["n"]) == (1, 2, 3, 1)
    table = io.StringIO()
    call_command("totals", scope="own", stdout=table)
    assert "total" in table.getvalue()
    with pytest.raises(CommandError) as refusal:
        call_command("totals", scope="all", by="colour")
    assert refusal.value.returncode == 2
