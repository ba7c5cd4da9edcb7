"""The pages, as a browser gets them: whole, in three languages, absent for whoever may not know."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from constat.apps.inquiries import actions
from constat.apps.inquiries.models import ConductLetter, Decision, Inquiry
from constat.apps.inquiries.tests import cases
from constat.apps.inquiries.verbs import ACTS
from tests.cast import NOW, client_for

pytestmark = pytest.mark.django_db


def body(person, route, *args, query="", language="en", status=200):
    person.refresh_from_db()  # a password given since would end the session
    client = client_for(person)
    client.cookies["django_language"] = language
    answer = client.get(reverse(f"inquiries:{route}", args=args) + query)
    assert answer.status_code == status, (route, args, answer.status_code)
    return answer.content.decode()


def test_the_case_is_read_in_the_order_of_the_work(chen):
    found = cases.credible(chen)
    text = body(chen, "page", found.code)
    heads = re.findall(r'<h2 id="([a-z]+)"', text)
    assert [one for one in heads if one in ("state", "baseline", "review", "assessment", "decision", "end")] == [
        "state", "baseline", "review", "assessment", "decision", "end",
    ]  # fmt: skip
    assert found.baseline.sha256 in text
    assert Decision.objects.get(inquiry=found).signature in text
    assert "Signature and content hold." in text


def test_a_decision_that_was_changed_is_shown_as_such(chen):
    found = cases.credible(chen)
    Decision.objects.update(remarks="Something else")
    assert "no longer holds what was signed" in body(chen, "page", found.code)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize(
    "stage", ["opened", "at_assessment", "at_decision", "under_investigation", "concluded", "closed"]
)
def test_every_stage_has_its_page(stage, language, chen):
    found = getattr(cases, stage)(at=timezone.now())
    for name in ("chen", "approver", "investigator"):
        person = cases.person(name)
        if name == "investigator" and stage != "under_investigation":
            body(person, "page", found.code, language=language, status=404)
            continue
        text = body(person, "page", found.code, language=language)
        assert found.code in text
        for verb in re.findall(rf'href="/[a-z/]*{found.code}/([a-z_]+)/"', text):
            body(person, "act", found.code, verb, language=language)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Pas assez d’éléments à ce jour"), ("en", "Not enough evidence now")]
)
def test_not_enough_evidence_is_never_said_as_false(language, words, chen):
    found = cases.concluded()
    text = body(chen, "page", found.code, language=language) + body(chen, "list", language=language)
    assert words in text
    visible = re.sub(r"<[^>]*>", " ", text).lower()
    assert not re.search(r"\b(false|faux|fausse|non crédible|not credible)\b", visible)


def test_who_may_not_read_an_inquiry_gets_what_is_absent(chen, esi, farid, amina, military):
    found = cases.credible(chen)
    for person in (esi, farid, amina, military):
        client = client_for(person)
        here = client.get(reverse("inquiries:page", args=[found.code]))
        nowhere = client.get(reverse("inquiries:page", args=["Q-2026-999999"]))
        assert here.status_code == nowhere.status_code
        assert here.status_code in (403, 404)


def test_lists_of_mine_of_all_and_by_state(chen, dara):
    found = cases.closed()
    other = cases.opened(chen)
    assert other.code in body(chen, "list", query="?which=mine")
    assert found.code not in body(chen, "list")
    assert found.code in body(chen, "list", query="?which=all")
    assert found.code in body(chen, "list", query="?which=all&state=closed")
    assert other.code not in body(chen, "list", query="?which=all&state=closed")
    assert other.code not in body(dara, "list", query="?which=mine")


def test_the_incident_leads_to_its_inquiry_without_knowing_it(chen, esi, military):
    found = cases.opened(chen)
    page = reverse("incidents:page", args=[found.incident.code])
    assert reverse("inquiries:page", args=[found.code]) in client_for(chen).get(page).content.decode()
    assert found.code not in client_for(military).get(page).content.decode()


def test_an_inquiry_is_opened_from_the_page_of_the_incident(chen):
    incident = cases.alleged(chen)
    client = client_for(chen)
    url = reverse("inquiries:open", args=[incident.code])
    assert url in client.get(reverse("incidents:page", args=[incident.code])).content.decode()
    answer = client.post(url, {"reason": ""})
    assert answer.status_code == 200
    assert not Inquiry.objects.exists()
    answer = client.post(url, {"reason": "A patrol is said to have fired"})
    assert answer.url == reverse("inquiries:page", args=[Inquiry.objects.get().code])


DECIDED = {
    "properly_conducted": "yes", "consistent": "yes", "criteria_met": "yes", "outcome": "credible",
    "proof_standard": "reasonable_grounds", "remarks": "Read in full.", "password": cases.PASSWORD,
}  # fmt: skip


def test_signing_in_the_browser_and_a_wrong_password_keeps_what_was_written(chen):
    found = cases.at_decision(chen)
    client = client_for(cases.person("approver"))
    url = reverse("inquiries:act", args=[found.code, "decide"])
    assert "What you decide upon" in _english(client).get(url).content.decode()
    text = client.post(url, {**DECIDED, "password": "no"}).content.decode()
    assert "This is not your password" in text
    assert "Read in full." in text
    assert cases.PASSWORD not in text
    assert not Decision.objects.exists()
    assert client.post(url, DECIDED).status_code == 302
    assert cases.inquiry_of(found.code).state == "response"


def _english(client):
    client.cookies["django_language"] = "en"
    return client


def test_a_password_is_not_guessed_at_an_open_screen(chen):
    found = cases.at_decision(chen)
    client = _english(client_for(cases.person("approver")))
    url = reverse("inquiries:act", args=[found.code, "decide"])
    for _turn in range(30):
        text = client.post(url, {**DECIDED, "password": "no"}).content.decode()
        if "Too many tries" in text:
            break
    else:
        raise AssertionError("thirty guesses and nobody minded")
    assert client.post(url, DECIDED).status_code == 200, "not even with the right one, for a while"


def test_a_judgement_left_open_signs_nothing(chen):
    found = cases.at_decision(chen)
    client = client_for(cases.person("approver"))
    data = {name: value for name, value in DECIDED.items() if name != "consistent"}
    assert client.post(reverse("inquiries:act", args=[found.code, "decide"]), data).status_code == 200
    assert not Decision.objects.exists()


def test_the_list_of_who_is_late_in_three_languages(chen):
    cases.at_assessment(chen)
    cases.under_investigation()
    for language in ("fr", "en", "ar"):
        text = body(chen, "late", language=language)
        assert "Q-2026-000001" in text
        assert "Q-2026-000002" in text


def test_conduct_pages_exist_inside_the_compartment_only(chen, dara, conduct):
    found = cases.opened(chen)
    code = actions.open_docket(
        by=conduct, at=NOW, allegation="theft_looting", summary="Goats were taken.", contributor="TCD",
        incident=found.incident.code,
    )  # fmt: skip
    for language in ("fr", "en", "ar"):
        assert code in body(conduct, "conduct", language=language)
        assert code in body(conduct, "docket", code, language=language)
        for verb in ("letter", "notify_contributor", "open_conduct_investigation", "close"):
            body(conduct, "docket-act", code, verb, language=language)
    body(conduct, "conduct-open-from", found.incident.code)
    for person in (chen, dara, cases.person("approver"), cases.person("auditor")):
        client = client_for(person)
        there = client.get(reverse("inquiries:docket", args=[code]))
        absent = client.get(reverse("inquiries:docket", args=["D-2026-999999"]))
        assert there.status_code == absent.status_code != 200


def test_the_case_page_does_not_tell_of_a_docket(chen, conduct):
    found = cases.opened(chen)
    client = client_for(chen)
    pages = [reverse("inquiries:page", args=[found.code]), reverse("incidents:page", args=[found.incident.code]),
             reverse("inquiries:list"), reverse("inquiries:late")]  # fmt: skip

    def seen():
        return [
            re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", client.get(url).content.decode())
            for url in pages
        ]

    before = seen()
    actions.open_docket(by=conduct, at=NOW, allegation="theft_looting", summary="Goats were taken.",
                        incident=found.incident.code)  # fmt: skip
    assert seen() == before


def test_letters_in_the_browser(conduct):
    code = actions.open_docket(
        by=conduct, at=NOW, allegation="traffic", summary="A lorry.", contributor="TCD"
    )
    client = _english(client_for(conduct))
    url = reverse("inquiries:docket-act", args=[code, "letter"])

    def day(name, *parts):
        return {f"{name}_{n}": str(part) for n, part in zip(("day", "month", "year"), parts, strict=True)}

    sent = {"kind": "notification", **day("on", 1, 3, 2026), **day("due_on", 15, 3, 2026), "summary": "Told."}
    assert client.post(url, sent).status_code == 302
    first = ConductLetter.objects.get()
    came = {"kind": "reply", **day("on", 10, 3, 2026), "summary": "Seen.", "answers": str(first.pk)}
    assert client.post(url, came).status_code == 302
    assert ConductLetter.objects.get(kind="reply").answers == first
    text = client.get(reverse("inquiries:docket", args=[code])).content.decode()
    assert "Told." in text
    assert "Seen." in text


def test_every_act_has_a_form_that_opens_for_somebody(chen):
    assert set(ACTS) >= {
        "search",
        "assess",
        "decide",
        "submit_findings",
        "reopen",
        "pause",
        "extend",
        "dissent",
    }
