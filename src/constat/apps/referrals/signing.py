"""The node's signature over a bag: Ed25519 over its tag manifest. The key is told to the recipient by another way."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from constat import node


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(node.signing_seed(Path(settings.HOME)))


def public_key() -> str:
    """The public half, in hexadecimal: what the recipient compares over the telephone."""
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(data: bytes) -> str:
    """The text of signature.txt."""
    return f"algorithm: Ed25519\nkey: {public_key()}\nsignature: {_key().sign(data).hex()}\n"
