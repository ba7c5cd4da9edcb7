"""What may be said in public: a denial needs a decision, whatever its words; everything else needs clearance."""

import pytest

from constat.rules.release import (
    Basis,
    BasisMissing,
    Change,
    DenialWithoutDecision,
    FactView,
    LanguageMissing,
    NotCleared,
    WrongKind,
    changes,
    check_fact,
    check_statement,
    check_words,
    denial_in,
)
from constat.rules.speech import LANGUAGES
from constat.rules.vocabulary import vocabulary

pytestmark = pytest.mark.onedb

DENIALS = {
    "fr": [
        "Nous démentons ces informations.", "Aucun civil n’a été touché.", "Notre unité n'a pas tiré sur la foule.",
        "Il n’y a eu que des tirs de sommation.", "Ces allégations sont infondées.", "La force n’était pas responsable.",
        "L’unité nie toute implication.", "Aucune victime n’est à déplorer.",
    ],
    "en": [
        "We deny these reports.", "No civilians were harmed.", "Our troops did not fire at the crowd.",
        "Only warning shots were fired.", "The claims are baseless.", "The force was not involved.", "There were no casualties.",
    ],
    "ar": ["ننفي هذه الأنباء.", "لم تطلق قواتنا النار.", "لا صحة لهذه الادعاءات.", "طلقات تحذيرية فقط.", "دون ضحايا بين المدنيين.", "هذا الخبر كاذب."],
}  # fmt: skip
SOUND = {
    "fr": ["Nous savons que des personnes disent avoir été blessées.", "Nous ne savons pas encore qui a tiré.", "Une vérification est ouverte."],
    "en": ["We know that people say they were injured.", "It is not yet known who fired.", "An inquiry has been opened."],
    "ar": ["نعلم أن أشخاصًا يقولون إنهم أصيبوا.", "لا نعرف بعد من أطلق النار.", "فُتح تحقق."],
}  # fmt: skip
TEXTS = {language: SOUND[language][2] for language in LANGUAGES}


@pytest.mark.parametrize(
    ("language", "text"), [(la, text) for la, texts in DENIALS.items() for text in texts]
)
def test_words_that_deny_are_heard(language, text):
    assert denial_in(text, language)


@pytest.mark.parametrize(("language", "text"), [(la, text) for la, texts in SOUND.items() for text in texts])
def test_saying_what_is_not_known_is_no_denial(language, text):
    assert not denial_in(text, language)


@pytest.mark.parametrize(("language", "text"), [
    ("fr", "Personne n’a été blessé."), ("fr", "Il n’y a pas eu de victimes civiles."), ("fr", "L’opération s’est faite sans victimes."),
    ("fr", "Nos soldats n’étaient pas sur place."), ("en", "Nobody was hurt."), ("en", "None of the villagers was killed."),
    ("en", "It ended without casualties."), ("en", "Zero civilians died."), ("en", "No harm came to anyone."),
    ("en", "Our patrol was not there."), ("ar", "لم يُصب أحد."), ("ar", "هذا غير صحيح."),
])  # fmt: skip
def test_other_words_that_deny_are_heard(language, text):
    assert denial_in(text, language)


@pytest.mark.parametrize(("language", "text"), [
    ("fr", "Des familles ont fui vers la Mauritanie."), ("fr", "On ne sait pas si des civils ont été blessés."),
    ("fr", "Le nombre de victimes n’est pas connu."), ("fr", "La compagnie a quitté la ville en bonne harmonie."),
    ("en", "It is not known how many people were hurt."), ("ar", "لا نعرف عدد الضحايا بعد."),
])  # fmt: skip
def test_more_that_is_no_denial(language, text):
    assert not denial_in(text, language)


def test_that_a_publication_of_ours_was_false_is_no_denial():
    check_words(["La date était fausse.", "The total was false."], of_ours=True)
    with pytest.raises(DenialWithoutDecision):
        check_words(["The total was false."])
    with pytest.raises(DenialWithoutDecision):
        check_words(["The total was false: nobody was hurt."], of_ours=True)


def test_words_that_are_no_cleared_fact_do_not_deny_in_any_language():
    check_words(["The road was closed.", ""])
    for text in ("Nobody was hurt.", "Personne n’a été blessé.", "لم يُصب أحد."):
        with pytest.raises(DenialWithoutDecision):
            check_words(["The road was closed.", text])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_denial_in_any_language_is_refused_without_a_decision(language):
    texts = {**TEXTS, language: DENIALS[language][0]}

    for outcome in ("", "credible", "not_enough_evidence"):
        with pytest.raises(DenialWithoutDecision) as refusal:
            check_fact("known", texts, Basis(outcome=outcome), ["E-2026-000001"])
        assert refusal.value.say("fr") and refusal.value.say("ar")
    check_fact("known", texts, Basis(outcome="no_civilian_harm"), ["E-2026-000001"])


@pytest.mark.parametrize("kind", ["not_involved", "no_harm"])
def test_the_denying_kinds_need_their_own_decision(kind):
    needed = vocabulary("fact_kind")[kind].extra["outcome"]
    for outcome in ("", "credible", "not_enough_evidence", "own_force_not_involved", "no_civilian_harm"):
        basis = Basis(inquiry=True, outcome=outcome)
        if outcome == needed:
            check_fact(kind, TEXTS, basis, [])
        else:
            with pytest.raises(DenialWithoutDecision):
                check_fact(kind, TEXTS, basis, [])


def test_the_sentences_we_ship_pass_their_own_rule():
    for term in vocabulary("fact_kind").values():
        if text := term.extra.get("text"):
            assert set(text) == set(LANGUAGES)
            if not term.extra.get("outcome"):
                assert not any(denial_in(text[language], language) for language in LANGUAGES), term.code


def test_a_conclusion_needs_its_decision_and_a_known_fact_its_records():
    with pytest.raises(BasisMissing):
        check_fact("found_credible", TEXTS, Basis(inquiry=True), [])
    with pytest.raises(BasisMissing):
        check_fact("known", TEXTS, Basis(), [])
    with pytest.raises(BasisMissing):
        check_fact("inquiry_opened", TEXTS, Basis(), [])
    check_fact("inquiry_opened", TEXTS, Basis(inquiry=True), [])
    check_fact("report_known", TEXTS, Basis(reports=1), [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_three_languages(language):
    with pytest.raises(LanguageMissing):
        check_fact("help_offered", {**TEXTS, language: "  "}, Basis(), [])


def fact(kind, cleared=True):
    return FactView("1", kind, cleared)


def test_a_statement_of_cleared_facts_that_belong():
    check_statement("holding", [fact("report_known"), fact("help_offered")], outcome="")
    check_statement("decision", [fact("not_involved"), fact("unknown")], outcome="own_force_not_involved")
    with pytest.raises(NotCleared):
        check_statement("holding", [], outcome="")
    with pytest.raises(NotCleared):
        check_statement("holding", [fact("report_known", cleared=False)], outcome="")
    with pytest.raises(WrongKind):
        check_statement("holding", [fact("not_involved")], outcome="own_force_not_involved")
    with pytest.raises(BasisMissing):
        check_statement("decision", [fact("known")], outcome="credible")


def test_a_denial_whose_decision_was_reopened_is_no_longer_said():
    with pytest.raises(DenialWithoutDecision):
        check_statement("decision", [fact("not_involved")], outcome="")


def test_changes_between_two_versions():
    assert changes({"open": "42", "new": "27"}, {"open": "43", "new": "27", "closed": "28"}) == (
        Change("open", "42", "43"),
        Change("closed", None, "28"),
    )
    assert changes({"open": "42"}, {}) == (Change("open", "42", None),)
