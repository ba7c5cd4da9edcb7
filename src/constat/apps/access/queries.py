"""Fetchers of access: who somebody is to the rules, and the pages about people, roles and the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from constat.apps.access import log
from constat.apps.access.models import Activation, CompartmentMember, Event, Person, Post, SignIn
from constat.apps.access.visibility import facts_of, granted_to
from constat.rules.permissions import Permission
from constat.rules.roles import Detail, Field, Role, role, roles
from constat.rules.visibility import Viewer, explain, may_see
from constat.rules.vocabulary import Term, vocabulary
from constat.ui.shapes import Reading

VERIFIED_AT_ONCE = 20_000  # events walked on every look at the page; a longer log is walked when asked
EVENTS_SHOWN = 50


def viewer_of(person: Person, *, at: datetime | None = None) -> Viewer:
    """Who this person is to the rules, at a moment (now, unless said): posts and admissions in force. Two queries."""
    at = at or timezone.now()
    in_force = _in_force(at)
    posts = list(Post.objects.filter(in_force, person=person).select_related("office"))
    admitted = CompartmentMember.objects.filter(in_force, person=person).values_list("compartment", flat=True)
    return Viewer(
        key=str(person.pk),
        roles=frozenset(post.role for post in posts),
        sections=frozenset(post.section for post in posts),
        offices=frozenset(post.office.code for post in posts if post.office),
        compartments=frozenset(admitted),
        active=person.is_active,
    )


def person_named(username: str) -> Person | None:
    """Whoever signs in by that name, for the command line; None when nobody does."""
    return Person.objects.filter(username=username, is_active=True).first()


def _in_force(at: datetime) -> Q:
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def language() -> str:
    return get_language() or "fr"


def explain_access(viewer: Viewer, record: Model, *, kind: Literal["report", "incident"], grants: QuerySet, at: datetime,  # type: ignore[type-arg]
                   logged: bool = False) -> Reading:  # fmt: skip
    """Why this person sees this record, and what of it is kept from them. `grants`: the grants of this record."""
    facts = facts_of(record, kind=kind, granted_to=granted_to(grants, at=at))
    spoken = language()
    # A purpose is asked at the moment of showing an identity, not here: this panel says what could be shown at all.
    seen = {part: may_see(viewer, facts, part, purpose="explain") for part in Field}
    return Reading(
        reasons=[sentence.say(spoken) for sentence in explain(viewer, facts)],
        withheld=[f"{part.label(spoken)} – {Detail.COARSE.value}" if access.level is Detail.COARSE else part.label(spoken)
                  for part, access in seen.items() if access.level is not Detail.FULL],
        logged=logged,
    )  # fmt: skip


# People ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostLine:
    pk: int
    role: Role
    section: Term
    office: str
    unit: str
    starts_at: datetime
    ends_at: datetime | None
    appointed_by: str
    running: bool


@dataclass(frozen=True)
class AdmissionLine:
    pk: int
    person_pk: int
    person: str
    compartment: Term
    reason: str
    starts_at: datetime
    ends_at: datetime | None
    admitted_by: str
    running: bool


@dataclass(frozen=True)
class PersonLine:
    pk: int
    username: str
    display_name: str
    active: bool
    has_password: bool
    second_factor: bool
    last_login: datetime | None
    posts: tuple[PostLine, ...]


@dataclass(frozen=True)
class PersonPage:
    person: PersonLine
    language: str
    created_at: datetime
    disabled_at: datetime | None
    ended: tuple[PostLine, ...]
    admissions: tuple[AdmissionLine, ...]
    code_until: datetime | None
    sessions: int
    is_self: bool


@dataclass(frozen=True)
class SessionLine:
    started_at: datetime
    seen_at: datetime
    this_one: bool


@dataclass(frozen=True)
class AccountPage:
    person: PersonLine
    language: str
    admissions: tuple[AdmissionLine, ...]
    may: tuple[str, ...]
    sessions: tuple[SessionLine, ...]


def people(viewer: Viewer, *, at: datetime, words: str = "") -> list[PersonLine]:
    """Everybody with an account, by name. Nobody but who may manage accounts gets a line."""
    if not viewer.may(Permission.ACCESS_MANAGE):
        return []
    rows = Person.objects.order_by("display_name", "pk")
    if words.strip():
        rows = rows.filter(Q(display_name__icontains=words.strip()) | Q(username__icontains=words.strip()))
    rows = rows.prefetch_related("posts__office", "posts__appointed_by", "authenticator_set")
    return [_person_line(row, at) for row in rows]


def active_people() -> QuerySet[Person]:
    """For the choices of a form that is itself behind a gate."""
    return Person.objects.filter(is_active=True).order_by("display_name", "pk")


def person_page(pk: int, viewer: Viewer, *, at: datetime) -> PersonPage | None:
    """None when there is no such person or this one may not know."""
    if not viewer.may(Permission.ACCESS_MANAGE):
        return None
    row = (
        Person.objects.filter(pk=pk)
        .prefetch_related("posts__office", "posts__appointed_by", "authenticator_set")
        .first()
    )
    if row is None:
        return None
    posts = _post_lines(row, at)
    code = Activation.objects.filter(person=row, ends_at__gt=at).first()
    return PersonPage(
        person=_person_line(row, at),
        language=row.language,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        ended=tuple(post for post in posts if not post.running),
        admissions=_admission_lines(CompartmentMember.objects.filter(person=row), at),
        code_until=code.ends_at if code else None,
        sessions=SignIn.objects.filter(person=row).count(),
        is_self=str(row.pk) == viewer.key,
    )


def account_page(person: Person, viewer: Viewer, *, session_key: str, at: datetime) -> AccountPage:
    """A person about oneself: posts, what they allow in a sentence each, sessions."""
    spoken = language()
    return AccountPage(
        person=_person_line(person, at),
        language=person.language,
        admissions=_admission_lines(CompartmentMember.objects.filter(_in_force(at), person=person), at),
        may=tuple(permission.sentence(spoken) for permission in Permission if permission in viewer.permissions),
        sessions=tuple(SessionLine(row.started_at, row.seen_at, row.session_key == session_key)
                       for row in SignIn.objects.filter(person=person).order_by("-seen_at", "-pk")),
    )  # fmt: skip


def admissions(viewer: Viewer, *, at: datetime) -> tuple[AdmissionLine, ...]:
    """Who is admitted to which compartment, for whoever may admit."""
    if not viewer.may(Permission.ACCESS_GRANT):
        return ()
    return _admission_lines(CompartmentMember.objects.filter(_in_force(at)), at)


def _person_line(row: Person, at: datetime) -> PersonLine:
    return PersonLine(
        pk=row.pk,
        username=row.username,
        display_name=row.display_name,
        active=row.is_active,
        has_password=row.has_usable_password(),
        second_factor=bool(row.authenticator_set.all()),  # type: ignore[attr-defined]
        last_login=row.last_login,
        posts=tuple(post for post in _post_lines(row, at) if post.running),
    )


def _post_lines(row: Person, at: datetime) -> list[PostLine]:
    sections = vocabulary("section")
    return [
        PostLine(
            pk=post.pk,
            role=role(post.role),
            section=sections[post.section],
            office=post.office.name if post.office else "",
            unit=post.unit,
            starts_at=post.starts_at,
            ends_at=post.ends_at,
            appointed_by=str(post.appointed_by or ""),
            running=post.starts_at <= at and (post.ends_at is None or post.ends_at > at),
        )
        for post in sorted(row.posts.all(), key=lambda post: (post.starts_at, post.pk), reverse=True)
    ]


def _admission_lines(rows: QuerySet[CompartmentMember], at: datetime) -> tuple[AdmissionLine, ...]:
    compartments = vocabulary("compartment")
    rows = rows.select_related("person", "admitted_by").order_by(
        "compartment", "person__display_name", "-starts_at"
    )
    return tuple(
        AdmissionLine(row.pk, row.person_id, row.person.display_name, compartments[row.compartment], row.reason, row.starts_at,
                      row.ends_at, str(row.admitted_by or ""), row.starts_at <= at and (row.ends_at is None or row.ends_at > at))
        for row in rows
    )  # fmt: skip


# Sections and roles ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SectionLine:
    term: Term
    children: tuple["SectionLine", ...]


def sections() -> tuple[SectionLine, ...]:
    """The default tree of a mission, as the vocabulary has it."""
    words = vocabulary("section")

    def below(parent: str | None) -> tuple[SectionLine, ...]:
        return tuple(SectionLine(term, below(term.code)) for term in words.active() if term.parent == parent)

    return below(None)


@dataclass(frozen=True)
class RoleLine:
    role: Role
    may: tuple[str, ...]
    cells: tuple[tuple[Detail, Detail], ...]  # one per Field: of any record, of one's own


@dataclass(frozen=True)
class RolesPage:
    roles: tuple[RoleLine, ...]
    fields: tuple[Field, ...]


def roles_page() -> RolesPage:
    spoken = language()
    lines = (
        RoleLine(one, tuple(permission.sentence(spoken) for permission in Permission if permission in one.permissions),
                 tuple((one.fields[part], one.own_fields[part]) for part in Field))
        for one in roles().values()
    )  # fmt: skip
    return RolesPage(tuple(lines), tuple(Field))


# The log ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EventLine:
    """`actor`, `record`, `purpose` and `details` are empty for somebody who may verify the log but not read it."""

    seq: int
    at: datetime
    verb: str
    hash: str
    actor: str = ""
    record: str = ""
    purpose: str = ""
    details: str = ""


@dataclass(frozen=True)
class LogPage:
    size: int
    head: str
    events: tuple[EventLine, ...]
    older: int | None
    full: bool
    walked: bool
    fault: log.Fault | None


def log_page(viewer: Viewer, *, before: int | None = None, walk: bool = False) -> LogPage:
    """The head of the log, its newest events, and whether the chain holds."""
    size, head = log.head()
    full = bool(viewer.may(Permission.LOG_READ))
    every = _reads_every_event(viewer)
    rows = Event.objects.order_by("-seq")
    if before:
        rows = rows.filter(seq__lt=before)
    shown = tuple(
        _event_line(row, full, every or row.actor.split(" ", 1)[0] == viewer.key)
        for row in rows[:EVENTS_SHOWN]
    )
    walked = walk or size <= VERIFIED_AT_ONCE
    return LogPage(
        size=size,
        head=head,
        events=shown,
        older=shown[-1].seq if shown and shown[-1].seq > 1 else None,
        full=full,
        walked=walked,
        fault=first(log.faults()) if walked else None,
    )


def first(faults: Iterable[log.Fault]) -> log.Fault | None:
    return next(iter(faults), None)


# What is no record of anybody: accounts, the register, money lines, the force's own log. Every other event may name what sits
# in a compartment (an item on a docket, a complaint of a survivor); which records a person may read is not known here, so
# somebody whose post reads the log coarsely learns that there was such an act, by whom and when, and reads the rest on the
# record's page. A kind of record that is new is closed until it is named here.
OPEN = frozenset({
    "person", "office", "log", "vault", "actor", "unit", "place", "site", "gazetteer", "source", "totals", "fund_line", "band",
    "exchange_rate", "operation", "activity_log", "log_file",
})  # fmt: skip
# Whoever may not read a docket of this compartment does not learn that there is one, not even from the word for an act on it.
APART = "conduct."


def _reads_every_event(viewer: Viewer) -> bool:
    return any(one.fields[Field.READ_LOG] is Detail.FULL for one in viewer.held)


def _event_line(row: Event, full: bool, every: bool) -> EventLine:
    if row.verb.startswith(APART) and not every:
        return EventLine(row.seq, row.at, "–", row.hash)
    if not full:
        return EventLine(row.seq, row.at, row.verb, row.hash)
    if not every and row.object_type not in OPEN:
        return EventLine(row.seq, row.at, row.verb, row.hash, row.actor, row.object_type)
    return EventLine(row.seq, row.at, row.verb, row.hash, row.actor, f"{row.object_type} {row.object_key}", row.purpose,
                     "" if row.details == "{}" else row.details)  # fmt: skip
