"""Words that could name somebody, sealed in a column: file names, who took a picture, what a witness said.

Blob: version, key id, salt, key commitment, ciphertext. Bound to its table and code: it does not open in another row.
Padded, so that the length of a row does not tell how much somebody said.
"""

import hmac
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from constat.apps.evidence import keys
from constat.apps.evidence.errors import SealBroken

VERSION = b"\x01"
BLOCK = 256
SALT = 32
_NONCE = bytes(12)  # one key, one message: the salt draws a new key each time


def seal(values: Mapping[str, str], *, place: str) -> bytes:
    """place: table and code, for instance "item E-2026-000042"."""
    key_id, master = keys.sealing()
    salt = secrets.token_bytes(SALT)
    key, commitment = keys.drawn(master, salt=salt, info=b"constat evidence words v1\x00" + place.encode())
    text = json.dumps(
        {name: value for name, value in values.items() if value}, ensure_ascii=False, sort_keys=True
    )
    plain = text.encode() + b"\x80"
    plain += bytes(-len(plain) % BLOCK)
    return VERSION + key_id + salt + commitment + AESGCM(key).encrypt(_NONCE, plain, place.encode())


def unseal(blob: bytes, *, place: str) -> dict[str, str]:
    """Raises SealBroken, KeyMissing."""
    blob = bytes(blob)
    key_id, salt, stored = blob[1:9], blob[9 : 9 + SALT], blob[9 + SALT : 9 + SALT + keys.COMMITMENT]
    key, commitment = keys.drawn(
        keys.master_of(key_id), salt=salt, info=b"constat evidence words v1\x00" + place.encode()
    )
    try:
        if blob[:1] != VERSION or not hmac.compare_digest(stored, commitment):
            raise InvalidTag
        plain = AESGCM(key).decrypt(_NONCE, blob[9 + SALT + keys.COMMITMENT :], place.encode())
    except InvalidTag:
        raise SealBroken(
            _(
                "The sealed words of %(place)s do not open: they were changed or moved. Tell the data protection focal point."
            )
            % {"place": place}
        ) from None
    values: dict[str, str] = json.loads(plain.rstrip(b"\x00")[:-1])
    return values


__all__ = ["seal", "unseal"]
