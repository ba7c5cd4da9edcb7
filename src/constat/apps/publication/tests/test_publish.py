"""`constat publish`: the files it writes, and what it refuses."""

import io
import json
import sys

import docx
import pypdf
import pytest
from django.core.management import CommandError, call_command

from constat.apps.incidents.tests.cases import make_report
from constat.ui.documents.charts import FONTS

pytestmark = pytest.mark.django_db

STATEMENT = ("publish", "queue-statement", "--month", "2026-03")
NOTE = ("publish", "note", "--quarter", "2026-Q1")


@pytest.fixture(autouse=True)
def one_report(db):
    make_report(involvement="alleged", state="in_triage")


@pytest.mark.parametrize("command", [STATEMENT, NOTE], ids=["statement", "note"])
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_each_format_opens_in_a_program_that_is_not_ours(command, language, tmp_path):
    made = {}
    for kind in ("html", "docx", "json", *(["pdf"] if any(FONTS.glob("*.ttf")) else [])):
        out = tmp_path / f"out.{kind}"
        call_command(*command, "--format", kind, "--language", language, "--out", str(out), "--at", "2026-05-01T00:00+00:00", stdout=io.StringIO())  # fmt: skip
        made[kind] = out.read_bytes()
    data = json.loads(made["json"])
    assert data["language"] == language and data["figures"]
    assert f'lang="{language}"' in made["html"].decode()
    assert docx.Document(io.BytesIO(made["docx"])).core_properties.title == data["title"]
    if "pdf" in made:
        assert pypdf.PdfReader(io.BytesIO(made["pdf"])).metadata.title == data["title"]


def test_a_measure_of_exposure_is_given_with_its_source(tmp_path):
    out = tmp_path / "out.json"
    call_command(*STATEMENT, "--format", "json", "--denominator", "engagements=42089=Force HQ", "--out", str(out), stdout=io.StringIO())  # fmt: skip
    figures = {one["name"]: one for one in json.loads(out.read_text())["figures"]}
    assert figures["rate.0.reports"]["denominator"] == 42089
    assert figures["rate.0.reports"]["source"] == "Force HQ"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "queue-statement", "--month", "2026-13"), "2026-10"),
        (("publish", "note", "--quarter", "2026-3"), "2026-Q3"),
        ((*STATEMENT, "--at", "yesterday"), "2026-11-01"),
        ((*STATEMENT, "--denominator", "engagements=0=Force"), "UNIT=NUMBER=SOURCE"),
        ((*STATEMENT, "--denominator", "engagements=7"), "UNIT=NUMBER=SOURCE"),
    ],
)
def test_a_refusal_says_what_to_write(arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command(*arguments, stdout=io.StringIO())


def test_a_word_file_is_not_thrown_at_a_terminal(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with pytest.raises(CommandError, match="--out"):
        call_command(*STATEMENT, "--format", "docx")
