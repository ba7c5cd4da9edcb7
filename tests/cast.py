"""The cast of every test, and what a test needs of access: a clock, a client, a viewer, one event.

Amina reports, Bruno triages, Chen inquires, Dara reviews, Esi publishes, Farid must see nothing. All invented.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)

# name -> (display name, role, section, office, compartments)
PERSONAS: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "amina": ("Amina Test", "intake_officer", "field_office", "gao", ()),
    "bruno": ("Bruno Test", "triage_officer", "civilian_harm_cell", "", ()),
    "chen": ("Chen Test", "analyst", "civilian_harm_cell", "", ()),
    "dara": ("Dara Test", "cell_chief", "civilian_harm_cell", "", ()),
    "esi": ("Esi Test", "public_information", "public_information", "", ()),
    "farid": ("Farid Test", "", "", "", ()),
    "child_adviser": ("Hawa Test", "child_adviser", "child_protection", "", ("child",)),
    "crsv_adviser": ("Ines Test", "crsv_adviser", "women_protection", "", ("crsv",)),
    "military": ("Jonas Test", "military_operations", "force_operations", "", ()),
    "approver": ("Kadi Test", "approver", "chief_of_staff", "", ()),
    "auditor": ("Lamine Test", "auditor", "mission_support", "", ()),
    "data_protection": ("Mariam Test", "data_protection", "legal", "", ()),
    "investigator": ("Oumar Test", "investigator", "human_rights", "", ()),
    "legal": ("Pia Test", "legal_adviser", "legal", "", ()),
    "amends": ("Rokia Test", "amends_officer", "claims", "", ()),
    "certifier": ("Sira Test", "certifying_officer", "mission_support", "", ()),
    "payer": ("Tidiane Test", "paying_agent", "mission_support", "", ()),
    "conduct": ("Umar Test", "conduct_officer", "conduct_discipline", "", ("conduct",)),
    "reviewer": ("Viviane Test", "complaint_reviewer", "legal", "", ()),
    "protection": ("Wassa Test", "protection_focal_point", "human_rights", "", ()),
    "commander": ("Xavier Test", "leadership", "force_hq", "", ()),
    "administrator": ("Noor Test", "system_administrator", "mission_support", "", ()),
}


def make_person(username: str, *, role: str = "", section: str = "", office: str = "",
                compartments: tuple[str, ...] = (), display_name: str = "", since: datetime = SINCE) -> Any:  # fmt: skip
    """A person with one post (none when `role` is empty). No password: `client_for` signs in without one."""
    from constat.apps.access.models import CompartmentMember, Office, Person, Post

    person = Person(username=username, display_name=display_name or username.title(), created_at=since)
    person.set_unusable_password()
    person.save()
    if role:
        where = (
            Office.objects.get_or_create(code=office, defaults={"name": office.title()})[0]
            if office
            else None
        )
        Post.objects.create(person=person, role=role, section=section, office=where, starts_at=since)
    for compartment in compartments:
        CompartmentMember.objects.create(
            person=person, compartment=compartment, reason="Test", starts_at=since
        )
    return person


def make_persona(name: str) -> Any:
    display_name, role, section, office, compartments = PERSONAS[name]
    return make_person(
        name, role=role, section=section, office=office, compartments=compartments, display_name=display_name
    )


@dataclass
class Cast:
    """`cast.amina`: made when first asked for, the same person for the rest of the test."""

    _made: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in PERSONAS:
            raise AttributeError(name)
        if name not in self._made:
            self._made[name] = make_persona(name)
        return self._made[name]


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def _persona(name: str) -> Any:
    @pytest.fixture(name=name)
    def person(cast: Cast) -> Any:
        return getattr(cast, name)

    return person


amina, bruno, chen, dara, esi, farid = map(_persona, ("amina", "bruno", "chen", "dara", "esi", "farid"))
child_adviser, crsv_adviser, military, approver = map(
    _persona, ("child_adviser", "crsv_adviser", "military", "approver")
)
investigator, legal, amends, certifier, payer = map(
    _persona, ("investigator", "legal", "amends", "certifier", "payer")
)
conduct, reviewer, protection, commander = map(_persona, ("conduct", "reviewer", "protection", "commander"))
auditor, data_protection, administrator = map(_persona, ("auditor", "data_protection", "administrator"))


def viewer_for(person: Any, at: datetime = NOW) -> Any:
    """Who this person is to the rules, at NOW."""
    from constat.apps.access.queries import viewer_of

    return viewer_of(person, at=at)


def client_for(person: Any, **defaults: Any) -> Client:
    """A browser in which this person has signed in."""
    client = Client(**defaults)
    client.force_login(person)
    return client


@pytest.fixture(name="viewer_for")
def _viewer_for(db: None) -> Callable[..., Any]:
    return viewer_for


@pytest.fixture(name="client_for")
def _client_for(db: None) -> Callable[..., Client]:
    return client_for


@contextmanager
def exactly_one_event(verb: str, **expected: object) -> Iterator[list[Any]]:
    """The act inside writes one event and no more, with this verb; `expected` are further columns of the event."""
    from constat.apps.access import log
    from constat.apps.access.models import Event

    before = log.head()[0]
    found: list[Any] = []
    yield found
    found.extend(Event.objects.filter(seq__gt=before).order_by("seq"))
    assert [event.verb for event in found] == [verb]
    for column, value in expected.items():
        assert getattr(found[0], column) == value, f"{column} of the event is {getattr(found[0], column)!r}"


@pytest.fixture
def one_event(db: None) -> Callable[..., AbstractContextManager[list[Any]]]:
    """`with one_event("reports.receive") as events:`; afterwards `events[0]` is the event."""
    return exactly_one_event


@contextmanager
def refuses(code: str) -> Iterator[None]:
    """The act inside is refused for this reason, in whatever language the sentence is."""
    from constat.apps.access.errors import AccessError

    with pytest.raises(AccessError) as refusal:
        yield
    assert refusal.value.code == code


@contextmanager
def guards_lifted() -> Iterator[None]:
    """The only place that lifts the triggers: to empty tables after a test, and to play somebody who can."""
    from constat.apps.access import guards as log_guards
    from constat.apps.amends import guards as ledger_guards
    from constat.apps.evidence import guards as evidence_guards

    guards = (log_guards, evidence_guards, ledger_guards)
    for one in guards:
        one.lift_guards(connection)
    try:
        yield
    finally:
        for one in guards:
            one.set_guards(connection)


@pytest.fixture(name="guards_lifted")
def _guards_lifted(db: None) -> Callable[[], AbstractContextManager[None]]:
    return guards_lifted


# Tests that commit (live server, threads) are cleaned by emptying every table. The log refuses that, and needs its
# first row afterwards: both are seen to here, once, so that no test has to know.
_empty_all_tables = TransactionTestCase._fixture_teardown


def _teardown(self: TransactionTestCase) -> None:
    from constat.apps.access.log import GENESIS
    from constat.apps.access.models import LogHead

    with guards_lifted():
        _empty_all_tables(self)
        LogHead.objects.get_or_create(id=1, defaults={"size": 0, "hash": GENESIS})


TransactionTestCase._fixture_teardown = _teardown
