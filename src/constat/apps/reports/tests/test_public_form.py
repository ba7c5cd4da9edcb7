"""The public form: no account, no script, no cookie; everything may be passed over but the words; Back loses nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from constat.apps.access.models import Identity
from constat.apps.reports.models import Report, ReportHarm
from constat.apps.reports.public import views
from constat.apps.reports.tests.door import WORDS, Visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    """Time passes between two pages, as it does for people."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def sent(visitor, clock) -> Report:
    clock.shift(timedelta(seconds=30))
    visitor.send()
    return Report.objects.get()


def test_words_alone_are_a_report(clock):
    visitor = Visitor()
    visitor.through(**WORDS)

    report = sent(visitor, clock)

    assert bytes(report.original) == "On a tiré sur le marché.\r\n  Deux morts.".encode()
    assert report.channel == "web_form"
    assert (report.reporter_key, report.recorded_by_id) == (None, None)
    assert not ReportHarm.objects.exists()
    assert report.received_at == NOW.replace(minute=0, second=0)


def test_all_answers_arrive(clock):
    visitor = Visitor("en")
    visitor.through(
        safety={"in_danger": "no", "needs_care": "unknown"},
        words={"words": "They came at night.", "language": "en"},
        place={"place": "near the well of Tin-Hama"},
        when={"day": "", "month": "2", "year": "2026"},
        killed={"killed_min": "2", "killed_best": "3", "killed_max": "5"},
        injured={"injured_min": "4"},
        other={"other": ["animals", "fled"]},
        children={"child_involved": "no"},
        intimate={"sexual_violence": "no"},
        who={"actor": "men on motorbikes", "force": "yes"},
        you={"reporter": "witness"},
        contact={"phone": "70 00 00 01", "may_call": "no"},
        agree={"consent": ["analysis"]},
    )

    report = sent(visitor, clock)

    assert (report.starts_on, report.ends_on, report.date_precision) == (
        date(2026, 2, 1),
        date(2026, 2, 28),
        "month",
    )
    assert report.place_text == "near the well of Tin-Hama"
    assert (report.involvement, report.claimed_actor_text) == ("alleged", "men on motorbikes")
    assert set(report.harms.values_list("harm", "minimum", "best", "maximum")) == {
        ("death", 2, 3, 5), ("injury", 4, None, None), ("livestock", 1, None, None), ("displacement", 1, None, None),
    }  # fmt: skip
    assert set(report.consents.values_list("purpose", "answer")) == {("hold", "yes"), ("analysis", "yes")}
    assert report.clock == "triage_own_force"
    assert Identity.objects.get().pk == report.reporter_key


def test_digits_of_an_arabic_telephone_are_read(clock):
    visitor = Visitor("ar")
    assert 'dir="rtl"' in visitor.page
    visitor.through(
        words={"words": "حدث ذلك ليلا", "language": "ar"},
        when={"day": "١٢", "month": "٠٢", "year": "٢٠٢٦"},
        killed={"killed_best": "٣"},
    )

    report = sent(visitor, clock)

    assert (report.starts_on, report.date_precision) == (date(2026, 2, 12), "day")
    assert report.harms.get().best == 3


def test_nothing_is_stored_before_send():
    Visitor().through(**WORDS)

    assert not Report.objects.exists()


def test_back_keeps_what_was_typed_even_if_it_is_wrong():
    visitor = Visitor()
    visitor.answer()
    visitor.answer(words="Un mot.")
    visitor.answer(place="Gao")
    visitor.answer("back", day="31", month="février")

    visitor.answer()

    assert visitor.step == "when"
    assert 'value="février"' in visitor.page


@pytest.mark.parametrize(
    ("step", "answers"),
    [
        ("words", {"words": "  "}),
        ("when", {"day": "31", "month": "2", "year": "2026"}),
        ("when", {"day": "3", "month": "2"}),
        ("when", {"year": "2027"}),
        ("killed", {"killed_min": "5", "killed_max": "2"}),
        ("injured", {"injured_best": "beaucoup"}),
        ("contact", {"may_call": "yes"}),
    ],
)
def test_a_mistake_is_named_on_top_and_every_value_stays(step, answers):
    visitor = Visitor()
    while visitor.step != step:
        visitor.answer(**WORDS.get(visitor.step, {}))

    visitor.answer(**answers)

    assert visitor.step == step
    assert "error-summary" in visitor.page
    assert "<title>" in visitor.page
    for value in answers.values():
        assert value in visitor.page


def test_change_returns_to_the_answers():
    visitor = Visitor()
    visitor.through(**WORDS)

    visitor.answer("change:who")
    assert visitor.step == "who"
    visitor.answer(actor="des hommes à moto")

    assert visitor.step == "check"
    assert "des hommes à moto" in visitor.page


def test_the_other_questions_can_be_skipped_after_the_words():
    visitor = Visitor()
    visitor.answer()
    visitor.answer(**WORDS["words"])

    visitor.answer("finish", place="Ansongo")

    assert visitor.step == "check"
    assert "Ansongo" in visitor.page


def test_another_language_keeps_the_page_and_the_answers():
    visitor = Visitor()
    visitor.answer()
    visitor.url = "/signaler/ar/questions/"

    visitor.answer("stay", words="Deux morts")

    assert visitor.step == "words"
    assert 'dir="rtl"' in visitor.page
    assert "Deux morts" in visitor.page


def test_who_says_that_somebody_is_in_danger_is_told_what_to_do_first_and_is_looked_at_within_hours(clock):
    visitor = Visitor()
    visitor.answer(in_danger="yes")
    assert visitor.step == "urgent"
    visitor.through(**WORDS)

    report = sent(visitor, clock)

    assert report.clock == "safety_review"
    assert report.due_at - report.clock_started_at == timedelta(hours=4)


@pytest.mark.parametrize(
    ("answers", "compartment"),
    [
        ({"children": {"child_involved": "yes"}}, "child"),
        ({"intimate": {"sexual_violence": "yes"}}, "crsv"),
        ({"children": {"child_involved": "yes"}, "intimate": {"sexual_violence": "yes"}}, "crsv"),
    ],
)
def test_children_and_sexual_violence_go_to_their_own_compartment_at_once(clock, answers, compartment):
    visitor = Visitor()
    visitor.through(**WORDS, **answers)

    report = sent(visitor, clock)

    assert (report.compartment, report.sensitivity) == (compartment, 3)


def test_sending_twice_is_one_report_with_one_code(clock):
    visitor = Visitor()
    visitor.through(**WORDS)
    clock.shift(timedelta(seconds=30))
    check = visitor.page

    first = visitor.send()
    visitor.page = check
    second = visitor.send()

    assert first == second
    assert Report.objects.count() == 1


def test_a_state_that_was_changed_is_not_believed():
    visitor = Visitor()

    visitor.post({"state": visitor.token[:-4] + "AAAA", "step": "safety", "do": "next"})

    assert visitor.response.status_code == 400


def test_the_hidden_trap_and_a_program_s_speed_ask_again_and_lose_nothing(clock):
    visitor = Visitor()
    visitor.through(**WORDS)

    visitor.answer("send")  # no time has passed
    assert (visitor.step, Report.objects.count()) == ("check", 0)
    clock.shift(timedelta(seconds=30))
    visitor.answer("send", **{views.TRAP: "http://example.org"})
    assert (visitor.step, Report.objects.count()) == ("check", 0)

    visitor.send()

    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "words", ["\ttab et espace ", "fin\r\n\r\n", "\r\ndébut", "ɛɔɲŋ é (e + ´)", "a" * 30_000]
)
def test_the_words_are_kept_byte_for_byte(clock, words):
    visitor = Visitor()
    visitor.through(words={"words": words})

    report = sent(visitor, clock)

    assert bytes(report.original) == words.encode()


def test_bytes_that_are_no_text_are_kept_and_shown_as_well_as_possible(clock):
    visitor = Visitor()
    visitor.answer()
    body = f"state={visitor.token}&step=words&do=next&words=".encode() + b"caf%E9+br%FBl%E9"
    visitor.response = visitor.client.post(
        visitor.url, body, content_type="application/x-www-form-urlencoded"
    )
    visitor.page = visitor.response.content.decode()
    visitor.through()

    report = sent(visitor, clock)

    assert bytes(report.original) == b"caf\xe9 br\xfbl\xe9"
