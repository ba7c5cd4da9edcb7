"""Two people, cleared facts, no denial without a decision, corrections in the open."""

from datetime import timedelta

import pytest
from django.urls import reverse

from constat.apps.incidents.tests.cases import build
from constat.apps.inquiries.models import Decision
from constat.apps.publication import actions, queries
from constat.apps.publication.errors import Incomplete, NotAllowed, NotFound, SamePersonTwice, WrongState
from constat.apps.publication.models import Correction, Fact, Publication, PublicationFile
from constat.rules.release import Basis, DenialWithoutDecision, NotCleared
from constat.rules.wording import WordingError
from tests.cast import NOW, client_for, viewer_for

LATER = NOW + timedelta(hours=1)
TEXTS = {"fr": "Une vérification est en cours.", "en": "An inquiry is under way.", "ar": "التحقق جارٍ."}
DENIAL = {
    "fr": "Aucun civil n’a été touché.",
    "en": "No civilians were harmed.",
    "ar": "دون ضحايا بين المدنيين.",
}


@pytest.fixture
def incident(cast):
    return build(cast.chen)


def fact(cast, incident, kind="report_known", texts=TEXTS, references=(), cleared=True):
    code = actions.propose_fact(
        by=cast.chen, at=NOW, incident=incident.code, kind=kind, texts=texts, references=references
    )
    if cleared:
        actions.clear_fact(by=cast.legal, at=NOW, fact=code)
    return code


def statement(cast, incident, *facts, kind="holding"):
    return actions.begin_statement(by=cast.chen, at=NOW, incident=incident.code, statement=kind, facts=facts)


def public(cast, code, at=LATER, reason="Vu."):
    actions.submit_for_review(by=cast.chen, at=at, publication=code, reason="Prêt.")
    actions.publish(by=cast.legal, at=at, publication=code, reason=reason)


def test_a_holding_line_is_public_in_three_languages_and_three_forms(cast, incident, client):
    code = statement(cast, incident, fact(cast, incident), fact(cast, incident, "help_offered"))
    public(cast, code)

    row = Publication.objects.get(code=code)
    assert (row.state, row.files.count()) == ("released", 12)
    for language, text in TEXTS.items():
        page = client.get(reverse("publication:public-page", args=[language, code]))
        assert text in page.content.decode()
        for form, head in (("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype")):
            answer = client.get(reverse("publication:public-file", args=[language, code, form]))
            assert answer.content[: len(head)].lower() == head.lower()


def test_nothing_is_public_before_it_is_released(cast, incident, client):
    code = statement(cast, incident, fact(cast, incident))
    actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Prêt.")

    assert client.get(reverse("publication:public-page", args=["fr", code])).status_code == 404
    assert client.get(reverse("publication:public-file", args=["fr", code, "pdf"])).status_code == 404
    assert code not in client.get(reverse("publication:public", args=["fr"])).content.decode()


def test_a_denial_cannot_even_be_proposed_without_a_decision(cast, incident):
    for kind, texts, references in (
        ("not_involved", TEXTS, ()),
        ("no_harm", TEXTS, ()),
        ("known", DENIAL, ["R-2026-000001"]),
    ):
        with pytest.raises(DenialWithoutDecision):
            fact(cast, incident, kind, texts, references)
    assert not Fact.objects.exists()


def test_a_denial_with_its_decision_until_the_decision_is_reopened(cast, incident, monkeypatch):
    from constat.apps.publication.actions import compose, facts, release

    here = [Basis(reports=1, inquiry=True, outcome="own_force_not_involved")]
    for module in (facts, compose, release):
        monkeypatch.setattr(module, "basis_of", lambda incident: here[0])
    code = statement(cast, incident, fact(cast, incident, "not_involved"), kind="decision")
    actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Prêt.")
    here[0] = Basis(reports=1, inquiry=True)

    with pytest.raises(DenialWithoutDecision):
        actions.publish(by=cast.legal, at=NOW, publication=code, reason="Vu.")
    assert not Decision.objects.exists()


def test_nobody_clears_or_releases_their_own(cast, incident):
    code = actions.propose_fact(
        by=cast.dara, at=NOW, incident=incident.code, kind="report_known", texts=TEXTS
    )
    with pytest.raises(SamePersonTwice):
        actions.clear_fact(by=cast.dara, at=NOW, fact=code)
    actions.clear_fact(by=cast.legal, at=NOW, fact=code)
    made = actions.begin_statement(
        by=cast.dara, at=NOW, incident=incident.code, statement="holding", facts=[code]
    )
    actions.submit_for_review(by=cast.dara, at=NOW, publication=made, reason="Prêt.")
    with pytest.raises(SamePersonTwice):
        actions.publish(by=cast.dara, at=NOW, publication=made, reason="Moi.")
    with pytest.raises(NotAllowed):
        actions.publish(by=cast.esi, at=NOW, publication=made, reason="Moi.")


def test_an_uncleared_or_withdrawn_fact_is_not_said(cast, incident):
    with pytest.raises(NotCleared):
        statement(cast, incident, fact(cast, incident, cleared=False))
    good = fact(cast, incident)
    code = statement(cast, incident, good)
    actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Prêt.")
    actions.withdraw_fact(by=cast.legal, at=NOW, fact=good, reason="N’est plus sûr.")

    with pytest.raises(NotCleared):
        actions.publish(by=cast.legal, at=NOW, publication=code, reason="Vu.")


def test_a_correction_replaces_the_statement_and_is_listed_with_its_reason(cast, incident, client):
    first = statement(cast, incident, fact(cast, incident))
    public(cast, first)
    said = fact(cast, incident, "correction", references=["R-2026-000001"])
    second = statement(cast, incident, said, kind="correction")
    public(cast, second, at=LATER + timedelta(days=1), reason="La date était fausse.")

    row = Correction.objects.get()
    assert (row.before, row.after, row.reason) == (first, second, "La date était fausse.")
    assert Publication.objects.get(code=first).state == "superseded"
    page = client.get(reverse("publication:public", args=["fr"])).content.decode()
    assert first in page and second in page and "La date était fausse." in page
    assert client.get(reverse("publication:public-page", args=["fr", first])).status_code == 200


def test_there_must_be_something_to_correct(cast, incident):
    with pytest.raises(Incomplete) as refusal:
        actions.begin_statement(by=cast.chen, at=NOW, incident=incident.code, statement="correction",
                                facts=[fact(cast, incident, "help_offered")])  # fmt: skip
    assert refusal.value.field == "statement"


def test_a_stopped_one_is_gone_from_the_public_page_and_stays_listed(cast, incident, client):
    code = statement(cast, incident, fact(cast, incident))
    public(cast, code)
    actions.stop(by=cast.protection, at=LATER, publication=code, reason="Menaces contre la famille.")

    page = client.get(reverse("publication:public-page", args=["en", code])).content.decode()
    assert TEXTS["en"] not in page and "Menaces" not in page
    assert client.get(reverse("publication:public-file", args=["en", code, "pdf"])).status_code == 404
    assert code in client.get(reverse("publication:public", args=["fr"])).content.decode()


def test_a_month_whose_numbers_changed_becomes_a_correction_number_by_number(cast):
    code = actions.begin(by=cast.chen, at=NOW, kind="queue_statement", period="2026-02")
    public(cast, code)
    # A late report of that month: what was published stays, the new version says what changed.
    from constat.apps.incidents.tests.cases import make_report

    make_report(involvement="suspected", received_at=NOW - timedelta(days=10))
    again = actions.begin(by=cast.chen, at=LATER, kind="queue_statement", period="2026-02")
    public(cast, again, at=LATER + timedelta(hours=1), reason="Un signalement tardif.")

    found = {row.what: (row.before, row.after) for row in Correction.objects.all()}
    assert found, "the number of reports changed"
    assert {Publication.objects.get(code=one).state for one in (code,)} == {"superseded"}
    assert Publication.objects.get(code=again).version == 2


def test_two_drafts_of_one_month_are_not_begun(cast):
    public(cast, actions.begin(by=cast.chen, at=NOW, kind="note", period="2025-Q4"))
    actions.begin(by=cast.chen, at=LATER, kind="note", period="2025-Q4")
    with pytest.raises(WrongState):
        actions.begin(by=cast.chen, at=LATER, kind="note", period="2025-Q4")


def test_what_was_released_is_what_was_frozen_byte_for_byte(cast, incident):
    code = statement(cast, incident, fact(cast, incident))
    actions.submit_for_review(by=cast.chen, at=NOW, publication=code, reason="Prêt.")
    before = list(PublicationFile.objects.values_list("sha256", flat=True))
    actions.publish(by=cast.legal, at=LATER, publication=code, reason="Vu.")

    assert list(PublicationFile.objects.values_list("sha256", flat=True)) == before


def test_to_an_outsider_a_draft_does_not_exist(cast, incident):
    code = statement(cast, incident, fact(cast, incident))

    for person in (cast.farid, cast.amina):
        with pytest.raises(NotFound):
            queries.get(viewer_for(person), code, at=NOW)
        assert client_for(person).get(reverse("publication:page", args=[code])).status_code == 404


def test_each_act_leaves_one_event_without_the_words(cast, incident, one_event):
    with one_event("publication.propose_fact") as events:
        code = actions.propose_fact(
            by=cast.chen, at=NOW, incident=incident.code, kind="report_known", texts=TEXTS
        )
    assert "cours" not in events[0].details
    with one_event("publication.clear_fact"):
        actions.clear_fact(by=cast.legal, at=NOW, fact=code)
    with one_event("publication.begin_statement"):
        made = statement(cast, incident, code)
    with one_event("publication.submit_for_review"):
        actions.submit_for_review(by=cast.chen, at=NOW, publication=made, reason="Prêt.")
    with one_event("publication.publish"):
        actions.publish(by=cast.legal, at=NOW, publication=made, reason="Vu.")


def test_the_pages_by_hand_in_three_languages(cast, incident):
    for language in ("fr", "en", "ar"):
        cast.chen.language = language
        cast.chen.save()
        chen = client_for(cast.chen)
        offered = chen.get(reverse("publication:propose", args=[incident.code]) + "?kind=report_known")
        assert offered.context["form"].initial["text_ar"]
        data = {
            "kind": "report_known",
            "references": "",
            **{f"text_{one}": text for one, text in TEXTS.items()},
        }
        assert chen.post(reverse("publication:propose", args=[incident.code]), data).status_code == 302
        code = Fact.objects.order_by("-pk").first().code
        assert (
            client_for(cast.legal).post(reverse("publication:fact", args=[code, "clear"])).status_code == 302
        )
        made = chen.post(
            reverse("publication:state", args=[incident.code]), {"statement": "holding", "facts": [code]}
        )
        assert TEXTS[language] in chen.get(made.url).content.decode()
        for url in (reverse("publication:list"), reverse("publication:facts", args=[incident.code]),
                    reverse("publication:begin", args=["note"]), reverse("publication:begin", args=["queue_statement"])):  # fmt: skip
            assert chen.get(url).status_code == 200
        number = Publication.objects.order_by("-pk").first().code
        assert (
            chen.post(
                reverse("publication:act", args=[number, "submit_for_review"]), {"reason": "x"}
            ).status_code
            == 302
        )


def test_a_refusal_keeps_what_was_written(cast, incident):
    data = {
        "kind": "not_involved",
        "references": "",
        **{f"text_{one}": f"{text} Mots à garder" for one, text in TEXTS.items()},
    }
    answer = client_for(cast.chen).post(reverse("publication:propose", args=[incident.code]), data)

    assert answer.status_code == 200
    assert "Mots à garder" in answer.content.decode()


def test_the_sentence_offered_is_no_finer_than_the_public_may_know(cast, incident):
    from constat.apps.publication.statement import suggested

    texts = suggested("report_known", incident)
    assert all("Tabankort" not in text for text in texts.values())
    assert "2026" in texts["fr"] and "20" not in texts["fr"].replace("2026", "")


def test_a_word_no_number_supports_keeps_the_note_a_draft_until_it_is_changed(cast):
    said = {"fr": {"context": ["Les violences ont doublé ce trimestre."]}}
    code = actions.begin(by=cast.chen, at=NOW, kind="note", period="2025-Q4", inputs={"texts": said})

    with pytest.raises(WordingError, match="doublé"):
        actions.submit_for_review(by=cast.chen, at=LATER, publication=code, reason="Prêt.")

    row = Publication.objects.get(code=code)
    assert (row.state, row.files.count()) == ("draft", 0)
    client, url = client_for(cast.chen), reverse("publication:texts", args=[code])
    page = client.get(url).content.decode()
    assert "Les violences ont doublé ce trimestre." in page
    answer = client.post(url, {"context_fr": "Les violences se poursuivent.", "period": "2020-Q1"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.period, row.inputs["texts"]["fr"]["context"]) == (
        "2025-Q4",
        ["Les violences se poursuivent."],
    )
    actions.submit_for_review(by=cast.chen, at=LATER, publication=code, reason="Prêt.")
    assert client.get(url).status_code == 404
    with pytest.raises(WrongState):
        actions.revise(by=cast.chen, at=LATER, publication=code, inputs={})
