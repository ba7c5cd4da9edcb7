import sqlite3
import uuid
from pathlib import Path

import pytest
from django.db import connection, transaction

from constat.apps.access import log, vault
from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Event, Identity
from tests.cast import NOW, viewer_for

VALUES = {
    "name": "Aïssata Canari-7f3a",
    "phone": "+000 55 01 02 03",
    "contact": "par la sage-femme, le matin",
}


def sealed(by, values=VALUES, **more):
    with transaction.atomic():
        return vault.seal(kind="reporter", values=values, by=by, at=NOW, **more)


def reveal(key, by, purpose="Call back about safety"):
    return vault.reveal(key, by=by, viewer=viewer_for(by), purpose=purpose, at=NOW)


@pytest.fixture
def keyring(tmp_path, settings):
    """A folder of keys of its own, for tests that change it."""
    settings.KEYS = tmp_path
    (tmp_path / "vault.key").write_text("a" * 64 + "\n")
    return tmp_path / "vault.key"


def test_what_was_sealed_is_revealed_with_a_purpose_and_leaves_an_event(amina, dara, one_event):
    key = sealed(amina)

    with one_event("identities.reveal", purpose="Call back about safety", object_key=str(key)) as events:
        assert reveal(key, dara) == VALUES

    assert "Canari" not in events[0].details + events[0].actor


def test_empty_values_are_not_kept_and_any_script_survives(amina, dara):
    key = sealed(amina, {"name": "محمد أغ إبراهيم ⵎⵓⵃⵎⵎⴷ", "phone": "", "note": "\x00\x80 fin\x00"})

    assert reveal(key, dara) == {"name": "محمد أغ إبراهيم ⵎⵓⵃⵎⵎⴷ", "note": "\x00\x80 fin\x00"}


@pytest.mark.parametrize(
    "name", ["bruno", "esi", "farid", "military", "approver", "auditor", "administrator", "data_protection"]
)
def test_nobody_without_the_permission_sees_an_identity(cast, amina, name):
    key = sealed(amina)
    before = log.head()

    with pytest.raises(NotAllowed):
        reveal(key, getattr(cast, name))

    assert log.head() == before


@pytest.mark.parametrize("name", ["esi", "farid", "military", "auditor", "administrator"])
def test_nobody_without_the_permission_seals_one(cast, name):
    with pytest.raises(NotAllowed):
        sealed(getattr(cast, name))


def test_the_public_may_leave_a_name(db, dara):
    assert reveal(sealed("public"), dara) == VALUES


def test_without_a_purpose_nothing_is_shown(amina, dara):
    key = sealed(amina)
    with pytest.raises(vault.PurposeMissing):
        reveal(key, dara, purpose=" ")


def test_an_identity_of_a_compartment_is_absent_to_outsiders(amina, dara, child_adviser):
    key = sealed(amina, compartment="child")

    assert reveal(key, child_adviser) == VALUES
    with pytest.raises(vault.NoSuchIdentity) as closed:
        reveal(key, dara)
    with pytest.raises(vault.NoSuchIdentity) as absent:
        reveal(uuid.uuid4(), dara)
    assert str(closed.value) == str(absent.value)


def test_the_viewer_must_be_the_person_who_asks(amina, dara):
    key = sealed(amina)
    with pytest.raises(vault.NoSuchIdentity, match="not the person"):
        vault.reveal(key, by=amina, viewer=viewer_for(dara), purpose="P", at=NOW)


def test_if_the_event_cannot_be_written_nothing_is_returned(amina, dara, monkeypatch):
    key = sealed(amina)

    def broken(**values):
        raise log.LogError("disk full")

    monkeypatch.setattr(log, "record", broken)
    with pytest.raises(log.LogError):
        reveal(key, dara)


@pytest.mark.django_db(transaction=True)
def test_revealing_inside_a_transaction_that_could_be_undone_is_refused(cast):
    key = sealed(cast.amina)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reveal(key, cast.dara)


@pytest.mark.django_db(transaction=True)
def test_sealing_stands_or_falls_with_the_act(cast):
    with pytest.raises(vault.VaultTransaction):
        vault.seal(kind="reporter", values=VALUES, by=cast.amina, at=NOW)
    with pytest.raises(vault.VaultTransaction):
        vault.move(uuid.uuid4(), compartment="child")


def test_the_length_of_a_row_does_not_tell_the_length_of_a_name(amina):
    short, long = (
        sealed(amina, {"name": "Al"}),
        sealed(amina, {"name": "Mohamed Lamine ould Sidi Ahmed el Bekkaye" * 4}),
    )

    assert len({len(row.sealed) for row in Identity.objects.filter(pk__in=[short, long])}) == 1


def test_no_nonce_is_used_twice(amina):
    for _ in range(200):
        sealed(amina)
    assert len({bytes(row.nonce) for row in Identity.objects.all()}) == 200


@pytest.mark.parametrize(
    "swap", [("sealed",), ("sealed", "nonce"), ("sealed", "nonce", "key_id", "kind", "compartment")]
)
def test_a_ciphertext_moved_to_another_row_does_not_open(amina, dara, swap):
    one, other = (Identity.objects.get(pk=sealed(amina, {"name": name})) for name in ("Premier", "Second"))
    Identity.objects.filter(pk=one.pk).update(**{column: getattr(other, column) for column in swap})

    with pytest.raises(vault.SealBroken):
        reveal(one.pk, dara)


@pytest.mark.parametrize("change", [{"compartment": "general"}, {"kind": "source"}])
def test_a_row_cannot_be_moved_out_of_its_compartment_by_hand(amina, dara, change):
    key = sealed(amina, compartment="child") if "compartment" in change else sealed(amina)
    Identity.objects.filter(pk=key).update(**change)

    with pytest.raises(vault.SealBroken):
        reveal(key, dara)


def test_every_bit_of_a_row_counts(amina, dara):
    key = sealed(amina)
    whole = bytes(Identity.objects.get(pk=key).sealed)
    for place in (0, 1, 32, 33, 100, len(whole) - 1):
        broken = bytearray(whole)
        broken[place] ^= 1
        Identity.objects.filter(pk=key).update(sealed=bytes(broken))
        with pytest.raises(vault.SealBroken):
            reveal(key, dara)


def test_an_act_moves_an_identity_into_a_compartment(amina, dara, child_adviser):
    key = sealed(amina)
    with transaction.atomic():
        vault.move(key, compartment="child")

    assert reveal(key, child_adviser) == VALUES
    with pytest.raises(vault.NoSuchIdentity):
        reveal(key, dara)


def test_keys_rotate_and_old_rows_open_before_and_after(keyring, amina, dara, administrator, one_event):
    key = sealed(amina)
    before = Identity.objects.get(pk=key)

    with one_event("identities.rotate"):
        assert vault.rotate(by=administrator, at=NOW) == 1

    after = Identity.objects.get(pk=key)
    assert (after.key_id, bytes(after.sealed)) != (before.key_id, bytes(before.sealed))
    assert reveal(key, dara) == VALUES
    assert keyring.stat().st_mode & 0o077 == 0
    Identity.objects.filter(pk=key).update(key_id=before.key_id, nonce=before.nonce, sealed=before.sealed)
    assert reveal(key, dara) == VALUES  # an older backup still opens with the kept key
    with pytest.raises(NotAllowed):
        vault.rotate(by=dara, at=NOW)


def test_the_system_may_rotate(keyring, db):
    assert vault.rotate(by="system", at=NOW) == 0
    assert Event.objects.get().actor == "system"


def test_a_missing_or_wrong_key_is_said(keyring, amina, dara):
    key = sealed(amina)
    keyring.write_text("b" * 64)
    with pytest.raises(vault.VaultKeyMissing, match="which is not in"):
        reveal(key, dara)
    keyring.write_text("not a key")
    with pytest.raises(vault.VaultKeyMissing, match="64 hexadecimal"):
        reveal(key, dara)
    keyring.unlink()
    with pytest.raises(vault.VaultKeyMissing, match="is missing"):
        reveal(key, dara)


def test_a_secret_of_a_second_factor_is_sealed_too(keyring):
    sealed_text = vault.seal_secret("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed_text
    assert vault.open_secret(sealed_text) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(vault.SealBroken):
        vault.open_secret(sealed_text[:-1] + ("0" if sealed_text[-1] != "0" else "1"))
    keyring.write_text("b" * 64)
    with pytest.raises(vault.VaultKeyMissing):
        vault.open_secret(sealed_text)


@pytest.mark.django_db(transaction=True)
def test_the_database_holds_no_name(cast, tmp_path):
    """Canaries in every value; then the whole database as bytes, with its write-ahead log: none is found."""
    if connection.vendor != "sqlite":
        pytest.skip("reads the bytes of a SQLite database; on PostgreSQL the columns are the same ciphertext")
    canaries = [f"CANARI{uuid.uuid4().hex}" for _ in range(40)]
    keys = [sealed(cast.amina, {"name": canary, "phone": canary[::-1]}) for canary in canaries]
    for key in keys[:5]:
        reveal(key, cast.dara, purpose="Safety")
    dump = tmp_path / "dump.sqlite3"
    copy = sqlite3.connect(dump)
    connection.connection.backup(copy)
    copy.close()
    name = connection.settings_dict["NAME"]
    found = dump.read_bytes() + "".join(connection.connection.iterdump()).encode()
    for path in (Path(str(name)), Path(f"{name}-wal")):
        found += path.read_bytes() if path.is_file() else b""

    for canary in canaries:
        for text in (canary, canary[::-1]):
            for form in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode()):
                assert form not in found
    assert Event.objects.filter(verb="identities.reveal").count() == 5
