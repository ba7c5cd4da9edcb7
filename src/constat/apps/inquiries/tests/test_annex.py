"""The method annex: every figure is a count of the store; for the outside, none that points at a person."""

import io
import itertools
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import translation

from constat.apps.evidence import actions as evidence
from constat.apps.evidence.models import Interview, Item
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.models import Incident, Source
from constat.apps.inquiries import annex as method
from constat.apps.inquiries.errors import InquiryNotFound
from constat.apps.inquiries.tests.cases import opened, person
from tests.cast import NOW, client_for, viewer_for

pytestmark = pytest.mark.django_db


def interviews(by, inquiry, n: int, **over) -> None:
    for _turn in range(n):
        values = {
            "form": "individual", "held_at": NOW - timedelta(days=1), "language": "fr", "setting": "home",
            "risk_before": "low", "risk_after": "low", "summary": "x", "conditions": ["in_private"], "sex": "woman",
            "age_band": "adult", "identity": {"name": "Nom Inventé"},
        }  # fmt: skip
        values.update(over)
        evidence.interview(by=by, at=NOW, subject=("inquiry", inquiry.code), **values)


@pytest.fixture
def filled(chen, dara):
    inquiry = opened(chen)
    interviews(dara, inquiry, 7)
    interviews(dara, inquiry, 2, sex="man", language="ar", identity=None)
    interviews(dara, inquiry, 1, form="group", persons=12, language="ar", identity=None, conditions=[])
    subject = ("incident", inquiry.incident.code)
    for number, how in enumerate(["collected_on_site", "collected_on_site", "sensor"]):
        evidence.deposit(
            by=chen, at=NOW, file=io.BytesIO(b"%d" % number), subject=subject, title="Pièce", acquisition=how
        )
    item = evidence.deposit(
        by=chen, at=NOW, file=None, subject=subject, title="Fragment", consent_basis="object"
    )
    evidence.hold(by=chen, at=NOW, item=item, reason="x")
    incidents.add_source(by=chen, at=NOW, incident=inquiry.incident.code, kind="witness", access="eyewitness",
                         reliability="B", credibility="2", independence_group="", supports=True, note_text="")  # fmt: skip
    return inquiry


def found(inquiry, viewer):
    return method.annex(viewer, inquiry.code, at=NOW)


def test_every_count_equals_the_store(filled, dara):
    annex = found(filled, viewer_for(dara))
    rows = list(Interview.objects.all())
    tables = {one.name: one for one in annex.interviews}
    assert (
        tables["interview_form"].counts == Counter(one.form for one in rows) == {"individual": 9, "group": 1}
    )
    assert (
        tables["interview_sex"].counts
        == Counter(one.sex for one in rows)
        == {"woman": 7, "man": 2, "unknown": 1}
    )
    assert tables["interview_language"].counts == Counter(one.language for one in rows)
    assert tables["interview_condition"].counts == Counter(one for row in rows for one in row.conditions)
    assert annex.people_in_groups == 12 and annex.withheld["interviews"] == 7
    assert annex.acquisition.counts == Counter(one.acquisition for one in Item.objects.all())
    assert annex.items.counts == {"document": 3, "object": 1}
    assert annex.custody_lines == 5
    sources = Source.objects.filter(incident=filled.incident)
    assert (
        annex.sources.counts == Counter(one.kind for one in sources)
        and annex.sources.total == sources.count()
    )
    assert all(
        one.total == sum(one.counts.values())
        for one in [*annex.interviews, annex.items]
        if not one.overlapping
    )


def test_the_figures_printed_are_the_figures_counted(filled, dara):
    page = client_for(dara).get(f"/inquiries/{filled.code}/annex/")
    assert page.status_code == 200
    with translation.override("fr"):
        document = method.document(found(filled, viewer_for(dara)), public=False)
    printed = {block.caption: dict(block.rows) for block in document.blocks if hasattr(block, "rows")}
    form = next(rows for caption, rows in printed.items() if "forme" in caption or "form" in caption)
    assert sorted(form.values()) == ["1", "10", "9"]
    for rows in printed.values():
        for label, figure in rows.items():
            assert label in page.content.decode().replace("&#x27;", "'") and figure in page.content.decode()


def test_for_the_outside_no_row_can_be_found_by_subtracting(filled, dara):
    annex = found(filled, viewer_for(dara))
    for table in [*annex.interviews, annex.sources, annex.items, annex.acquisition]:
        rows, total = method.cells_of(table, public=True, k=5)
        if not rows:
            assert 0 < table.total < 5 and not total.isdecimal()
            continue
        shown = {label: int(figure) for label, figure in rows if figure.isdecimal()}
        assert all(n >= 5 or n == 0 for n in shown.values())
        if not table.overlapping and len(shown) < len(rows):
            hidden = table.total - sum(shown.values())
            assert hidden >= 5 or not shown
    text = client_for(dara).get(f"/inquiries/{filled.code}/annex/?for=public").content.decode()
    assert "Nom Inventé" not in text


@pytest.mark.parametrize("counts", [(1, 1, 9), (4, 5, 6, 7), (1, 40), (2, 2, 2, 2), (5, 5), (1,), (0, 3, 8)])
def test_small_rows_never_stand_alone(counts):
    table = method.Tally("x", "sex", dict(zip("abcdefg", counts, strict=False)), sum(counts))
    hidden = method._hidden(table, 5)
    assert all(n >= 5 or n == 0 for name, n in table.counts.items() if name not in hidden)
    if hidden and len(hidden) < len(counts):
        least = sum(table.counts[name] for name in hidden)
        assert least >= 5
        # More than one way to fill what is held back.
        ways = [way for way in itertools.product(range(least + 1), repeat=len(hidden)) if sum(way) == least]
        assert len(ways) > 1


def test_what_stands_in_a_closed_compartment_is_not_even_counted(filled, dara, chen):
    before = found(filled, viewer_for(dara)).sources.total
    Incident.objects.filter(pk=filled.incident.pk).update(compartment="child", sensitivity=3)
    with pytest.raises(InquiryNotFound):
        found(filled, viewer_for(dara))
    keeper = person("child_adviser")
    annex = found(filled, viewer_for(keeper))
    assert annex.sensitive and annex.sources.total <= before


def test_as_pdf_and_word(filled, dara, farid):
    client = client_for(dara)
    for form, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.get(f"/inquiries/{filled.code}/annex/?as={form}&for=public")
        assert answer.status_code == 200 and answer.content.startswith(start)
    assert client.get(f"/inquiries/{filled.code}/annex/?as=exe").status_code == 404
    assert client_for(farid).get(f"/inquiries/{filled.code}/annex/").status_code == 404
