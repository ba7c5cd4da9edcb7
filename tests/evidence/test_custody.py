"""Custody can only grow; each hand-over compares the file; an original is opened for a written purpose."""

from datetime import timedelta

import pytest

from constat.apps.access.models import Event
from constat.apps.evidence import actions, queries, store
from constat.apps.evidence.errors import (
    FileMissing,
    Incomplete,
    ItemNotFound,
    NotAllowed,
    NothingToDo,
    SealBroken,
)
from constat.apps.evidence.models import Item
from constat.rules.separation import SamePerson
from tests.cast import NOW, viewer_for
from tests.evidence.items import TEXT, case, deposit

pytestmark = pytest.mark.django_db


def flip(item: Item, at: int) -> None:
    path = store.path_of(item.blob)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_hand_over_is_a_line_with_the_file_compared(chen, one_event):
    item = deposit(chen, case(chen))
    with one_event("evidence.hand_over"):
        actions.hand_over(by=chen, at=NOW, item=item.code, kind="handed_over", reason="Expertise", from_party="Cellule",
                          to_party="Laboratoire", place_class="laboratory", happened=NOW - timedelta(hours=2))  # fmt: skip
    line = item.custody.last()
    assert (line.number, line.from_party, line.to_party, line.digest_checked) == (
        2,
        "Cellule",
        "Laboratoire",
        True,
    )


@pytest.mark.parametrize("missing", ["reason", "from_party", "to_party"])
def test_who_from_whom_and_why_are_needed(chen, missing):
    item = deposit(chen, case(chen))
    values = {"reason": "Expertise", "from_party": "Cellule", "to_party": "Laboratoire", missing: " "}
    with pytest.raises(Incomplete) as refusal:
        actions.hand_over(by=chen, at=NOW, item=item.code, kind="handed_over", **values)
    assert refusal.value.field == missing
    assert item.custody.count() == 1


def test_what_was_changed_in_the_store_is_not_handed_on(chen):
    item = deposit(chen, case(chen))
    flip(item, -1)
    with pytest.raises(SealBroken, match=item.code):
        actions.hand_over(by=chen, at=NOW, item=item.code, kind="moved", reason="Rangement")
    assert item.custody.count() == 1


def test_a_legal_hold_is_placed_and_lifted_once(chen):
    item = deposit(chen, case(chen))
    actions.hold(by=chen, at=NOW, item=item.code, reason="Demande du procureur")
    with pytest.raises(NothingToDo):
        actions.hold(by=chen, at=NOW, item=item.code, reason="Encore")
    item.refresh_from_db()
    assert item.legal_hold
    actions.lift_hold(by=chen, at=NOW, item=item.code, reason="Levée par le procureur")
    assert [line.kind for line in item.custody.all()] == ["received", "hold_placed", "hold_lifted"]


def test_opening_an_original_stands_in_the_chain_before_a_byte_is_given(chen, transactional_db):
    item = deposit(chen, case(chen))
    with actions.open_original(by=chen, at=NOW, item=item.code, purpose="Comparer avec le relevé") as plain:
        assert plain.read() == TEXT
    assert item.custody.last().kind == "opened"
    assert Event.objects.last().verb == "evidence.open"
    with pytest.raises(Incomplete):
        actions.open_original(by=chen, at=NOW, item=item.code, purpose=" ")
    store.path_of(item.blob).unlink()
    with pytest.raises(FileMissing, match=item.code):
        actions.open_original(by=chen, at=NOW, item=item.code, purpose="Encore")
    assert item.custody.count() == 2


def test_who_sees_the_entry_and_who_the_media(chen, dara, legal, bruno, investigator, esi, farid):
    incident = case(dara, builder=bruno)
    item = deposit(dara, incident)

    def sees(person):
        try:
            return queries.get(viewer_for(person), item.code, at=NOW)
        except ItemNotFound:
            return None

    assert [bool(sees(person)) for person in (dara, chen, legal, bruno)] == [True] * 4
    assert [bool(sees(person)) for person in (investigator, esi, farid)] == [False] * 3
    assert queries.may_open(viewer_for(dara), item, at=NOW)
    assert not queries.may_open(viewer_for(chen), item, at=NOW)
    actions.share(by=dara, at=NOW, item=item.code, person=chen, reason="Analyse")
    assert queries.may_open(viewer_for(chen), item, at=NOW)
    actions.share(by=dara, at=NOW, item=item.code, person=investigator, reason="Enquête")
    assert sees(investigator)


def test_an_item_follows_its_record_into_a_closed_compartment(chen, dara, bruno, child_adviser):
    incident = case(dara, builder=bruno)
    item = deposit(dara, incident)
    actions.share(by=dara, at=NOW, item=item.code, person=chen, reason="Analyse")
    other = case(chen)
    actions.link(by=chen, at=NOW, item=item.code, subject=("incident", other.code), reason="Même lieu")
    type(incident).objects.filter(pk=incident.pk).update(compartment="child", sensitivity=3)
    # Neither the grant, nor the link, nor having deposited it opens what stands in a closed compartment now.
    for person in (chen, dara):
        with pytest.raises(ItemNotFound):
            queries.get(viewer_for(person), item.code, at=NOW)
    assert queries.get(viewer_for(child_adviser), item.code, at=NOW)


def test_one_item_on_two_records_is_stored_once(chen):
    first, second = case(chen), case(chen)
    item = deposit(chen, first)
    actions.link(by=chen, at=NOW, item=item.code, subject=("incident", second.code), reason="Même véhicule")
    found = queries.items_of(viewer_for(chen), subjects=[("incident", second.code)], at=NOW)
    assert [line.code for line in found] == [item.code]
    with pytest.raises(NothingToDo):
        actions.link(by=chen, at=NOW, item=item.code, subject=("incident", second.code), reason="Encore")


def test_nobody_opens_an_item_to_themselves_and_not_everybody_may_open(chen, dara):
    item = deposit(chen, case(chen))
    with pytest.raises(NotAllowed):
        actions.share(by=chen, at=NOW, item=item.code, section="legal", reason="Avis")
    with pytest.raises(SamePerson):
        actions.share(by=dara, at=NOW, item=item.code, person=dara, reason="Pour moi")
