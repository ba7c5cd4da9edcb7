"""The key of the evidence store: CONSTAT_HOME/keys/evidence.key, one per line in hex, oldest first; the last one seals.

Apart from the vault's key: whoever reads files need not be able to read identities. Each file and each sealed text has a
key of its own, drawn from this one with HKDF-SHA256, so no key ever seals two messages.
"""

import os
import re
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from constat.apps.evidence.errors import KeyMissing
from constat.apps.evidence.models import Interview, Item

_LINE = re.compile(r"[0-9a-f]{64}")
COMMITMENT = 32


def path() -> Path:
    return Path(settings.KEYS) / "evidence.key"


def key_id(master: bytes) -> bytes:
    """Eight bytes that tell keys apart and nothing about them."""
    return sha256(b"constat evidence key id\x00" + master).digest()[:8]


def masters() -> dict[bytes, bytes]:
    """Key id -> master key, oldest first. Made on the first use of an empty store, never once something is sealed."""
    try:
        lines = path().read_text(encoding="ascii").split()
    except FileNotFoundError:
        if Item.objects.exists() or Interview.objects.exists():
            raise KeyMissing(
                _("%(path)s is missing. Bring it back from your copy of the keys; do not make a new one.")
                % {"path": path()}
            ) from None
        lines = [_make()]
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise KeyMissing(
            _("%(path)s must hold one key of 64 hexadecimal digits per line.") % {"path": path()}
        )
    return {key_id(master): master for master in map(bytes.fromhex, lines)}


def sealing() -> tuple[bytes, bytes]:
    """(key id, master key) that seals from now on."""
    return list(masters().items())[-1]


def master_of(wanted: bytes) -> bytes:
    found = masters()
    if wanted not in found:
        raise KeyMissing(
            _("Sealed with key %(key)s, which is not in %(path)s. Bring it back from your copy of the keys.")
            % {"key": wanted.hex(), "path": path()}
        )
    return found[wanted]


def drawn(master: bytes, *, salt: bytes, info: bytes) -> tuple[bytes, bytes]:
    """(key, commitment to the key). GCM alone does not commit to its key: two keys could open one ciphertext."""
    both = HKDF(SHA256(), length=32 + COMMITMENT, salt=salt, info=info).derive(master)
    return both[:32], both[32:]


def _make() -> str:
    """Write the first key so that of two processes both read the same one, and a power cut leaves a whole file or none."""
    line = secrets.token_hex(32)
    new = path().with_name(f"evidence.key.{secrets.token_hex(4)}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path())
    except FileExistsError:
        line = path().read_text(encoding="ascii").strip()
    finally:
        new.unlink()
    return line


__all__ = ["COMMITMENT", "drawn", "key_id", "master_of", "masters", "path", "sealing"]
