"""Reading ties: who or what, with whom, from when until when, how sure."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from constat.analysis import columns
from constat.analysis.columns import Row, Table
from constat.analysis.errors import InputError

ONE = ("from", "source", "one", "a")
OTHER = ("to", "target", "other", "b")
ONE_KIND = ("from_kind", "source_kind", "kind_from", "a_kind")
OTHER_KIND = ("to_kind", "target_kind", "kind_to", "b_kind")
TIE = ("tie", "relation", "link")
SURE = ("confidence", "probability", "sure")
COST = ("hours", "cost", "km", "length", "minutes")
KINDS = ("group", "organisation", "place")
WORDS = {
    "group": "group", "groups": "group", "armed_group": "group", "force": "group", "faction": "group",
    "organisation": "organisation", "organization": "organisation", "state": "organisation", "company": "organisation",
    "place": "place", "places": "place", "hub": "place", "town": "place", "village": "place", "crossing": "place",
    "checkpoint": "place", "groupe": "group", "lieu": "place",
}  # fmt: skip
PERSONS = {
    "person", "persons", "people", "individual", "individuals", "man", "woman", "child", "suspect", "member", "leader",
    "commander", "personne", "individu", "homme", "femme", "chef", "human", "civilian", "victim", "witness",
}  # fmt: skip
PERSON_COLUMNS = {
    "person", "person_id", "person_name", "name", "full_name", "first_name", "last_name", "surname", "forename", "given_name",
    "nickname", "alias", "nom", "prenom", "phone", "telephone", "msisdn", "imei", "birth_date", "date_of_birth", "dob", "age",
    "passport", "national_id",
}  # fmt: skip


class PersonError(InputError):
    """The table is of persons. Networks are of groups, organisations and places."""


@dataclass(frozen=True)
class Tie:
    """since, until: first and last day it stood, None: open. confidence: chance that it really stood, above 0, at most 1.

    cost: hours, km or whatever the column says, 0 where there is none. checkpoint: its name, "" for none; delay: what it adds.
    """

    one: str
    other: str
    confidence: float
    since: date | None = None
    until: date | None = None
    tie: str = "tie"
    cost: float = 0.0
    checkpoint: str = ""
    delay: float = 0.0
    line: int = 0

    def stands(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def pair(self) -> tuple[str, str]:
        return (self.one, self.other) if self.one <= self.other else (self.other, self.one)


def read_ties(path: str, *, latest: date, kind: str | None = None) -> tuple[Tie, ...]:
    """Ties of a file with a line of names: from, to, confidence; from_kind and to_kind unless `kind` says it for all; where
    known tie, since, until, hours, checkpoint, delay. PersonError for persons, InputError for the rest, naming the row."""
    table = columns.read(path, columns=2, named=True)
    if not table.names:
        raise InputError(
            f"{table.source}: the first line must name the columns: from, to, confidence, since, until."
        )
    no_person_columns(table.source, table.names)
    one, other, sure = table.need(*ONE), table.need(*OTHER), table.need(*SURE)
    kinds = [table.column(*ONE_KIND), table.column(*OTHER_KIND)]
    plain = table.column("kind", "type")
    if kind is not None:
        _kind_of(kind, "--nodes")
    at = {name: table.column(*words) for name, words in {
        "tie": TIE, "since": ("since", "start", "valid_from"), "until": ("until", "end", "valid_to"), "cost": COST,
        "checkpoint": ("checkpoint",), "delay": ("delay",),
    }.items()}  # fmt: skip
    found = []
    for row in table:
        given = [column for column in (*kinds, plain) if column is not None and _cell(row, column)]
        for column in given:
            _kind_of(_cell(row, column), table.at(row, column))
        if len(given) == 0 and kind is None:
            raise InputError(
                f"{table.source}, line {row.line}: of what kind are they? Give from_kind and to_kind ({', '.join(KINDS)}), or "
                "--nodes for all."
            )
        found.append(_tie(table, row, one, other, sure, at, latest))
    check(found, table.source)
    return tuple(found)


def no_person_columns(source: str, names: Iterable[str]) -> None:
    for name in names:
        if _plain(name).replace(" ", "_") in PERSON_COLUMNS:
            raise PersonError(
                f"{source}: the column {name!r} is of persons. Networks are of groups, organisations and places; this is no "
                "aid to finding anybody. Take persons out, or name the group."
            )


def check(ties: Sequence[Tie], source: str) -> None:
    """InputError where a tie is with itself, ends before it begins, has no chance, or stands twice on one day."""
    before: dict[tuple[str, str, str], list[Tie]] = {}
    for at, tie in enumerate(ties, 1):
        where = f"{source}, line {tie.line}" if tie.line else f"{source}, tie {at}"
        if tie.one == tie.other:
            raise InputError(f"{where}: {tie.one!r} is tied to itself.")
        if not 0 < tie.confidence <= 1:
            raise InputError(f"{where}: confidence {tie.confidence:g}; give a chance above 0, at most 1.")
        if tie.since and tie.until and tie.until < tie.since:
            raise InputError(f"{where}: ends on {tie.until}, before it begins on {tie.since}.")
        if not (tie.cost >= 0 and tie.delay >= 0 and tie.cost + tie.delay < float("inf")):
            raise InputError(f"{where}: a cost and a delay are finite, 0 or more.")
        for old in before.setdefault((*tie.pair, tie.tie), []):
            if (old.until is None or tie.since is None or tie.since <= old.until) and (
                tie.until is None or old.since is None or old.since <= tie.until
            ):
                first = f"line {old.line}" if old.line else "an earlier one"
                raise InputError(f"{where}: the same tie stands on {first}, on some of the same days.")
        before[(*tie.pair, tie.tie)].append(tie)


def _tie(
    table: Table, row: Row, one: int, other: int, sure: int, at: dict[str, int | None], latest: date
) -> Tie:
    def day(name: str) -> date | None:
        column = at[name]
        if column is None or not _cell(row, column):
            return None
        # An end may be known beforehand (a truce until June); a beginning may not.
        return table.day(row, column, latest=latest if name == "since" else None)[0]

    def number(name: str) -> float:
        column = at[name]
        return 0.0 if column is None or not _cell(row, column) else table.number(row, column, least=0)

    cost, point = at["cost"], at["checkpoint"]
    if cost is not None:
        table.number(row, cost, least=0)  # where the column stands, every segment has it
    return Tie(
        table.text(row, one), table.text(row, other), table.number(row, sure), day("since"), day("until"),
        (_cell(row, at["tie"]) if at["tie"] is not None else "") or "tie", number("cost"),
        _cell(row, point) if point is not None else "", number("delay"), row.line,
    )  # fmt: skip


def _cell(row: Row, column: int | None) -> str:
    return row.fields[column] if column is not None and column < len(row.fields) else ""


def _kind_of(word: str, where: str) -> str:
    plain = _plain(word).replace(" ", "_")
    if plain in PERSONS:
        raise PersonError(
            f"{where}: {word!r} is a person. Networks are of groups, organisations and places; this is no aid to finding "
            "anybody. Take persons out, or name the group."
        )
    if plain not in WORDS:
        raise InputError(f"{where}: {word!r} is no kind of node; give {', '.join(KINDS)}.")
    return WORDS[plain]


def _plain(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).strip().lower()
