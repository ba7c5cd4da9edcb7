"""What people do on the pages: each form does its act, and a refusal keeps what was typed and says what to change."""

import pytest
from django.urls import reverse

from constat.apps.access import log
from constat.apps.access.models import CompartmentMember, Event, Office, Person, Post
from tests.cast import client_for


@pytest.fixture
def admin(administrator):
    return client_for(administrator)


@pytest.fixture
def chief(dara):
    return client_for(dara)


def post(client, route, *args, **data):
    return client.post(reverse(f"access:{route}", args=args), data)


def test_an_account_is_made_found_given_a_post_and_a_code(admin):
    response = post(admin, "people", username="gali", display_name="Gali Test", language="ar")
    person = Person.objects.get(username="gali")
    assert response["Location"] == reverse("access:person", args=[person.pk])
    assert person.language == "ar"

    office = Office.objects.create(code="gao", name="Gao")
    post(
        admin,
        "appoint",
        person.pk,
        role="intake_officer",
        section="field_office",
        office=office.code,
        last_day="2030-05-05",
    )
    assert Post.objects.get(person=person).ends_at.isoformat().startswith("2030-05-05T23:59:59")

    page = post(admin, "start-password", person.pk)
    assert len(page.context["code"].replace("-", "")) == 20
    assert page.context["code"] in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    again = admin.get(reverse("access:person", args=[person.pk]))
    assert page.context["code"] not in again.content.decode()
    assert "gali" in admin.get(reverse("access:people"), {"q": "GALI"}).content.decode()
    assert "gali" not in admin.get(reverse("access:people"), {"q": "nobody"}).content.decode()


def test_a_refusal_keeps_what_was_typed(admin, amina):
    response = post(admin, "people", username="AMINA", display_name="Une autre", language="fr")

    assert response.status_code == 422
    assert response.context["form"].errors["username"]
    assert "Une autre" in response.content.decode()


def test_a_form_with_gaps_is_refused_at_each_field(admin, chen):
    assert set(post(admin, "people").context["form"].errors) == {"username", "display_name", "language"}
    assert set(post(admin, "appoint", chen.pk).context["post_form"].errors) == {"role", "section"}
    assert set(post(admin, "disable", chen.pk).context["reason_form"].errors) == {"reason"}


def test_a_refusal_without_a_field_stands_above_the_form(admin, administrator):
    response = post(admin, "appoint", administrator.pk, role="analyst", section="civilian_harm_cell")

    assert response.status_code == 422
    assert response.context["post_form"].non_field_errors()


def test_an_account_is_disabled_and_enabled(admin, chen):
    post(admin, "disable", chen.pk, reason="Departure")
    chen.refresh_from_db()
    assert not chen.is_active
    assert admin.get(reverse("access:person", args=[chen.pk])).status_code == 200

    post(admin, "enable", chen.pk, reason="Return")
    chen.refresh_from_db()
    assert chen.is_active


def test_a_post_is_ended_and_ending_it_twice_is_said(admin, chen):
    held = Post.objects.get(person=chen)
    post(admin, "end-post", held.pk)
    assert Post.objects.get(pk=held.pk).ends_at is not None

    response = admin.post(reverse("access:end-post", args=[held.pk]), follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_an_office_is_made(admin, amina):
    assert post(admin, "create-office", name="Kidal", code="kidal").status_code == 302
    assert post(admin, "create-office", name="Kidal", code="kidal").status_code == 422


def test_a_compartment_is_opened_and_closed(chief, chen):
    assert post(chief, "compartments", person=chen.pk, compartment="child", reason="Work").status_code == 302
    member = CompartmentMember.objects.get(person=chen)

    response = chief.post(
        reverse("access:remove-from-compartment", args=[member.pk]), {"reason": ""}, follow=True
    )
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    post(chief, "remove-from-compartment", member.pk, reason="Done")
    assert CompartmentMember.objects.get(pk=member.pk).ends_at is not None
    assert post(chief, "compartments", person=chen.pk).status_code == 422


def test_the_language_of_the_account(chen):
    client = client_for(chen)
    post(client, "speak", language="ar")
    assert 'lang="ar"' in client.get(reverse("access:roles")).content.decode()
    assert post(client, "speak", language="xx").status_code == 302
    assert Person.objects.get(pk=chen.pk).language == "ar"


@pytest.mark.parametrize("route", ["appoint", "disable", "enable", "start-password"])
@pytest.mark.parametrize("name", ["dara", "chen", "auditor", "farid"])
def test_nobody_else_changes_accounts(cast, bruno, route, name):
    before = log.head()
    assert post(client_for(getattr(cast, name)), route, bruno.pk, reason="R").status_code == 404
    assert log.head() == before


def test_a_person_who_is_not_there(admin):
    assert admin.get(reverse("access:person", args=[999])).status_code == 404
    assert post(admin, "appoint", 999).status_code == 404


# The log -------------------------------------------------------------------------------------------------------------


def test_who_may_only_verify_sees_no_actor_and_no_record(admin, chief, chen, auditor):
    post(chief, "compartments", person=chen.pk, compartment="child", reason="Motif reconnaissable")

    page = admin.get(reverse("access:log")).content.decode()
    assert "access.admit" in page
    assert "Motif reconnaissable" not in page
    assert "Dara Test" not in page
    full = client_for(auditor).get(reverse("access:log")).content.decode()
    assert "Motif reconnaissable" in full
    assert "Dara Test" in full


def test_reading_the_log_is_logged_and_verifying_it_is_not(admin, auditor):
    admin.get(reverse("access:log"))
    assert not Event.objects.exists()
    client_for(auditor).get(reverse("access:log"), {"before": "5"})
    assert (Event.objects.get().verb, Event.objects.get().object_key) == ("access.read_log", "5")


def test_if_reading_cannot_be_logged_the_log_is_not_shown(auditor, monkeypatch):
    def broken(**values):
        raise log.LogError("disk full")

    client = client_for(auditor)
    client.get(reverse("access:account"))
    monkeypatch.setattr(log, "record", broken)
    with pytest.raises(log.LogError):
        client.get(reverse("access:log"))


def test_a_broken_log_is_shouted(admin, chief, chen, guards_lifted):
    post(chief, "compartments", person=chen.pk, compartment="child", reason="R")
    size, head = log.head()
    assert f"{size}:{head}" in admin.get(reverse("access:log")).content.decode()
    with guards_lifted():
        Event.objects.filter(seq=1).update(purpose="Better")
        response = admin.get(reverse("access:log"))

    assert response.context["page"].fault.seq == 1
    assert "notice-danger" in response.content.decode()


def test_a_long_log_is_paged_and_walked_when_asked(admin, monkeypatch, guards_lifted):
    from django.db import transaction

    from constat.apps.access import queries
    from tests.cast import NOW

    monkeypatch.setattr(queries, "VERIFIED_AT_ONCE", 10)
    for number in range(55):
        with transaction.atomic():
            log.record(by="system", verb="test.write", object_type="thing", object_key=number, at=NOW)

    first = admin.get(reverse("access:log")).context["page"]
    assert (first.walked, len(first.events), first.older) == (False, 50, 6)
    second = admin.get(reverse("access:log"), {"before": "6", "walk": ""}).context["page"]
    assert (second.walked, second.fault, [event.seq for event in second.events], second.older) == (
        True,
        None,
        [5, 4, 3, 2, 1],
        None,
    )
