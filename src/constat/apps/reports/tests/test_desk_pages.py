"""The cell's pages: who opens them, how many queries they cost, that they work without a script and keep every value."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from constat.apps.access.models import Identity
from constat.apps.reports.actions.open_batch import open_batch
from constat.apps.reports.actions.receive import receive, receive_many
from constat.apps.reports.draft import Draft, HarmClaim, Problem
from constat.apps.reports.models import Report
from constat.rules.disclosure import spreadsheet_safe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(hours=5), tick=False):
        yield


def reports(n, **more):
    return [
        receive(by="system", at=NOW + timedelta(minutes=i), draft=Draft(
            channel="phone", original=f"Deux morts {i}".encode(), harms=(HarmClaim("death", 1, 2, 3),), **more))
        for i in range(n)
    ]  # fmt: skip


def queries_of(client, path):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return captured.captured_queries, response


def test_the_queue_costs_the_same_for_one_report_and_for_a_page_of_them(bruno, client_for):
    client = client_for(bruno)
    reports(1)
    client.get("/reports/")  # the first request of a session writes the session
    few, _page = queries_of(client, "/reports/")
    reports(30)
    many, _page = queries_of(client, "/reports/")

    assert len(many) == len(few)
    assert len(many) <= 14
    assert not [one for one in many if '"original"' in one["sql"] or '"search_text"' in one["sql"]]


def test_the_page_of_a_report_costs_a_fixed_number_of_queries(dara, client_for):
    got = reports(1)[0]

    captured, response = queries_of(client_for(dara), f"/reports/{got.report}/")

    assert len(captured) <= 22
    assert "Deux morts 0" in response.content.decode()


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("amina", 200),
        ("bruno", 200),
        ("chen", 200),
        ("dara", 200),
        ("esi", 404),
        ("farid", 404),
        ("administrator", 404),
    ],
)
def test_who_opens_the_queue(cast, client_for, persona, status):
    assert client_for(getattr(cast, persona)).get("/reports/").status_code == status


def test_the_next_deadline_comes_first_and_pages_neither_repeat_nor_lose_a_report(bruno, client_for):
    codes = [got.report for got in reports(60)]
    client, path, found = client_for(bruno), "/reports/", []
    while path:
        page = client.get(path).content.decode()
        found += re.findall(r'name="report" value="(R-[^"]+)"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older.group(1).replace("&amp;", "&") if older else ""

    assert found == codes
    newest = client.get("/reports/?list=all").content.decode()
    assert re.findall(r'name="report" value="(R-[^"]+)"', newest) == codes[::-1][:25]


def test_newer_leads_back_to_the_same_reports(bruno, client_for):
    reports(60)
    client = client_for(bruno)
    first = client.get("/reports/").content.decode()
    second = client.get(
        re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    ).content.decode()

    back = client.get(
        re.search(r'rel="prev" href="([^"]+)"', second).group(1).replace("&amp;", "&")
    ).content.decode()

    ticks = re.compile(r'name="report" value="(R-[^"]+)"')
    assert ticks.findall(back) == ticks.findall(first)


def test_filters_narrow_and_nonsense_shows_everything(bruno, client_for):
    reports(3)
    client = client_for(bruno)

    assert client.get("/reports/?channel=radio").content.count(b'name="report"') == 0
    assert client.get("/reports/?channel=phone&state=received&q=morts").content.count(b'name="report"') == 3
    assert client.get("/reports/?show=overdue").content.count(b'name="report"') == 0
    assert client.get("/reports/?show=mine").content.count(b'name="report"') == 0
    assert client.get("/reports/?at=nonsense&state=").status_code == 200


def test_several_are_taken_at_once_and_what_fails_is_said(bruno, client_for):
    codes = [got.report for got in reports(3)]
    client = client_for(bruno)

    page = client.post("/reports/several/", {"report": [*codes, "R-2026-999999"], "do": "take"}, follow=True)

    assert Report.objects.filter(state="in_triage", assigned_to=bruno).count() == 3
    assert "R-2026-999999" in page.content.decode()


def test_a_triage_without_reason_keeps_what_was_written(bruno, client_for):
    got = reports(1)[0]
    client = client_for(bruno)
    client.post(f"/reports/{got.report}/take/")

    page = client.post(
        f"/reports/{got.report}/triage/", {"outcome": "answered", "reason": "", "explanation": "Merci"}
    )

    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert "Merci" in page.content.decode()
    client.post(
        f"/reports/{got.report}/triage/", {"outcome": "answered", "reason": "Fait", "explanation": "Merci"}
    )
    assert Report.objects.get().state == "closed"


def test_a_telephone_report_is_one_page_and_one_press(amina, client_for):
    client = client_for(amina)
    uid = str(uuid.uuid4())
    data = {"uid": uid, "channel": "phone", "reporter": "witness", "reporter_language": "fr", "language": "fr",
            "words": "Allô ?  On a tiré.\r\n", "killed_best": "2", "in_danger": "on", "phone": "70000001"}  # fmt: skip

    first, second = client.post("/reports/record/", data), client.post("/reports/record/", data)

    report = Report.objects.get()
    assert (first.status_code, second.status_code) == (200, 200)
    code = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
    assert code.findall(first.content.decode()) == code.findall(second.content.decode()) != []
    assert bytes(report.original) == "Allô ?  On a tiré.\r\n".encode()
    assert (report.in_danger, report.needs_care, report.clock) == ("yes", "unknown", "safety_review")
    assert report.recorded_by_id == amina.pk
    assert Identity.objects.count() == 1


def test_whoever_notes_sexual_violence_still_reads_the_receipt_out(amina, client_for):
    data = {
        "uid": str(uuid.uuid4()),
        "channel": "phone",
        "reporter_language": "fr",
        "words": "x",
        "sexual_violence": "on",
    }

    page = client_for(amina).post("/reports/record/", data).content.decode()

    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert Report.objects.get().compartment == "crsv"
    assert client_for(amina).get(f"/reports/{Report.objects.get().code}/").status_code == 404


def test_the_telephone_form_cannot_add_to_a_row_of_a_file(bruno, amina, client_for):
    row = uuid.uuid5(uuid.NAMESPACE_URL, "what stands in the row")
    receive(by=bruno, at=NOW, draft=Draft(channel="spreadsheet", original=b"row", uid=row, receipt=False))
    data = {"uid": str(row), "channel": "phone", "reporter_language": "fr", "words": "x"}

    client_for(amina).post("/reports/record/", data)

    assert Report.objects.count() == 2


def test_a_mistake_on_the_telephone_form_keeps_every_value(amina, client_for):
    data = {"uid": str(uuid.uuid4()), "channel": "radio", "reporter_language": "fr", "words": "Gardez-moi",
            "killed_min": "9", "killed_max": "2", "place": "Tin-Hama"}  # fmt: skip

    page = client_for(amina).post("/reports/record/", data).content.decode()

    assert not Report.objects.exists()
    for kept in ("Gardez-moi", 'value="9"', "Tin-Hama", data["uid"]):
        assert kept in page


def test_every_act_page_opens_without_a_script(dara, client_for):
    from constat.apps.reports.verbs import ACTS

    got = reports(1)[0]
    client = client_for(dara)

    for verb in ACTS:
        page = client.get(f"/reports/{got.report}/{verb}/")
        assert page.status_code == 200, verb
        assert b'style="' not in page.content
        assert b" on" + b"click=" not in page.content


def test_refused_rows_are_listed_and_downloaded_harmless(bruno, client_for):
    batch = open_batch(by=bruno, at=NOW, kind="reports", filename="C:\\Users\\x\\mars.csv", sha256="0" * 64)
    bad = Problem(4, "refused", "words_missing", "+cmd(2)", "=cmd(1)", {"récit": "=cmd()", "n": 2})
    counts = receive_many(
        by=bruno, at=NOW, batch=batch, drafts=[bad, Draft(channel="spreadsheet", original=b"x", row=5)]
    )
    client = client_for(bruno)

    page = client.get(f"/reports/imports/{batch.pk}/").content.decode()
    csv = client.get(f"/reports/imports/{batch.pk}/rows.csv").content.decode("utf-8-sig")
    xlsx = client.get(f"/reports/imports/{batch.pk}/rows.xlsx").content

    assert (counts.rows, counts.imported, counts.refused) == (2, 1, 1)
    assert "mars.csv" in page
    assert "Users" not in page
    assert str(spreadsheet_safe("=cmd()")) in csv
    assert ",'=cmd(1),'+cmd(2)," in csv
    assert xlsx[:2] == b"PK"
    assert client_for(bruno).get("/reports/imports/").status_code == 200


def test_the_rows_of_a_file_are_shown_to_whoever_brought_it_in_and_to_nobody_else(bruno, chen, client_for):
    """A row that was not taken sits in no compartment, whatever it tells of."""
    batch = open_batch(by=bruno, at=NOW, kind="reports", filename="mars.csv", sha256="0" * 64)
    bad = Problem(
        4, "refused", "date_in_future", "La date est à venir", "Date", {"récit": "une enfant du village"}
    )
    receive_many(by=bruno, at=NOW, batch=batch, drafts=[bad])
    client = client_for(chen)

    page = client.get(f"/reports/imports/{batch.pk}/")

    assert page.status_code == 200
    assert "enfant" not in page.content.decode()
    for form in ("csv", "xlsx"):
        assert client.get(f"/reports/imports/{batch.pk}/rows.{form}").status_code == 404
    assert "enfant" in client_for(bruno).get(f"/reports/imports/{batch.pk}/").content.decode()
