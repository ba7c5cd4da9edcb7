"""A file: every row accounted for, a second import adds nothing, one event with the digest of all rows."""

import dataclasses
import uuid
from datetime import date

import pytest

from constat.apps.access.models import Event
from constat.apps.reports.actions.open_batch import open_batch
from constat.apps.reports.actions.receive import receive, receive_many
from constat.apps.reports.actions.register_source import register_source
from constat.apps.reports.draft import ConsentAnswer, Draft, HarmClaim, Problem
from constat.apps.reports.errors import BatchError
from constat.apps.reports.models import ImportBatch, ImportProblem, Receipt, Report, ReportHarm
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def batch():
    return open_batch(by="system", at=NOW, kind="reports", filename="f.csv", sha256="0" * 64)


def drafts(n=7, **more):
    return [
        Draft(channel="spreadsheet", original=f"Ligne {i}".encode(), uid=uuid.uuid5(uuid.NAMESPACE_URL, str(i)), row=i + 2,
              starts_on=date(2026, 2, 1), date_precision="day", harms=(HarmClaim("death", i, i + 1, None),),
              consents=(ConsentAnswer("hold", "yes"),), **more)
        for i in range(n)
    ]  # fmt: skip


def counted(counts):
    return (counts.rows, counts.imported, counts.unchanged, counts.changed, counts.refused)


def test_every_row_is_accounted_for_and_again_adds_nothing():
    rows = [*drafts(), Problem(20, "refused", "date", "…")]

    first = receive_many(by="system", at=NOW, batch=batch(), drafts=rows)
    again = receive_many(by="system", at=NOW, batch=batch(), drafts=rows)

    assert counted(first) == (8, 7, 0, 0, 1)
    assert counted(again) == (8, 0, 7, 0, 1)
    assert first.digest == again.digest
    assert Report.objects.count() == ReportHarm.objects.count() == Receipt.objects.count() == 7


def test_a_changed_row_is_kept_with_its_content_and_overwrites_nothing():
    receive_many(by="system", at=NOW, batch=batch(), drafts=drafts())
    other = dataclasses.replace(drafts()[3], original=b"Autre", content={"texte": "Autre"})

    counts = receive_many(by="system", at=NOW, batch=batch(), drafts=[other])

    assert counted(counts) == (1, 0, 0, 1, 0)
    problem = ImportProblem.objects.get()
    assert (problem.severity, problem.row, problem.content) == ("changed", 5, {"texte": "Autre"})
    assert b"Autre" not in [bytes(report.original) for report in Report.objects.all()]


def test_a_double_inside_the_file_is_seen():
    one = drafts(1)[0]

    counts = receive_many(
        by="system", at=NOW, batch=batch(), drafts=[one, one, dataclasses.replace(one, original=b"z")]
    )

    assert counted(counts) == (3, 1, 1, 1, 0)


def test_the_same_content_by_the_form_and_by_the_file_makes_the_same_report():
    """Two writers, one meaning: every column of a report, its harm and its consent are equal whichever way it came."""
    source = drafts(1)[0]
    receive_many(by="system", at=NOW, batch=batch(), drafts=[source])
    receive(by="system", at=NOW, draft=dataclasses.replace(source, uid=uuid.uuid4()))

    by_file, by_form = Report.objects.order_by("id").values()
    differ = {"id", "uid", "code", "batch_id", "search_text"}
    assert {k: v for k, v in by_file.items() if k not in differ} == {
        k: v for k, v in by_form.items() if k not in differ
    }
    lines = [
        list(report.harms.values_list("harm", "minimum", "best", "maximum", "is_total"))
        for report in Report.objects.order_by("id")
    ]
    assert lines[0] == lines[1]


def test_one_event_holds_the_digest_of_all_rows():
    counts = receive_many(by="system", at=NOW, batch=batch(), drafts=drafts())

    event = Event.objects.get(verb="reports.import")
    assert counts.digest in event.details
    assert not Event.objects.filter(verb="reports.receive").exists()


def test_a_dry_run_writes_nothing_and_says_the_same():
    held = batch()
    rows = [*drafts(), dataclasses.replace(drafts(1)[0], uid=uuid.uuid4(), channel="pigeon")]

    dry = receive_many(by="system", at=NOW, batch=held, drafts=rows, dry_run=True)
    assert not Report.objects.exists()
    assert not ImportProblem.objects.exists()

    real = receive_many(by="system", at=NOW, batch=held, drafts=rows)

    assert counted(dry) == counted(real) == (8, 7, 0, 0, 1)
    assert [problem.field for problem in dry.problems] == ["channel"]


def test_a_filled_batch_takes_no_second_file():
    held = batch()
    receive_many(by="system", at=NOW, batch=held, drafts=drafts())

    with pytest.raises(BatchError):
        receive_many(by="system", at=NOW, batch=ImportBatch.objects.get(pk=held.pk), drafts=drafts())


def test_rows_of_an_outside_source_are_known_by_its_key_and_carry_no_clock():
    source = register_source(by="system", at=NOW, code="ucdp-ged", name="UCDP GED", reliability="B")
    row = Draft(
        channel="external_dataset", original=b"event", source_id=source.pk, external_key="42", receipt=False
    )

    receive_many(by="system", at=NOW, batch=batch(), drafts=[row])
    again = receive_many(
        by="system", at=NOW, batch=batch(), drafts=[dataclasses.replace(row, uid=uuid.uuid4())]
    )

    report = Report.objects.get()
    assert again.unchanged == 1
    assert (report.clock, report.due_at) == ("", None)
    assert not Receipt.objects.exists()


def test_a_child_in_a_row_goes_to_its_compartment():
    row = dataclasses.replace(drafts(1)[0], harms=(HarmClaim("death", 1, age_band="child"),))

    receive_many(by="system", at=NOW, batch=batch(), drafts=[row])

    assert Report.objects.get().compartment == "child"


def test_a_row_that_says_somebody_needs_care_starts_the_safety_clock_whoever_sent_it():
    source = register_source(by="system", at=NOW, code="hospital", name="Hospital list", reliability="B")
    row = Draft(
        channel="hospital",
        original=b"wounded",
        source_id=source.pk,
        external_key="7",
        receipt=False,
        needs_care="yes",
    )

    receive_many(by="system", at=NOW, batch=batch(), drafts=[row])

    assert Report.objects.get().clock == "safety_review"
