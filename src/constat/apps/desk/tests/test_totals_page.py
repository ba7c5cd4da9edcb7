"""Totals: one scope at a time, the method beside the numbers, and a file only with its line in the log."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from constat.apps.desk.tests.mission import areas, incident
from tests.cast import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def recent():
    """Inside the page's usual period, whatever the day on which the test runs."""
    return timezone.localdate() - timedelta(days=20)


def test_the_page_shows_one_scope_and_its_notes(chen, recent):
    incident(involvement="confirmed", deaths_min=1, deaths_best=2, deaths_max=3, starts_on=recent)
    incident(involvement="not_alleged", deaths_min=40, deaths_best=41, deaths_max=42, starts_on=recent)
    client = client_for(chen)
    own = client.get(reverse("desk:totals"), {"scope": "own", "by": "year"}).content.decode()
    everybody = client.get(reverse("desk:totals"), {"scope": "all", "by": "year"}).content.decode()
    assert "<b>2</b>" in own
    assert "<b>43</b>" not in own
    assert "<b>43</b>" in everybody


def test_a_file_leaves_with_one_event_and_harmless_cells(chen, one_event, recent):
    areas()
    incident(adm1="=HYPERLINK(1)", deaths_min=1, deaths_best=1, deaths_max=1, starts_on=recent)
    client = client_for(chen)
    with one_event("desk.export", object_type="totals", object_key="all"):
        response = client.get(reverse("desk:totals-file", args=["csv"]), {"scope": "all", "by": "adm1"})
    text = b"".join(response.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert "\r\n=HYPERLINK" not in text
    with one_event("desk.export"):
        response = client.get(
            reverse("desk:totals-file", args=["xlsx"]), {"scope": "all", "by": ["adm1", "year"]}
        )
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert next(cell.data_type for cell in book.worksheets[0][2]) == "s"
    assert "Notes" in book.sheetnames


def test_without_the_permission_nothing_leaves(bruno, military):
    for person in (bruno, military):
        client = client_for(person)
        assert client.get(reverse("desk:totals")).status_code == 200
        assert client.get(reverse("desk:totals-file", args=["csv"])).status_code == 404


def test_dimensions_that_do_not_exist_are_left_out(chen):
    assert (
        client_for(chen).get(reverse("desk:totals"), {"by": ["horse", "year", "year", ""]}).status_code == 200
    )
