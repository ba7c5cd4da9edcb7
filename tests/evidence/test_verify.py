"""`constat verify` names the item and the file of a single flipped bit, a file that is gone, and a file nobody knows."""

import json
import random
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from constat.apps.evidence import actions, keys, store
from constat.apps.evidence.errors import KeyMissing
from constat.apps.evidence.models import CustodyEvent
from tests.cast import NOW
from tests.evidence.items import case, deposit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    settings.KEYS.mkdir()
    (settings.KEYS / "vault.key").write_text("ab" * 32)


def verify(capsys) -> tuple[dict, str]:
    """(what it printed, why it refused)."""
    why = ""
    try:
        call_command("verify", "--json")
    except CommandError as refusal:  # whose returncode is 1 unless told otherwise
        why = str(refusal)
    return json.loads(capsys.readouterr().out), why


def test_a_whole_store_is_said_to_be_whole(chen, capsys):
    incident = case(chen)
    for number in range(3):
        deposit(chen, incident, b"%d" % number * 1000)
    found, why = verify(capsys)
    assert found["ok"] and not why
    assert (found["evidence"]["files"], found["evidence"]["bytes"]) == (3, 3000)
    assert {"ok", "events", "head", "compared_with_noted_head", "first_bad", "what"} <= found.keys()


def test_any_flipped_bit_of_any_part_of_a_file_names_the_item_and_the_file(chen, capsys):
    incident = case(chen)
    items = [deposit(chen, incident, bytes([number]) * (store.CHUNK + 70)) for number in (1, 2, 3)]
    item, draw = items[1], random.Random(7)
    path = store.path_of(item.blob)
    whole = path.read_bytes()
    places = [
        0,
        5,
        20,
        40,
        70,
        store.HEADER,
        len(whole) - 1,
        *(draw.randrange(len(whole)) for _turn in range(40)),
    ]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        found, why = verify(capsys)
        assert [(one["code"], one["file"]) for one in found["evidence"]["faults"]] == [
            (item.code, f"{item.blob.hex[:2]}/{path.name}")
        ], place
        assert not found["ok"] and item.code in why and path.name in why
    path.write_bytes(whole)
    assert verify(capsys)[0]["ok"]


@pytest.mark.parametrize(
    "cut", ["shorter", "longer", "one chunk less", "chunks exchanged", "another item's file"]
)
def test_a_file_that_was_cut_or_put_together_anew_is_named(chen, capsys, cut):
    incident = case(chen)
    item, other = (deposit(chen, incident, bytes([number]) * (2 * store.CHUNK)) for number in (1, 2))
    path, step = store.path_of(item.blob), store.CHUNK + store.TAG
    whole = path.read_bytes()
    head, one, two = whole[: store.HEADER], whole[store.HEADER :][:step], whole[store.HEADER + step :]
    path.write_bytes({
        "shorter": whole[:-1], "longer": whole + b"x", "one chunk less": head + one, "chunks exchanged": head + two + one,
        "another item's file": store.path_of(other.blob).read_bytes(),
    }[cut])  # fmt: skip
    assert [(one["kind"], one["code"]) for one in verify(capsys)[0]["evidence"]["faults"]] == [
        ("changed", item.code)
    ]


def test_a_digest_changed_in_the_database_is_named(chen, capsys, guards_lifted):
    item = deposit(chen, case(chen))
    with guards_lifted():
        type(item).objects.filter(pk=item.pk).update(sha256="0" * 64)
        assert verify(capsys)[0]["evidence"]["faults"][0]["code"] == item.code


def test_a_missing_file_and_a_file_nobody_knows_are_named(chen, capsys):
    item = deposit(chen, case(chen))
    store.path_of(item.blob).unlink()
    stranger = store.path_of(uuid.uuid4())
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"?")
    (store.folder() / "note.txt").write_text("?")
    (store.folder() / "note.part").write_text("being received")
    found, why = verify(capsys)
    assert sorted((one["kind"], one["code"]) for one in found["evidence"]["faults"]) == [
        ("missing", item.code), ("unknown", ""), ("unknown", "")]  # fmt: skip
    assert stranger.name in why and "note.txt" in why


def test_a_lost_key_is_said_and_never_replaced(chen, capsys):
    item = deposit(chen, case(chen))
    keys.path().rename(keys.path().with_name("away"))
    found, _why = verify(capsys)
    assert {one["code"] for one in found["evidence"]["faults"]} == {item.code}
    with pytest.raises(KeyMissing):
        deposit(chen, case(chen), b"another")
    assert not keys.path().exists()
    keys.path().write_text("cd" * 32 + "\n")
    assert {one["kind"] for one in verify(capsys)[0]["evidence"]["faults"]} == {"key", "words"}
    keys.path().with_name("away").rename(keys.path())
    assert verify(capsys)[0]["ok"]


def test_a_new_key_seals_and_the_old_one_still_opens(chen, capsys):
    incident = case(chen)
    deposit(chen, incident)
    keys.path().write_text(keys.path().read_text() + "ef" * 32 + "\n")
    deposit(chen, incident, b"sealed with the second")
    assert verify(capsys)[0]["ok"]


def test_the_log_alone_can_be_walked(chen, capsys):
    store.path_of(deposit(chen, case(chen)).blob).unlink()
    call_command("verify", "--log-only", "--json")
    assert json.loads(capsys.readouterr().out)["evidence"] is None


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_line_of_custody_changed_or_taken_away_is_named(chen, capsys, guards_lifted, number, how):
    incident = case(chen)
    item, other = deposit(chen, incident, b"one"), deposit(chen, incident, b"two")
    for each in (item, other):
        actions.hand_over(by=chen, at=NOW, item=each.code, kind="moved", reason="To the other safe")
    lines = CustodyEvent.objects.filter(item=item)
    assert lines.count() >= 2 and verify(capsys)[1] == ""
    with guards_lifted():
        last = lines.order_by("-number" if number == 2 else "number").first()
        if how == "changed":
            CustodyEvent.objects.filter(pk=last.pk).update(reason="Nothing special")
        else:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM evidence_custodyevent WHERE id = %s", [last.pk])
        found, _why = verify(capsys)
    assert [(one["kind"], one["code"]) for one in found["evidence"]["faults"]] == [("custody", item.code)]


def test_an_item_taken_away_with_its_file_is_named(chen, capsys, guards_lifted):
    item = deposit(chen, case(chen))
    with guards_lifted():
        store.path_of(item.blob).unlink()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM evidence_custodyevent")
            cursor.execute("DELETE FROM evidence_item")
        found, _why = verify(capsys)
    assert [(one["kind"], one["code"]) for one in found["evidence"]["faults"]] == [("missing", item.code)]
