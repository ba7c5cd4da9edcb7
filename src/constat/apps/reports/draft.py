"""What a door hands to `receive`: one account, before it is a report. Plain values, no database.

Every door (public form, staff form, spreadsheet, outside data set) makes the same `Draft`; so every rule about receiving
stands in one place. The content digest tells "sent again" from "sent again with other content".
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from dataclasses import field as made  # Problem has a column called field
from datetime import date
from operator import attrgetter

from constat.apps.access.log import canonical
from constat.apps.reports.keys import digest_key


@dataclass(frozen=True, slots=True)
class HarmClaim:
    """One line of claimed harm. `best` and `maximum` None: not known, never 0. Codes of the vocabularies of those names."""

    harm: str
    minimum: int = 0
    best: int | None = None
    maximum: int | None = None
    sex: str = "unknown"
    age_band: str = "unknown"
    status: str = "unknown"  # vocabulary "person_status"
    unit: str = "persons"
    is_total: bool = True  # False: a part (women, children, one side) of a total line, never added to it


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """`purpose`: vocabulary "consent_purpose". A purpose that is not in the draft was not agreed to."""

    purpose: str
    answer: str  # yes, no


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of a file that was refused, changed or imported with a warning. `message` is in the importer's language.

    severity: refused (no report was made), changed (known under the same key with other content: nothing overwritten),
    warning (imported, somebody should look). `reason`: stable code. `content`: the row as read.
    """

    row: int  # as the spreadsheet numbers it: the header is row 1
    severity: str
    reason: str
    message: str
    field: str = ""
    content: Mapping[str, object] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """Every field of a report. What is not said is "unknown", empty or None; nothing is required but words and channel.

    original: the words as given, byte for byte. place_id, claimed_actor_id, source_id: primary keys.
    identity: who spoke and how to reach them safely; goes to the vault and nowhere else.
    receipt: False when nobody can be handed a code (a row of an outside data set).
    row, content, warnings: for files only; `content` is the row as read, kept when it is refused or changed.
    """

    channel: str
    original: bytes
    uid: uuid.UUID = made(default_factory=uuid.uuid4)
    original_language: str = "und"
    reporter_type: str = "unknown"
    reporter_language: str = "fr"  # of the receipt and of the answer
    # when
    starts_on: date | None = None
    ends_on: date | None = None
    date_precision: str = "unknown"
    # where
    place_text: str = ""
    place_id: int | None = None
    country: str = ""
    adm1: str = ""
    adm2: str = ""
    adm3: str = ""
    lon: float | None = None
    lat: float | None = None
    place_precision: str = "unknown"
    # what is claimed
    incident_type: str = "unknown"
    weapon: str = "unknown"
    violence_type: str = "unknown"
    involvement: str = "unknown"
    claimed_actor_id: int | None = None
    claimed_actor_text: str = ""
    harms: tuple[HarmClaim, ...] = ()
    # safety: yes, no, unknown
    in_danger: str = "unknown"
    needs_care: str = "unknown"
    child_involved: str = "unknown"
    sexual_violence: str = "unknown"
    # who spoke
    identity: Mapping[str, str] = made(default_factory=dict)
    consents: tuple[ConsentAnswer, ...] = ()
    receipt: bool = True
    # who may read
    office: str = ""
    sensitivity: int = 2
    compartment: str = "general"
    # the account as a source
    reliability: str = "F"
    credibility: str = "6"
    source_access: str = "unknown"
    independence_group: str = ""
    sources_stated: int | None = None
    event_clarity: str = "unknown"
    # from outside
    source_id: int | None = None
    external_key: str = ""
    extra: Mapping[str, object] = made(default_factory=dict)
    # the file it came in
    row: int = 0
    content: Mapping[str, object] = made(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def digest(self) -> str:
        """SHA-256 of what is said: the same content gives the same digest, whatever the row or the moment.

        The identity enters by a keyed hash: a bare one beside known words would let a thief of the database try
        every telephone number of the country.
        """
        # repr() of plain values between separators: unambiguous, and four times faster than canonical JSON per row.
        parts = [repr(value) for value in _said(self)]
        parts.append(hashlib.sha256(self.original).hexdigest())
        parts += [repr(_flat(line)) for line in self.harms]
        parts += sorted(repr(_flat(line)) for line in self.consents)
        parts.append(canonical(dict(self.extra)) if self.extra else "")
        if self.identity:
            parts.append(
                hmac.new(digest_key(), canonical(dict(self.identity)).encode(), "sha256").hexdigest()
            )
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", errors="surrogatepass")).hexdigest()


def _flat(line: HarmClaim | ConsentAnswer) -> tuple[object, ...]:
    return _HARM(line) if isinstance(line, HarmClaim) else (line.purpose, line.answer)


_HARM = attrgetter(*(one.name for one in fields(HarmClaim)))
# What makes two drafts the same: not the envelope (uid, file row, who may read) but what is said.
_SAID = tuple(
    sorted(
        {one.name for one in fields(Draft)}
        - {"uid", "row", "content", "warnings", "original", "harms", "consents", "identity", "extra"}
        - {
            "office",
            "sensitivity",
            "compartment",
            "receipt",
            "reporter_language",
            "source_id",
            "external_key",
        }
    )
)
# Made once: a file of 100,000 rows asks for them row by row.
_said = attrgetter(*_SAID)
