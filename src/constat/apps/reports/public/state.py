"""What somebody has answered so far. It lives in their browser only, in a hidden field that only this node can read.

Why no cookie and no draft on the server: a draft would store the words of somebody who decided not to send them, and a
cookie would stay on a shared telephone. Why sealed (AES-256-GCM): the uid makes "send" safe to repeat and `started` tells
a person from a program, so neither may be chosen by the sender; and a page that holds only sealed answers may stay in the
browser's cache, which is what makes its Back button work, without leaving the words on the telephone.
"""

import base64
import json
import secrets
import uuid
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from constat.apps.reports.keys import state_key

PURPOSE = b"constat.reports.public.1"
# A telephone may be closed at the second question and opened again next week.
MAX_AGE = 14 * 24 * 3600
MAX_SIZE = 2 * 1024 * 1024
Values = dict[str, Any]


class StateUnreadable(Exception):
    """The hidden field was changed, cut or is too old. Nothing can be built on it."""


@dataclass(frozen=True)
class State:
    """`values`: field name -> what was typed (a list for several ticks); `words`: the account, byte for byte."""

    uid: uuid.UUID
    started: int  # seconds; in the browser only, never stored
    values: Values
    words: bytes = b""

    def answered(self, values: Values, words: bytes | None = None) -> "State":
        merged = {
            name: value for name, value in {**self.values, **values}.items() if value not in ("", [], None)
        }
        return replace(self, values=merged, words=self.words if words is None else words)

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""


def fresh(now: datetime) -> State:
    return State(uid=uuid.uuid4(), started=int(now.timestamp()), values={})


def write(state: State) -> str:
    data = {
        "u": state.uid.hex,
        "t": state.started,
        "v": state.values,
        "w": base64.b64encode(state.words).decode("ascii"),
    }
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(state_key()).encrypt(nonce, zlib.compress(json.dumps(data).encode()), PURPOSE)
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii")


def read(token: str, now: datetime) -> State:
    try:
        blob = base64.urlsafe_b64decode(token)
        plain = AESGCM(state_key()).decrypt(blob[:12], blob[12:], PURPOSE)
        # Ours, so its size is what we once wrote; the limit is for a key that leaked.
        data = json.loads(zlib.decompressobj().decompress(plain, MAX_SIZE))
        state = State(uuid.UUID(data["u"]), int(data["t"]), dict(data["v"]), base64.b64decode(data["w"]))
    except (InvalidTag, KeyError, TypeError, ValueError, zlib.error) as error:
        raise StateUnreadable from error
    if now.timestamp() - state.started > MAX_AGE:
        raise StateUnreadable
    return state
