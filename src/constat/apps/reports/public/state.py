"""What somebody has answered so far. It lives in their browser only, in a hidden field, signed so that we can trust its uid.

Why no cookie and no draft on the server: a draft would store the words of somebody who decided not to send them, and a
cookie would stay on a shared telephone. Why signed: the uid makes "send" safe to repeat, and `started` tells a person
from a program; neither may be chosen by the sender. Not encrypted: the reader of the page is its author.
"""

import base64
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core import signing

SALT = "constat.reports.public"
# A telephone may be closed at the second question and opened again next week.
MAX_AGE = 14 * 24 * 3600
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
    return signing.dumps(data, salt=SALT, compress=True)


def read(token: str) -> State:
    try:
        data = signing.loads(token, salt=SALT, max_age=MAX_AGE)
        return State(uuid.UUID(data["u"]), int(data["t"]), dict(data["v"]), base64.b64decode(data["w"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise StateUnreadable from error
