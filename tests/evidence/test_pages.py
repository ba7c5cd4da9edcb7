"""The pages: what is asked, what is shown, what is refused with the words kept. Without any script."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from constat.apps.access.models import Event
from constat.apps.evidence import actions, store
from constat.apps.evidence.models import Interview, Item
from tests.cast import NOW, client_for
from tests.evidence import files
from tests.evidence.items import TEXT, case, deposit, picture

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def form(**over):
    sent = io.BytesIO(picture())
    sent.name = "marche.jpg"
    values = {
        "title": "Photographie du marché", "acquisition": "collected_on_site", "consent_basis": "person",
        "place_class": "unknown", "file": sent,
    }  # fmt: skip
    return {name: value for name, value in {**values, **over}.items() if value is not None}


def test_a_file_is_deposited_by_the_form_and_found_in_the_lists(chen):
    incident, client = case(chen), client_for(chen)
    answer = client.post("/evidence/deposit/", form(subject=incident.code.lower()))
    item = Item.objects.get()
    assert answer.status_code == 302 and answer.url == f"/evidence/{item.code}/"
    assert item.media_type == "image/jpeg" and (item.subject_type, item.subject_key) == (
        "incident",
        incident.code,
    )
    with store.open_bytes(item) as plain:
        assert plain.read() == picture()
    for address in (
        "/evidence/",
        f"/evidence/?q={incident.code}",
        f"/evidence/case/incident/{incident.code}/",
        "/evidence/?q=march",
    ):
        assert item.code in text(client.get(address)), address
    page = text(client.get(answer.url))
    assert item.sha256 in page and "marche.jpg" in page
    assert item.code not in text(client.get("/evidence/?q=I-2026-999999"))


def test_what_was_wrong_is_said_the_words_are_kept_and_no_file_stays(chen, settings):
    incident, client = case(chen), client_for(chen)
    before = len(list(store.files()))
    for over in ({"title": ""}, {"subject": "I-2026-999999"}, {"file": SimpleUploadedFile("vide.txt", b"")}):
        answer = client.post("/evidence/deposit/", form(**{"subject": incident.code, **over}))
        assert answer.status_code == 200 and "error-summary" in text(answer)
        if "title" not in over:
            assert "Photographie du marché" in text(answer)
    settings.EVIDENCE_MAX = 1000
    answer = client.post("/evidence/deposit/", form(subject=incident.code))
    assert answer.status_code == 200 and "error-summary" in text(answer)
    assert not Item.objects.exists() and len(list(store.files())) == before


def test_a_form_without_its_token_leaves_nothing(chen):
    incident = case(chen)
    before = len(list(store.files()))
    client = Client(enforce_csrf_checks=True)
    client.force_login(chen)
    assert client.post("/evidence/deposit/", form(subject=incident.code)).status_code == 403
    assert len(list(store.files())) == before and not Item.objects.exists()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text(client.get("/evidence/deposit/")))[
        1
    ]
    assert (
        client.post("/evidence/deposit/", form(subject=incident.code, csrfmiddlewaretoken=token)).status_code
        == 302
    )


def test_the_file_is_never_in_clear_on_its_way(chen, monkeypatch):
    incident, client = case(chen), client_for(chen)

    def never(*args, **kwargs):
        raise AssertionError("a temporary file was opened")

    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", never)
    monkeypatch.setattr("django.core.files.uploadedfile.InMemoryUploadedFile.__init__", never)
    data = bytes(range(256)) * 4096 * 6
    sent = io.BytesIO(data)
    sent.name = "a.bin"
    assert client.post("/evidence/deposit/", form(subject=incident.code, file=sent)).status_code == 302
    with store.open_bytes(Item.objects.get()) as plain:
        assert plain.read() == data


def test_the_same_file_again_leads_to_the_first(chen):
    incident, client = case(chen), client_for(chen)
    client.post("/evidence/deposit/", form(subject=incident.code))
    answer = client.post("/evidence/deposit/", form(subject=incident.code, title="Encore"))
    assert Item.objects.get().code in text(answer) and answer.status_code == 200


def test_not_yours_and_not_there_are_the_same_answer(chen, investigator, farid, bruno):
    item = deposit(chen, case(chen, builder=bruno))
    here, nowhere = (
        client_for(investigator).get(f"/evidence/{code}/") for code in (item.code, "E-2026-999999")
    )
    assert here.status_code == nowhere.status_code == 404
    strip = re.compile(r'nonce="[^"]*"|E-2026-\d+|value="[^"]{64}"')
    assert strip.sub("", text(here)) == strip.sub("", text(nowhere))
    assert client_for(farid).get("/evidence/").status_code == 404


def test_a_picture_is_redacted_without_a_script(chen):
    item = deposit(chen, case(chen), files.jpeg(), filename="visage.jpg")
    client, address = client_for(chen), f"/evidence/{item.code}/redact/"
    page = text(client.get(address))
    assert f"/evidence/{item.code}/page/1.png" in page and 'name="save"' not in page
    row = {
        "box0-page": "1",
        "box0-left": "350",
        "box0-top": "300",
        "box0-right": "650",
        "box0-bottom": "700",
        "rows": "8",
    }
    looked = client.post(address, {**row, "reason": "Pour la famille", "look": "1"})
    assert 'name="save"' in text(looked) and "b=1-350-300-650-700" in text(looked)
    drawn = client.get(f"/evidence/{item.code}/page/1.png?b=1-350-300-650-700")
    assert drawn["Content-Type"] == "image/png" and drawn["Cache-Control"] == "no-store"
    assert max(Image.open(io.BytesIO(drawn.content)).convert("RGB").getpixel((203, 153))) < 120
    saved = client.post(address, {**row, "reason": "Pour la famille", "save": "1"}, follow=True)
    copy = Item.objects.get(kind="redacted")
    assert copy.code in text(saved) and copy.parent == item
    assert Event.objects.filter(verb="evidence.look", object_key=item.code).exists()


def test_half_a_box_is_asked_about_and_the_rest_is_kept(chen):
    item = deposit(chen, case(chen), files.jpeg(), filename="visage.jpg")
    answer = client_for(chen).post(f"/evidence/{item.code}/redact/", {
        "rows": "8", "box0-left": "100", "box1-left": "9", "box1-top": "9", "box1-right": "90", "box1-bottom": "90",
        "reason": "x", "save": "1"})  # fmt: skip
    assert 'value="100"' in text(answer) and 'class="error"' in text(answer)
    assert not Item.objects.filter(kind="redacted").exists()


def test_a_text_is_redacted_by_words_and_lines(chen):
    item = deposit(chen, case(chen), b"Vu par Fatou\nLigne deux\n")
    client, address = client_for(chen), f"/evidence/{item.code}/redact/"
    looked = text(client.post(address, {"phrases": "fatou", "lines": "2", "reason": "x", "look": "1"}))
    assert "Vu par █████" in looked and "Ligne deux" not in looked
    client.post(address, {"phrases": "fatou", "lines": "2", "reason": "x", "save": "1"})
    with store.open_bytes(Item.objects.get(kind="redacted")) as plain:
        assert plain.read().decode() == "Vu par █████\n█████\n"


def test_the_media_are_shown_to_nobody_without_a_part_in_the_case(chen, dara, bruno):
    item = deposit(
        dara, case(dara, builder=bruno), files.jpeg(), filename="secret.jpg", description="DESCRIPTION"
    )
    client = client_for(chen)
    page = text(client.get(f"/evidence/{item.code}/"))
    assert (
        item.title in page.replace("&#x27;", "'") and "secret.jpg" not in page and "DESCRIPTION" not in page
    )
    assert "/download/" not in page
    assert client.get(f"/evidence/{item.code}/page/1.png").status_code == 404
    assert client.get(f"/evidence/{item.code}/redact/").status_code == 302
    client.post(f"/evidence/{item.code}/download/", {"purpose": "Je veux voir"})
    assert item.custody.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_original_is_opened_for_a_purpose_as_a_file_to_keep_apart(chen):
    item = deposit(chen, case(chen))
    client = client_for(chen)
    assert client.post(f"/evidence/{item.code}/download/", {"purpose": " "}).status_code == 302
    answer = client.post(f"/evidence/{item.code}/download/", {"purpose": "Comparer"})
    assert b"".join(answer.streaming_content) == TEXT
    assert answer["Content-Disposition"] == f'attachment; filename="{item.code}.txt"'
    assert (
        answer["Content-Type"] == "application/octet-stream"
        and "sandbox" in answer["Content-Security-Policy"]
    )
    assert item.custody.last().reason == "Comparer"


def test_acts_by_their_pages(chen, dara):
    incident, other = case(chen), case(chen)
    item = deposit(chen, incident)
    client = client_for(chen)
    base = f"/evidence/{item.code}"
    posts = {
        "hand_over": {"kind": "handed_over", "from_party": "Cellule", "to_party": "Laboratoire", "place_class": "laboratory",
                      "reason": "Expertise"},
        "hold": {"reason": "Demande"}, "link": {"subject": other.code, "reason": "Même lieu"},
        "consent": {"purpose": "publish", "method": "spoken"},
    }  # fmt: skip
    for verb, data in posts.items():
        assert client.get(f"{base}/{verb}/").status_code == 200
        assert client.post(f"{base}/{verb}/", data).status_code == 302, verb
    page = text(client.get(f"{base}/"))
    assert "Laboratoire" in page and other.code in page
    consent = item.consents.get()
    assert client.post(f"{base}/withdraw/{consent.pk}/").status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at
    assert client.get(f"{base}/share/").status_code == 404
    assert client_for(dara).get(f"{base}/share/").status_code == 200
    refused = client.post(
        f"{base}/hand_over/", {"kind": "handed_over", "place_class": "unknown", "reason": "x"}
    )
    assert refused.status_code == 200 and "error-summary" in text(refused)


@pytest.mark.django_db(transaction=True)
def test_an_interview_is_recorded_read_and_its_consent_taken_back(investigator, bruno):
    incident = case(investigator, builder=bruno)
    client = client_for(investigator)
    data = {
        "subject": incident.code, "form": "individual", "held_on_day": "1", "held_on_month": "3", "held_on_year": "2026",
        "source_type": "witness", "persons": "1", "sex": "woman", "age_band": "adult", "language": "fr", "interpreter": "on",
        "setting": "neutral_place", "conditions": ["in_private"], "risk_before": "low", "risk_after": "medium",
        "summary": "Elle a vu deux véhicules.", "name": "Nom Inventé", "consents": ["hold", "court"], "consent_method": "spoken",
    }  # fmt: skip
    missing = client.post("/evidence/interviews/record/", data)
    assert missing.status_code == 200 and "Elle a vu deux véhicules." in text(missing), (
        "the court was not named"
    )
    done = client.post("/evidence/interviews/record/", {**data, "recipient": "icc_otp"})
    assert done.status_code == 302, re.findall(r"error-summary.*?</ul>", text(done), re.DOTALL)
    row = Interview.objects.get()
    address = f"/evidence/interviews/{row.code}/"
    page = text(client.get(address))
    assert "Elle a vu" not in page and "Nom Inventé" not in page
    assert "Elle a vu deux véhicules." in text(client.post(address, {"read": "1"}))
    assert "Nom Inventé" in text(client.post(address, {"reveal": "1", "purpose": "Recontacter"}))
    consent = row.consents.get(purpose="court")
    assert client.post(f"{address}withdraw/{consent.pk}/").status_code == 302
    assert row.code in text(client.get(f"/evidence/case/incident/{incident.code}/"))
    assert client_for(bruno).get(address).status_code == 404


def test_the_integrity_page_names_what_is_wrong(chen, data_protection):
    item = deposit(chen, case(chen))
    client = client_for(data_protection)
    assert item.code not in text(client.get("/evidence/integrity/"))
    path = store.path_of(item.blob)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        found = text(client.post("/evidence/integrity/"))
    finally:
        path.write_bytes(whole)
    assert item.code in found and path.name in found
    assert client_for(chen).get("/evidence/integrity/").status_code == 404


def test_a_second_look_is_offered_to_somebody_else_and_opens_the_copy_to_readers(chen, dara, legal):
    item = deposit(chen, case(chen), files.jpeg(), filename="a.jpg")
    copy = actions.copy(by=chen, at=NOW, item=item.code, reason="x")
    made = actions.redact(
        by=chen, at=NOW + timedelta(minutes=1), item=item.code, lines=[], boxes=[files_box()], reason="x"
    )
    assert "second_look" not in text(client_for(chen).get(f"/evidence/{made}/"))
    assert "second_look" not in text(client_for(dara).get(f"/evidence/{copy}/"))
    assert "/download/" not in text(client_for(legal).get(f"/evidence/{made}/"))
    client_for(dara).post(f"/evidence/{made}/second_look/")
    assert "/download/" in text(client_for(legal).get(f"/evidence/{made}/"))


def files_box():
    from constat.apps.evidence.redraw.shapes import Box

    return Box(1, 0, 0, 500, 500)
