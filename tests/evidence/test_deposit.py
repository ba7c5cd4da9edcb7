"""An original is sealed while it is received, told if it is here already, and cannot be changed afterwards."""

import hashlib
import io

import pytest
from django.db import DatabaseError, connection, transaction

from constat.apps.evidence import actions, queries, store
from constat.apps.evidence.errors import AlreadyHeld, Empty, Incomplete, ItemNotFound, NotAllowed, TooLarge
from constat.apps.evidence.models import CustodyEvent, Item, ItemConsent
from tests.cast import NOW, viewer_for
from tests.evidence.items import TEXT, case, deposit, picture

pytestmark = pytest.mark.django_db


def test_an_original_is_sealed_with_the_digest_of_its_plain_bytes(chen, one_event):
    incident = case(chen)
    with one_event("evidence.deposit", object_type="item"):
        item = deposit(chen, incident)
    assert item.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert (item.size, item.media_type, item.kind) == (len(TEXT), "text/plain", "original")
    with store.open_bytes(item) as plain:
        assert plain.read() == TEXT
    custody = CustodyEvent.objects.get(item=item)
    assert (custody.kind, custody.number, custody.digest_checked) == ("received", 1, True)
    assert [
        line.code
        for line in queries.items_of(viewer_for(chen), subjects=[("incident", incident.code)], at=NOW)
    ] == [item.code]


def test_nothing_of_the_file_or_its_name_is_in_clear_on_the_disk(chen):
    item = deposit(
        chen,
        case(chen),
        b"Un temoin: CANARI-7391\n" * 400,
        filename="CANARI-nom.txt",
        description="CANARI-dit",
    )
    sealed = store.path_of(item.blob).read_bytes()
    assert b"CANARI" not in sealed
    item.refresh_from_db()
    assert b"CANARI" not in bytes(item.sealed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM evidence_item")
        assert "CANARI" not in str(cursor.fetchall())
        cursor.execute("SELECT details FROM access_event")
        assert "CANARI" not in str(cursor.fetchall())


@pytest.mark.parametrize("size", [1, store.CHUNK - 1, store.CHUNK, store.CHUNK + 1, 3 * store.CHUNK])
def test_every_size_comes_back_whole(chen, size):
    data = bytes(range(256)) * (size // 256 + 1)
    item = deposit(chen, case(chen), data[:size])
    with store.open_bytes(item) as plain:
        assert plain.read() == data[:size]
        plain.seek(size // 2)
        assert plain.read(7) == data[size // 2 : size][:7]
    store.check(item)


def test_what_it_really_is_not_what_its_name_says(chen):
    item = deposit(chen, case(chen), picture(), filename="rapport.pdf")
    assert (item.media_type, item.claimed_type) == ("image/jpeg", "application/pdf")


def test_the_same_bytes_twice_are_told_and_not_stored_twice(chen, bruno):
    incident = case(chen)
    first = deposit(chen, incident)
    before = len(list(store.files()))
    with pytest.raises(AlreadyHeld) as told:
        deposit(bruno, incident, title="La même chose")
    assert told.value.code == first.code and first.code in str(told.value)
    assert len(list(store.files())) == before
    assert Item.objects.count() == 1


def test_the_same_bytes_are_no_way_to_ask_what_the_cell_holds(chen, child_adviser):
    hidden = case(child_adviser, builder=chen, compartment="child", sensitivity=3)
    kept = deposit(child_adviser, hidden)
    assert kept.compartment == "child"
    # Chen may not know of it: the same bytes are taken as if they were new.
    assert deposit(chen, case(chen)).code != kept.code


def test_empty_and_too_large_are_refused_with_a_sentence_and_leave_nothing(chen, settings):
    incident = case(chen)
    before = len(list(store.files()))
    with pytest.raises(Empty):
        deposit(chen, incident, b"")
    settings.EVIDENCE_MAX = 1024**2
    with pytest.raises(TooLarge, match="1 M"):
        deposit(chen, incident, b"x" * (1024**2 + 1))
    with pytest.raises(Incomplete) as refusal:
        deposit(chen, incident, title="  ")
    assert refusal.value.field == "title"
    assert len(list(store.files())) == before and not Item.objects.exists()


def test_an_object_has_a_place_and_no_file(chen):
    code = actions.deposit(by=chen, at=NOW, file=None, subject=("incident", case(chen).code), title="Fragment de métal",
                           place_class="safe", location="Coffre 2", seal="S-118", consent_basis="object")  # fmt: skip
    item = Item.objects.get(code=code)
    assert item.physical and not item.sha256
    assert CustodyEvent.objects.get(item=item).seal == "S-118"


def test_only_whoever_may_and_only_for_a_record_they_may_read(chen, farid, esi, investigator):
    incident = case(chen)
    for person in (farid, esi):
        with pytest.raises(NotAllowed):
            deposit(person, incident)
    # The investigator has no part in this incident: for them it is not there.
    with pytest.raises(ItemNotFound):
        deposit(investigator, incident)
    with pytest.raises(ItemNotFound):
        actions.deposit(by=chen, at=NOW, file=io.BytesIO(b"x"), subject=("wardrobe", "W-1"), title="Rien")


CHANGES = [
    "UPDATE evidence_item SET sha256 = 'x'", "UPDATE evidence_item SET title = 'x'", "UPDATE evidence_item SET parent_id = 1",
    "DELETE FROM evidence_item", "UPDATE evidence_custodyevent SET reason = 'x'", "DELETE FROM evidence_custodyevent",
    "UPDATE evidence_itemconsent SET purpose = 'court'", "DELETE FROM evidence_itemconsent",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_was_received(chen, change):
    item = deposit(chen, case(chen))
    ItemConsent.objects.create(
        item=item, purpose="hold", method="spoken", given_at=NOW, recorded_at=NOW, recorded_by=chen
    )
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_who_may_read_it_can_change(chen, dara):
    item = deposit(chen, case(chen))
    item.assigned_to, item.sensitivity, item.legal_hold = dara, 3, True
    item.save(update_fields=["assigned_to", "sensitivity", "legal_hold"])
    item.refresh_from_db()
    assert item.sensitivity == 3
