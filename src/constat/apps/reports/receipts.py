"""The receipt code: sixteen digits, made from the report's uid, kept nowhere.

code   = HMAC-SHA-256(key "code", uid, attempt) reduced to 16 digits. Sending the same report again gives the same code.
lookup = HMAC-SHA-256(key "lookup", code): all that the database holds. Somebody who steals the database without
         keys/receipt.key can neither read a code nor try codes against it.

No check digit. The status page says the same to every code it does not know, so a check digit could change no answer
there; it would only make one guess in ten worth trying, and one digit fewer to guess. Sixteen random digits, in groups
of four, are read over a telephone in one breath per group.

With two million reports a guess hits with a chance of 1 in 5 thousand million; see also constat.apps.reports.flood.
"""

import hmac
import uuid
from collections.abc import Iterator

from constat.apps.reports.digits import ascii_digits
from constat.apps.reports.keys import code_key, lookup_key

DIGITS = 16
_SPACE = 10**DIGITS
# A code that no report can have: derived from nothing. Malformed input is looked up under it, so that a slip of the
# finger costs the server the same work as a wrong code.
NO_CODE = "-" * DIGITS


def candidates(uid: uuid.UUID) -> Iterator[str]:
    """Codes for a report, in the order in which they are tried: the second is used only if the first is another's."""
    attempt = 0
    while True:
        mac = hmac.new(code_key(), uid.bytes + attempt.to_bytes(2, "big"), "sha256").digest()
        # 128 bits reduced modulo 10^16: the bias towards low codes is below 10^-22.
        yield f"{int.from_bytes(mac[:16], 'big') % _SPACE:016d}"
        attempt += 1


def lookup(code: str) -> str:
    return hmac.new(lookup_key(), code.encode("ascii"), "sha256").hexdigest()


def read(text: str) -> str:
    """The sixteen digits in what somebody typed (spaces, dashes, Arabic-Indic digits), or NO_CODE."""
    digits = "".join(sign for sign in ascii_digits(text[:200]) if sign in "0123456789")
    return digits if len(digits) == DIGITS else NO_CODE


def grouped(code: str) -> str:
    return " ".join(code[start : start + 4] for start in range(0, DIGITS, 4))
