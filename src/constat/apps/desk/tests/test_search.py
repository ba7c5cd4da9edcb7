"""One box: accents, spellings, scripts; and what is not theirs is not there."""

import pytest
from django.urls import reverse

from constat.apps.desk.filters import Filters
from constat.apps.desk.queries.search import excerpt, jump, marked, search
from constat.apps.desk.tests.mission import DAY, NOW, areas, incident, report
from tests.cast import client_for, viewer_for

pytestmark = pytest.mark.django_db


def found(person, words, **more):
    return search(viewer_for(person), words, at=NOW, filters=Filters(), **more)


def test_accents_and_case_do_not_matter_and_the_words_found_are_marked(dara):
    one = incident(narrative="Des tirs près du marché de Ménaka, à l’aube.")
    hit = found(dara, "MENAKA marche").incidents.hits[0]
    assert hit.code == one.code
    assert "<mark>Ménaka</mark>" in hit.words
    assert "<mark>marché</mark>" in hit.words


def test_arabic_words_are_found_in_reports_and_marked(dara):
    one = report(words="هاجم مسلحون السوق")
    hit = found(dara, "مسلحون").reports.hits[0]
    assert hit.code == one.code
    assert "<mark>مسلحون</mark>" in hit.words


def test_marked_text_cannot_carry_markup():
    assert marked("<b>gao</b>", ["gao"]) == "&lt;b&gt;<mark>gao</mark>&lt;/b&gt;"


def test_an_excerpt_is_cut_around_the_first_word_found():
    text = " ".join(["mot"] * 60 + ["Gao"] + ["fin"] * 80)
    cut = str(excerpt(text, ["gao"]))
    assert "<mark>Gao</mark>" in cut
    assert len(cut) < 260
    assert cut.startswith("… ")
    assert cut.endswith(" …")


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{spoken}"])
def test_a_code_goes_straight_to_its_record(dara, typed):
    one = incident()
    letter, year, number = one.code.split("-")
    words = typed.format(one.code, lower=one.code.lower(), spoken=f"{letter} {year} {int(number)}")
    assert jump(viewer_for(dara), words, at=NOW) == reverse("incidents:page", args=[one.code])


def test_absent_and_not_theirs_are_the_same_answer(dara, chen, esi):
    """Byte for byte, but for the code itself and what changes with every answer."""
    hidden = incident(compartment="child", sensitivity=3, narrative="Tessalit")
    for person in (chen, dara):
        client = client_for(person)
        real = client.get(reverse("desk:search"), {"q": hidden.code})
        absent = client.get(reverse("desk:search"), {"q": "I-2026-999999"})
        assert real.status_code == absent.status_code == 200
        same = (
            real.content.decode().replace(hidden.code, "X"),
            absent.content.decode().replace("I-2026-999999", "X"),
        )
        assert len(same[0]) == len(same[1])
        assert not found(person, "Tessalit").incidents.hits
    assert client_for(esi).get(reverse("desk:search"), {"q": "x"}).status_code == 404


def test_the_exact_place_is_not_told_by_a_hit(military, dara, amina):
    areas()
    incident(place_text="Tinzawaten", narrative="Tirs sur un convoi")
    from constat.apps.access.models import Person, Post
    from constat.apps.access.queries import viewer_of

    jmac = Person.objects.create(username="jmac", display_name="JMAC Test", created_at=NOW)
    Post.objects.create(person=jmac, role="joc_jmac", section="jmac", starts_at=NOW)
    hit = search(viewer_of(jmac, at=NOW), "convoi", at=NOW, filters=Filters()).incidents.hits[0]
    assert "Tinzawaten" not in str(hit.where)
    assert "Cercle Un" in str(hit.where)
    assert "Tinzawaten" in str(found(dara, "convoi").incidents.hits[0].where)


def test_pages_of_one_kind_follow_one_another(dara):
    made = {incident(narrative="convoi attaqué").code for _ in range(7)}
    seen, before = [], ""
    while True:
        group = found(dara, "convoi", only="incidents", before=before, limit=3).incidents
        seen += [hit.code for hit in group.hits]
        before = group.next
        if not before:
            break
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("words", ["", "   ", "\"'*", "AND OR NOT", "%"])
def test_words_without_meaning_break_nothing(dara, words):
    assert client_for(dara).get(reverse("desk:search"), {"q": words}).status_code == 200


def test_an_address_with_a_nul_names_nothing(dara):
    """PostgreSQL refuses to be asked for one: it must not end as an error of ours."""
    assert client_for(dara).get(reverse("desk:search"), {"q": "mar\x00ché"}).status_code == 404


def test_one_search_asks_few_questions_of_the_database(dara, django_assert_max_num_queries):
    areas()
    for _ in range(12):
        incident(narrative="convoi")
        report(words="convoi")
    client = client_for(dara)
    client.get(reverse("desk:search"), {"q": "convoi"})
    with django_assert_max_num_queries(16):
        client.get(reverse("desk:search"), {"q": "convoi"})


@pytest.mark.parametrize("words", ["convoi", "conv", "convoi nord", "مسلحون", "mslhwn", "R-2026", "2026"])
def test_the_glance_and_the_index_of_words_find_the_same_in_the_same_order(dara, words):
    """The newest records are looked at first and the index is asked after: nobody may notice which of them answered."""
    from constat.analysis.names import index_text, query_terms
    from constat.apps.desk.queries.records import newest_first, reports
    from constat.apps.desk.queries.search import has_all, newest_matching
    from constat.apps.register.textindex import matching

    for number in range(24):
        text = ["Un convoi au nord", "هاجم مسلحون القرية", "Rien de tel", "Convois, nord"][number % 4]
        report(
            words=text,
            received_at=NOW - (number // 3) * DAY,
            search_text=index_text(f"R-2026-{number:06} {text}"),
        )
    queryset, before = reports(viewer_for(dara), at=NOW), ""
    found = {row.pk for row in matching(queryset, words)}
    assert found == {row.pk for row in queryset if has_all(row.search_text, query_terms(words))}
    while True:
        glanced, following = newest_matching(queryset, words, "received_at", before, 3)
        asked, also = newest_first(matching(queryset, words), "received_at", before, 3)
        assert ([row.pk for row in glanced], following) == ([row.pk for row in asked], also)
        before = following
        if not before:
            break
