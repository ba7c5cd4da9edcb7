"""The vault: where identities live, apart from every case.

A case holds the key of a row and nothing else. Each row is sealed under a key of its own, drawn from the vault's master
key with HKDF-SHA256; AES-256-GCM authenticates the row's place (table, key, kind, compartment, master key) with it, so a
ciphertext moved to another row, or a row moved to another compartment, does not open.

GCM alone does not commit to its key (one ciphertext can be made to open under two keys), so a commitment to the key is
stored and compared first. Values are padded, so that the length of a row does not tell the length of a name.

Blob: one byte of version, 32 bytes of key commitment, ciphertext with its tag. An old version stays readable for ever.
Master keys: CONSTAT_HOME/keys/vault.key, one per line in hex, oldest first; the last one seals, all of them open.

What it does not protect against: somebody who holds both the database and keys/. Keep their backups apart.
"""

import hmac
import json
import os
import re
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from constat.apps.access import log
from constat.apps.access.errors import NotAllowed
from constat.apps.access.models import Identity, Person
from constat.apps.access.queries import viewer_of
from constat.rules.permissions import Permission
from constat.rules.visibility import GENERAL, Viewer

VERSION = b"\x01"  # HKDF-SHA256 per row, AES-256-GCM, 96-bit random nonce, padded to blocks of BLOCK
BLOCK = 512  # bytes; a name, a telephone and a way to make contact fit into one block in any script
COMMITMENT = 32
_KEY_LINE = re.compile(r"[0-9a-f]{64}")


class VaultError(Exception):
    """The tree of this module."""


class VaultKeyMissing(VaultError):
    """No usable master key, or not the one a row was sealed with."""


class SealBroken(VaultError):
    """A row does not open: it was changed, moved, or sealed under another key."""


class NoSuchIdentity(VaultError):
    """No row of that key that this person may open. Not there, and not yours, are one answer."""


class PurposeMissing(VaultError):
    """An identity is shown only with a stated purpose."""


class VaultTransaction(VaultError):
    """Sealing outside, or revealing inside, somebody else's transaction."""


def _path() -> Path:
    return Path(settings.KEYS) / "vault.key"


def _id_of(master: bytes) -> str:
    return sha256(b"constat vault key id\x00" + master).hexdigest()[:16]


def _masters() -> dict[str, bytes]:
    """Key id -> master key, oldest first. Read at each use: no copy stays in a long-lived place of this process."""
    try:
        lines = _path().read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise VaultKeyMissing(f"{_path()} is missing. Bring it back from your copy of the keys.") from None
    if not lines or not all(_KEY_LINE.fullmatch(line) for line in lines):
        raise VaultKeyMissing(f"{_path()} must hold one key of 64 hexadecimal digits per line.")
    return {_id_of(master): master for master in map(bytes.fromhex, lines)}


def _row_keys(master: bytes, row: Identity) -> tuple[bytes, bytes]:
    """(encryption key, commitment). Bound to row and nonce, so that one key never seals two messages."""
    material = HKDF(
        SHA256(), length=32 + COMMITMENT, salt=bytes(row.nonce), info=b"constat vault v1\x00" + row.key.bytes
    )
    both = material.derive(master)
    return both[:32], both[32:]


def _aad(row: Identity) -> bytes:
    parts = ["access_identity", str(row.key), row.kind, row.compartment, row.key_id, VERSION.hex()]
    return json.dumps(parts).encode()


def _padded(values: Mapping[str, str]) -> bytes:
    text = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode() + b"\x80"
    return text + b"\x00" * (-len(text) % BLOCK)


def _close(row: Identity, values: Mapping[str, str], key_id: str, master: bytes) -> None:
    row.key_id, row.nonce = key_id, secrets.token_bytes(12)
    key, commitment = _row_keys(master, row)
    row.sealed = VERSION + commitment + AESGCM(key).encrypt(row.nonce, _padded(values), _aad(row))


def _open(row: Identity, masters: Mapping[str, bytes]) -> dict[str, str]:
    if row.key_id not in masters:
        raise VaultKeyMissing(f"The identity was sealed with key {row.key_id}, which is not in {_path()}.")
    blob = bytes(row.sealed)
    key, commitment = _row_keys(masters[row.key_id], row)
    stored, ciphertext = blob[1 : 1 + COMMITMENT], blob[1 + COMMITMENT :]
    if blob[:1] != VERSION or not hmac.compare_digest(stored, commitment):
        raise SealBroken(
            f"Identity {row.key} does not open: it was changed or moved. Tell the data protection focal point."
        )
    try:
        padded = AESGCM(key).decrypt(bytes(row.nonce), ciphertext, _aad(row))
    except InvalidTag:
        raise SealBroken(
            f"Identity {row.key} does not open: it was changed or moved. Tell the data protection focal point."
        ) from None
    values: dict[str, str] = json.loads(padded.rstrip(b"\x00")[:-1])
    return values


def seal(
    *, kind: str, values: Mapping[str, str], by: Person | str, at: datetime, compartment: str = GENERAL
) -> uuid.UUID:
    """Put an identity into the vault, as a part of the caller's act: same transaction, and the caller's event tells of it.

    kind: reporter, person_harmed, source. values: name, phone, contact ... as entered; empty ones are not kept.
    """
    if not connection.in_atomic_block:
        raise VaultTransaction("An identity is sealed in the same transaction as the act it belongs to.")
    if isinstance(by, Person):
        NotAllowed.unless(viewer_of(by, at=at).may(Permission.IDENTITIES_RECORD))
    key_id, master = list(_masters().items())[-1]
    author = by if isinstance(by, Person) else None
    row = Identity(key=uuid.uuid4(), kind=kind, compartment=compartment, created_at=at, created_by=author)
    _close(row, {name: value for name, value in values.items() if value}, key_id, master)
    row.save(force_insert=True)
    return row.key


def reveal(key: uuid.UUID | str, *, by: Person, viewer: Viewer, purpose: str, at: datetime) -> dict[str, str]:
    """What the row holds. The event is committed first: without it nothing is returned, and a crash after it shows nothing.

    The caller has asked `constat.rules.visibility.may_see` about the record and field the key stands in. Raises
    NotAllowed, PurposeMissing, NoSuchIdentity, SealBroken, VaultKeyMissing.
    """
    NotAllowed.unless(viewer.may(Permission.IDENTITIES_REVEAL))
    if viewer.key != str(by.pk):
        raise NoSuchIdentity("The viewer is not the person who asks.")
    if not purpose.strip():
        raise PurposeMissing("Say why you need this identity; the reason is written into the log.")
    # durable: an outer transaction could be rolled back after the name was shown, and take the event with it.
    with transaction.atomic(durable=True):
        row = Identity.objects.filter(pk=key, compartment__in=[GENERAL, *viewer.compartments]).first()
        if row is None:
            raise NoSuchIdentity("There is no such identity.")
        values = _open(row, _masters())
        log.record(by=by, verb="identities.reveal", object_type="identity", object_key=row.key, at=at, purpose=purpose.strip(),
                   details={"kind": row.kind, "compartment": row.compartment})  # fmt: skip
    return values


def rotate(*, by: Person | str, at: datetime) -> int:
    """Make a new master key and seal every row anew with it. Returns how many rows.

    The new key is on disk before the first row uses it, and old keys stay in the file: an interruption loses nothing, and
    an older backup of the database still opens. Take an old line out only when no backup needs it.
    """
    with transaction.atomic():
        if isinstance(by, Person):
            NotAllowed.unless(viewer_of(by, at=at).may(Permission.ACCESS_MANAGE))
        _append_master(secrets.token_hex(32))
        masters = _masters()
        key_id, master = list(masters.items())[-1]
        count = 0
        for row in Identity.objects.select_for_update().order_by("pk").iterator(chunk_size=500):
            _close(row, _open(row, masters), key_id, master)
            row.save(update_fields=["key_id", "nonce", "sealed"])
            count += 1
        log.record(
            by=by,
            verb="identities.rotate",
            object_type="vault",
            object_key=key_id,
            at=at,
            details={"rows": count},
        )
    return count


def _append_master(line: str) -> None:
    path = _path()
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join([*(master.hex() for master in _masters().values()), line]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def move(key: uuid.UUID | str, *, compartment: str) -> None:
    """Seal a row anew for another compartment, as a part of the caller's act (a report that is moved takes its reporter along)."""
    if not connection.in_atomic_block:
        raise VaultTransaction("An identity moves in the same transaction as the record it belongs to.")
    masters = _masters()
    row = Identity.objects.select_for_update().get(pk=key)
    values = _open(row, masters)
    row.compartment = compartment
    key_id, master = list(masters.items())[-1]
    _close(row, values, key_id, master)
    row.save(update_fields=["compartment", "key_id", "nonce", "sealed"])


def seal_secret(text: str) -> str:
    """A secret that is no identity (the seed of a second factor), for a text column: key id and sealed bytes in hex."""
    key_id, master = list(_masters().items())[-1]
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_secret_key(master, nonce)).encrypt(
        nonce, text.encode(), b"constat secret\x00" + key_id.encode()
    )
    return f"{key_id}:{(nonce + sealed).hex()}"


def open_secret(sealed: str) -> str:
    key_id, _, body = sealed.partition(":")
    masters = _masters()
    if key_id not in masters:
        raise VaultKeyMissing(f"A second factor was sealed with key {key_id}, which is not in {_path()}.")
    blob = bytes.fromhex(body)
    try:
        plain = AESGCM(_secret_key(masters[key_id], blob[:12])).decrypt(
            blob[:12], blob[12:], b"constat secret\x00" + key_id.encode()
        )
    except InvalidTag:
        raise SealBroken(
            "The secret of a second factor does not open: it was changed. Set the factor up anew."
        ) from None
    return plain.decode()


def _secret_key(master: bytes, nonce: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=nonce, info=b"constat secret v1").derive(master)


__all__ = ["NoSuchIdentity", "PurposeMissing", "SealBroken", "VaultError", "VaultKeyMissing", "VaultTransaction", "move",
           "open_secret", "reveal", "rotate", "seal", "seal_secret"]  # fmt: skip
