"""An activity log comes in as a table: recognised, tried, every bad row named, the same file again adds nothing."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import translation

from constat.apps.operations.errors import NotAllowed
from constat.apps.operations.models import ActivityLog, LogFile, LogFileProblem, Operation
from constat.apps.operations.reading import draft_of
from constat.apps.operations.tests.cases import own_unit
from constat.apps.register.models import Place, PlaceName
from constat.integrations.spreadsheet.errors import MappingError
from constat.integrations.spreadsheet.operations.columns import guess
from constat.integrations.spreadsheet.operations.importing import import_operations
from constat.integrations.spreadsheet.reading import open_table
from tests.cast import NOW, client_for

pytestmark = pytest.mark.django_db
GOOD = """unité;type d'opération;date;heure de début;heure de fin;latitude;longitude;rayon;arme;coups tirés;étapes;issue;lumière;exposition;cinétique;id
BAT-1;Patrouille à pied;20/02/2026;08:00;12:00;17,55;0,25;2;;;;;;1;non;A1
bat-1;static_checkpoint;20/02/2026;22h00;04h00;17.6;0.3;;rifle;4;Appel de la voix > warning_shot;fled;nuit;6;oui;A2
"""
BAD = """unit,operation type,date,end date,lat,lon,key,exposure,outcome
nobody,foot_patrol,2026-02-20,,17.5,0.2,1,,
bat-1,parade,2026-02-20,,17.5,0.2,2,,
bat-1,foot_patrol,32/02/2026,,17.5,0.2,3,,
bat-1,foot_patrol,2026-02-20,2026-02-19,17.5,0.2,4,,
bat-1,foot_patrol,2027-02-20,,17.5,0.2,5,,
bat-1,foot_patrol,2026-02-20,,97,0.2,6,a lot,
bat-1,foot_patrol,2026-02-20,,,0.2,7,,
bat-1,foot_patrol,2026,,17.5,0.2,8,,
bat-1,foot_patrol,2026-02-20,,17.5,0.2,9,,fled
bat-1,foot_patrol,2026-02-20,,17.5,0.2,10,,
bat-1,,2026-02-20,,17.5,0.2,11,,
"""


@pytest.fixture(autouse=True)
def node(settings, tmp_path):
    settings.HOME = tmp_path
    own_unit()
    with translation.override("en"):
        yield


@pytest.fixture
def brought(tmp_path):
    def bring(text, by="system", name="log.csv", at=NOW, mapping=None, **over):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = mapping or guess(open_table(path).headers)
        return import_operations(path=path, filename=name, mapping=found, by=by, at=at, **over)

    return bring


def test_a_log_in_french_is_read_whole(brought, military, one_event):
    with one_event("operations.import", object_type="log_file"):
        outcome = brought(GOOD, by=military, zone="+01:00")
    assert (outcome.rows, outcome.imported, outcome.refused) == (2, 2, 0)
    first, second = (draft_of(row) for row in Operation.objects.order_by("pk"))
    assert (first.kind, first.starts_at, first.kinetic, first.radius_km) == (
        "foot_patrol", datetime(2026, 2, 20, 7, tzinfo=UTC), False, 2.0)  # fmt: skip
    assert first.exposures == {"patrol_days": 1}
    assert second.ends_at - second.starts_at == timedelta(hours=6)
    assert (second.weapons[0].weapon, second.weapons[0].rounds) == ("rifle", 4)
    assert [step for step, _ in second.encounters[0].steps] == ["shout", "warning_shot"]
    assert (second.encounters[0].light, second.exposures) == ("night", {"checkpoint_hours": 6})


def test_the_same_file_again_adds_nothing_and_another_content_is_listed(brought):
    brought(GOOD)
    again = brought(GOOD)
    assert (again.imported, again.unchanged, again.changed) == (0, 2, 0)
    other = brought(GOOD.replace("08:00", "09:00"))
    assert (other.imported, other.unchanged, other.changed) == (0, 1, 1)
    assert [one.reason for one in other.problems] == ["changed"]
    assert Operation.objects.count() == 2
    assert Operation.objects.order_by("pk")[0].starts_at.hour == 8


def test_a_key_that_stands_twice_with_other_content_is_listed(brought):
    twice = GOOD + GOOD.splitlines()[1].replace("08:00", "06:00") + "\n" + GOOD.splitlines()[2] + "\n"
    outcome = brought(twice)
    assert (outcome.rows, outcome.imported, outcome.changed, outcome.unchanged) == (4, 2, 1, 1)


def test_every_bad_row_is_named_with_its_reasons_and_the_good_one_goes_in(brought):
    outcome = brought(BAD)
    assert (outcome.rows, outcome.imported, outcome.refused) == (11, 1, 10)
    reasons = {}
    for one in outcome.problems:
        reasons.setdefault(one.row, []).append(one.reason)
    assert reasons == {
        2: ["no_such_unit"], 3: ["unknown_code"], 4: ["not_a_date"], 5: ["dates_backwards"], 6: ["in_future"],
        7: ["point_outside", "not_a_quantity"], 8: ["point_half"], 9: ["whole_day_needed"], 10: ["step_missing"],
        12: ["needed"],
    }  # fmt: skip
    kept = LogFile.objects.get()
    assert (kept.rows, kept.refused) == (11, 10)
    assert LogFileProblem.objects.get(log_file=kept, row=2).content["unit"] == "nobody"
    assert Operation.objects.get().external_key == "10"
    assert Operation.objects.get().time_precision == "day"


def test_a_trial_writes_nothing(brought, military):
    outcome = brought(BAD, by=military, dry_run=True)
    assert (outcome.imported, outcome.batch) == (1, None)
    assert not Operation.objects.exists()
    assert not LogFile.objects.exists()


def test_the_whole_log_of_some_days_is_entered_as_received(brought, military):
    from constat.apps.operations.actions import Received

    received = Received(date(2026, 2, 1), date(2026, 2, 28), "G3")
    outcome = brought(GOOD, by=military, received=received)
    entry = ActivityLog.objects.get()
    assert (entry.unit.code, entry.first_day, entry.last_day, entry.brought_by) == (
        "bat-1", date(2026, 2, 1), date(2026, 2, 28), "G3")  # fmt: skip
    assert (entry.sha256, entry.log_file_id) == (outcome.sha256, outcome.batch)


def test_a_place_of_the_register_stands_for_its_position(brought):
    place = Place.objects.create(
        source="t", source_key="1", name="Tabankort", lon=0.25, lat=17.55, country="MLI"
    )
    PlaceName.objects.create(place=place, name="Tabankort", folded="tabankort", sound="tabankort")
    text = "unit,operation type,date,place\nbat-1,eod,2026-02-20,Tabankort\nbat-1,eod,2026-02-20,Elsewhere\n"
    outcome = brought(text)
    assert (outcome.imported, [one.reason for one in outcome.problems]) == (1, ["place_unknown"])
    row = Operation.objects.get()
    assert (row.lat, row.place_precision, row.place_id) == (17.55, "near_25km", place.pk)


def test_a_mapping_that_lacks_something_is_refused(brought):
    for text in ("unit,date,lat,lon\nbat-1,2026-02-20,1,1\n", "unit,kind,date,lat\nbat-1,eod,2026-02-20,1\n",
                 "unit,kind,date\nbat-1,eod,2026-02-20\n"):  # fmt: skip
        with pytest.raises(MappingError):
            brought(text)
    with pytest.raises(MappingError):
        brought(GOOD, zone="Mars")


def test_who_may_not_import_imports_nothing(brought, farid, esi):
    for person in (farid, esi):
        with pytest.raises(NotAllowed):
            brought(GOOD, by=person)
    assert not Operation.objects.exists()


def test_the_command_imports_and_says_what_became_of_each_row(tmp_path):
    path = tmp_path / "journal.csv"
    path.write_text(BAD.replace("unit,", "section,"), encoding="utf-8")
    out = StringIO()
    call_command(
        "import_operations", str(path), "--map", "unit=section", "--json", "--zone", "UTC", stdout=out
    )
    said = json.loads(out.getvalue())
    assert (said["kind"], said["rows"], said["imported"], said["refused"]) == ("operations", 11, 1, 10)
    with pytest.raises(CommandError):
        call_command("import_operations", str(path), stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("import_operations", str(path), "--first", "2026-02-01", stdout=StringIO())


def test_a_log_goes_through_the_pages(military):
    client = client_for(military)
    sent = SimpleUploadedFile("journal.csv", GOOD.encode())
    columns = client.post("/imports/operations/", {"file": sent}).headers["Location"]
    form = client.get(columns).context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form if bound.name not in {"first", "last"}}
    data |= {
        "first_day": "1",
        "first_month": "2",
        "first_year": "2026",
        "last_day": "28",
        "last_month": "2",
        "last_year": "2026",
    }
    check = client.post(columns, data).headers["Location"]
    trial = client.get(check)
    assert trial.context["outcome"].imported == 2
    assert not Operation.objects.exists()
    done = client.post(check).headers["Location"]
    assert Operation.objects.count() == 2
    assert ActivityLog.objects.count() == 1
    assert client.get(done).status_code == 200
    assert client.get(f"{done}problems.csv").status_code == 200
    assert client.post(columns, {**data, "column_0": ""}).status_code == 422
    assert client.post(columns, {**data, "zone": "Mars"}).status_code == 422


def test_a_log_given_at_the_door_of_reports_is_sent_to_its_own(military, cast, client_for):
    from tests.cast import make_person

    person = make_person("ousmane", role="analyst", section="civilian_harm_cell")
    client = client_for(person)
    columns = client.post("/imports/", {"file": SimpleUploadedFile("log.csv", GOOD.encode())}).headers[
        "Location"
    ]
    assert client.get(columns).headers["Location"] == "/imports/operations/"
