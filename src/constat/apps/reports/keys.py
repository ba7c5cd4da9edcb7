"""Keys derived from keys/receipt.key. One secret file, one label per use, so that no key serves two purposes."""

import hmac
from functools import cache

from django.conf import settings


class ReceiptKeyMissing(Exception):
    """keys/receipt.key is absent: codes made without it could be computed by anybody."""


@cache
def _secret(home: str) -> bytes:
    value = settings.KEYS / "receipt.key"
    try:
        secret = value.read_text(encoding="ascii").strip().encode()
    except FileNotFoundError:
        secret = b""
    if len(secret) < 32:
        raise ReceiptKeyMissing(
            "keys/receipt.key is missing or too short. Run `constat init` for this node first."
        )
    return secret


def _derived(label: bytes) -> bytes:
    return hmac.new(_secret(str(settings.KEYS)), b"constat/receipt/" + label, "sha256").digest()


def code_key() -> bytes:
    """Makes the code from the report's uid."""
    return _derived(b"code")


def lookup_key() -> bytes:
    """Makes what the database keeps from the code."""
    return _derived(b"lookup")


def digest_key() -> bytes:
    """Hides the identity inside the content digest."""
    return _derived(b"digest")


def state_key() -> bytes:
    """Seals the answers that travel through the public form."""
    return _derived(b"state")
