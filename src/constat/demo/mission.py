"""What happened in the invented country, and what was said about it. Pure: a seed in, events and accounts out.

An `Event` is the truth that nobody in the demo knows; an `Account` is what one person says of it: late, partial, with
another spelling of the place, a rounder number, another day. `Account.event` is the answer that tests of link
suggestions may compare with; it is written nowhere in the node.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from constat.demo import words


class Town(Protocol):
    """What this module needs to know of a place (constat.demo.geography makes them)."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_ar(self) -> str: ...
    @property
    def spellings(self) -> tuple[str, ...]: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...
    @property
    def adm1(self) -> str: ...
    @property
    def adm2(self) -> str: ...
    @property
    def population(self) -> int: ...


@dataclass(frozen=True)
class Kind:
    """How often an incident type happens, with which weapon and actors, how many it kills and injures (means)."""

    code: str
    weight: float
    weapon: str
    actors: tuple[str, ...]
    killed: float
    injured: float
    own: float = 0.0  # chance that the mission's own force is said to be involved


# Shaped after published yearly tables of missions in such countries: raids and mines kill most, own-force harm is rare
# but is what this cell is for.
KINDS = (
    Kind("village_raid_or_massacre", 15, "small_arms_light", ("armed-movement-north", "militia-river"), 6, 3),
    Kind("ied", 14, "planted_explosive_uxo", ("armed-movement-north", ""), 2.4, 3.5),
    Kind("road_ambush", 13, "small_arms_light", ("armed-movement-north", "bandits", ""), 1.6, 1.4),
    Kind("intercommunal_attack", 12, "small_arms_light", ("militia-river", "militia-herders"), 3, 2.5),
    Kind(
        "ground_engagement", 8, "small_arms_light", ("national-army", "armed-movement-north"), 1.2, 2.2, 0.18
    ),
    Kind("escalation_of_force", 7, "small_arms_light", ("mission-force",), 0.5, 1.2, 1.0),
    Kind("abduction", 7, "objects_other_means", ("armed-movement-north", "bandits", ""), 0.1, 0.2),
    Kind("threat_intimidation", 6, "unknown", ("armed-movement-north", "militia-river"), 0, 0),
    Kind("detention_operation", 4, "objects_other_means", ("national-army",), 0.3, 1.6),
    Kind("search_operation", 4, "unknown", ("national-army", "mission-force"), 0.2, 0.5, 0.3),
    Kind("indirect_fire", 3.5, "heavy_explosive", ("armed-movement-north", "mission-force"), 1.1, 3, 0.25),
    Kind("road_traffic", 3, "conflict_accident", ("mission-force",), 0.5, 1.3, 1.0),
    Kind("erw", 2.5, "planted_explosive_uxo", ("",), 0.8, 1.8),
    Kind("aerial_operation", 2, "heavy_explosive", ("regional-force", "mission-force"), 3, 3, 0.3),
    Kind("blockade_siege", 1.5, "denial_of_indispensable_objects", ("armed-movement-north",), 0.2, 0),
    Kind("demonstration_crowd_control", 1, "less_lethal", ("mission-police", "national-army"), 0.5, 4, 0.5),
)


@dataclass(frozen=True)
class Party:
    """An actor of the invented country. `spoken`: how people call it, by language."""

    code: str
    kind: str
    name: str
    name_ar: str
    spoken: dict[str, str]
    is_own: bool = False


PARTIES = (
    Party("mission-force", "own_force", "Force de la mission", "قوة البعثة",
          {"fr": "les soldats de la mission", "en": "the mission's soldiers", "ar": "جنود البعثة"}, is_own=True),
    Party("mission-police", "own_police_unit", "Police de la mission", "شرطة البعثة",
          {"fr": "la police de la mission", "en": "the mission's police", "ar": "شرطة البعثة"}, is_own=True),
    Party("national-army", "host_armed_forces", "Armée nationale", "الجيش الوطني",
          {"fr": "l’armée", "en": "the army", "ar": "الجيش"}),
    Party("regional-force", "regional_force", "Force régionale", "القوة الإقليمية",
          {"fr": "les avions de la force régionale", "en": "the regional force's aircraft", "ar": "طائرات القوة الإقليمية"}),
    Party("armed-movement-north", "extremist_group", "Mouvement du Nord", "حركة الشمال",
          {"fr": "le groupe de la brousse", "en": "the group from the bush", "ar": "جماعة البادية"}),
    Party("militia-river", "community_militia", "Chasseurs du Fleuve", "صيادو النهر",
          {"fr": "les chasseurs", "en": "the hunters", "ar": "الصيادون"}),
    Party("militia-herders", "community_militia", "Garde des troupeaux", "حرس القطعان",
          {"fr": "les gardes des éleveurs", "en": "the herders’ guards", "ar": "حرس الرعاة"}),
    Party("bandits", "bandits_traffickers", "Bandits de la piste", "قطاع الطرق",
          {"fr": "des bandits", "en": "bandits", "ar": "قطاع طرق"}),
    Party("unidentified", "unidentified", "Auteurs non identifiés", "فاعلون مجهولون",
          {"fr": "des inconnus", "en": "unknown men", "ar": "مجهولون"}),
)  # fmt: skip

# Channel -> (weight, reporter types, mean days until it arrives, languages with weights).
CHANNELS: dict[str, tuple[float, tuple[str, ...], float, dict[str, float]]] = {
    "phone": (26, ("witness", "family", "community_leader", "victim"), 1.5, {"fr": 6, "ar": 3, "en": 1}),
    "alert_network": (20, ("community_leader", "witness"), 0.5, {"fr": 7, "ar": 3}),
    "patrol_report": (14, ("own_force",), 1, {"fr": 5, "en": 5}),
    "partner_ngo": (13, ("ngo",), 5, {"fr": 7, "en": 3}),
    "web_form": (9, ("witness", "family", "unknown", "victim"), 4, {"fr": 5, "ar": 3, "en": 2}),
    "hospital": (7, ("medical",), 2, {"fr": 9, "ar": 1}),
    "media": (7, ("media",), 1, {"fr": 5, "ar": 3, "en": 2}),
    "walk_in": (4, ("victim", "family", "community_leader"), 9, {"fr": 5, "ar": 5}),
}
SOURCE_TYPE = {"victim": "victim", "family": "victim", "witness": "witness", "community_leader": "community", "medical": "medical",
               "own_force": "own_force", "ngo": "ngo", "media": "media", "unknown": "witness"}  # fmt: skip
RELIABILITY = {"victim": "C", "family": "C", "witness": "C", "community_leader": "B", "medical": "B", "own_force": "B",
               "ngo": "B", "media": "D", "unknown": "F"}  # fmt: skip


@dataclass(frozen=True)
class Event:
    number: int
    kind: Kind
    on: date
    town: Town
    lon: float
    lat: float
    actor: str  # Party.code, "" nobody knows
    own: bool
    killed: int
    injured: int
    women: int
    children: int
    sexual_violence: bool
    animals: int
    houses: int
    fled: int


@dataclass(frozen=True)
class Account:
    """One report as it will be handed in. Counts: (min, best, max) with None where the teller does not know."""

    event: int
    uid: uuid.UUID
    received_at: datetime
    channel: str
    reporter_type: str
    language: str
    text: str
    town: Town
    place_text: str
    place_precision: str
    lon: float
    lat: float
    starts_on: date
    ends_on: date
    date_precision: str
    incident_type: str
    weapon: str
    actor: str
    actor_text: str
    involvement: str
    killed: tuple[int, int | None, int | None]
    injured: tuple[int, int | None, int | None]
    other: tuple[tuple[str, str, int], ...]  # (harm, unit, count)
    child: str
    sexual_violence: str
    in_danger: str
    needs_care: str
    phone: str  # of somebody invented; "" when no contact was given
    name: str
    extra: dict[str, str] = field(default_factory=dict)


SIZES = {"small": 90, "full": 900}
DAYS = 3 * 365


def events(seed: int, size: str, towns: Sequence[Town], until: date) -> list[Event]:
    """The truth. Harm gathers: some towns are hit again and again, a dry-season rhythm, one directive that halves
    escalation-of-force harm in the last year (so that analysis has something real to find)."""
    rng = random.Random(f"events {seed}")
    hot = {town.name: rng.paretovariate(1.3) for town in towns}
    weights = [hot[town.name] * (town.population + 500) ** 0.35 for town in towns]
    made: list[Event] = []
    first = until - timedelta(days=DAYS)
    while len(made) < SIZES[size]:
        # Rising over the years, and still going on: the last weeks are as full as any.
        day = first + timedelta(days=int(DAYS * rng.random() ** 0.8))
        if rng.random() > (1.0 if day.month in (11, 12, 1, 2, 3, 4, 5) else 0.7):
            continue
        kind = rng.choices(KINDS, [one.weight for one in KINDS])[0]
        if kind.code == "escalation_of_force" and (until - day).days < 365 and rng.random() < 0.5:
            continue
        town = rng.choices(towns, weights)[0]
        actor = rng.choice(kind.actors)
        own = actor.startswith("mission") or (kind.own < 1 and rng.random() < kind.own * 0.5)
        killed = min(_count(rng, kind.killed), 60)
        injured = min(_count(rng, kind.injured), 90)
        people = killed + injured
        made.append(
            Event(
                number=0, kind=kind, on=day, town=town,
                lon=town.lon + rng.gauss(0, 0.03), lat=town.lat + rng.gauss(0, 0.03),
                actor=actor, own=own, killed=killed, injured=injured,
                women=sum(rng.random() < 0.25 for _ in range(people)),
                children=sum(rng.random() < 0.18 for _ in range(people)),
                sexual_violence=kind.code in {"village_raid_or_massacre", "abduction"} and rng.random() < 0.09,
                animals=rng.randrange(5, 120) if kind.code in {"village_raid_or_massacre", "intercommunal_attack"} and rng.random() < 0.5 else 0,
                houses=rng.randrange(1, 30) if kind.code == "village_raid_or_massacre" and rng.random() < 0.5 else 0,
                fled=rng.randrange(20, 900) if kind.code in {"village_raid_or_massacre", "blockade_siege"} and rng.random() < 0.4 else 0,
            )
        )  # fmt: skip
    made.sort(key=lambda event: (event.on, event.town.name, event.kind.code))
    return [replace(event, number=number) for number, event in enumerate(made, 1)]


def _count(rng: random.Random, mean: float) -> int:
    """Counts of harm have a long tail: a gamma-mixed Poisson (negative binomial), shape 0.8."""
    if mean <= 0:
        return 0
    rate = rng.gammavariate(0.8, mean / 0.8)
    count, product, limit = 0, rng.random(), 2.718281828459045**-rate
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def accounts(seed: int, happened: Sequence[Event], towns: Sequence[Town], until: datetime) -> list[Account]:
    """Everything that was said, in the order in which it arrived. About 2.2 accounts an event; one event in ten has none
    from the first week, one in twelve is heard of by eight people."""
    rng = random.Random(f"accounts {seed}")
    said: list[Account] = []
    for event in happened:
        heard = rng.choices((1, 2, 3, 4, 8), (38, 30, 17, 10, 5))[0]
        told: list[Account] = []
        for _ in range(heard):
            one = _account(
                rng, event, towns, repeats=rng.choice(told) if told and rng.random() < 0.18 else None
            )
            if one.received_at < until:
                told.append(one)
        said += told
    said += _noise(rng, happened, towns, until)
    said.sort(key=lambda one: (one.received_at, one.uid))
    return said


def _noise(
    rng: random.Random, happened: Sequence[Event], towns: Sequence[Town], until: datetime
) -> Iterator[Account]:
    """Reports that belong to no event of the truth: rumours, things outside the cell's scope."""
    first = min(event.on for event in happened)
    for event in rng.sample(list(happened), max(1, len(happened) // 14)):
        elsewhere, when = rng.choice(towns), event.on + timedelta(days=rng.randrange(-200, 200))
        moved = replace(
            event, number=0, town=elsewhere, on=max(first, when), killed=min(event.killed, 2), own=False
        )
        one = _account(rng, moved, towns, repeats=None)
        if one.received_at < until:
            yield one


def _account(rng: random.Random, event: Event, towns: Sequence[Town], repeats: Account | None) -> Account:
    channel = rng.choices(list(CHANNELS), [row[0] for row in CHANNELS.values()])[0]
    if repeats:
        channel = rng.choice(("media", "alert_network", "partner_ngo"))
    if event.own and rng.random() < 0.25:
        channel = "patrol_report"
    _, reporters, delay, tongues = CHANNELS[channel]
    reporter = rng.choice(reporters)
    language = rng.choices(list(tongues), list(tongues.values()))[0]
    received = datetime(event.on.year, event.on.month, event.on.day, tzinfo=UTC) + timedelta(
        hours=rng.uniform(7, 22), days=rng.expovariate(1 / delay)
    )
    if channel == "web_form":
        received = received.replace(minute=0, second=0, microsecond=0)
    starts, ends, precision = _when(rng, event.on, sure=channel in {"patrol_report", "hospital"})
    place_text, place_precision, lon, lat = _where(rng, event, language, sure=channel == "patrol_report")
    actor = event.actor if rng.random() < 0.75 else rng.choice(("", "unidentified", event.actor))
    party = next((one for one in PARTIES if one.code == (actor or "unidentified")), PARTIES[-1])
    killed = repeats.killed if repeats else _said_count(rng, event.killed)
    injured = repeats.injured if repeats else _said_count(rng, event.injured)
    child = "yes" if event.children and rng.random() < 0.35 else rng.choice(("unknown", "unknown", "no"))
    other = tuple(
        (harm, unit, count)
        for harm, unit, count in (("livestock", "animals", event.animals), ("property_destroyed", "structures", event.houses),
                                  ("displacement", "persons", event.fled))
        if count and rng.random() < 0.6
    )  # fmt: skip
    text = repeats.text if repeats and repeats.language == language else _text(rng, event, language, reporter, place_text, starts,
                                                                               precision, party, killed, injured, child, other, towns)  # fmt: skip
    reachable = channel in {"phone", "walk_in"} and rng.random() < 0.6
    return Account(
        event=event.number, uid=uuid.UUID(int=rng.getrandbits(128), version=4), received_at=received, channel=channel,
        reporter_type=reporter, language=language, text=text, town=event.town, place_text=place_text,
        place_precision=place_precision, lon=lon, lat=lat, starts_on=starts, ends_on=ends, date_precision=precision,
        incident_type=event.kind.code if rng.random() < 0.85 else "unknown",
        weapon=event.kind.weapon if rng.random() < 0.7 else "unknown",
        actor=actor, actor_text=party.spoken[language] if actor or rng.random() < 0.5 else "",
        involvement="alleged" if event.own and rng.random() < 0.85 else ("not_alleged" if actor and not event.own else "unknown"),
        killed=killed, injured=injured, other=other, child=child,
        sexual_violence="yes" if event.sexual_violence and rng.random() < 0.5 else "unknown",
        in_danger="yes" if rng.random() < 0.06 else rng.choice(("no", "unknown")),
        needs_care="yes" if event.injured and rng.random() < 0.3 else "unknown",
        phone=f"+000 {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)} {rng.randrange(10, 99)}" if reachable else "",
        name=rng.choice(INVENTED_NAMES) if reachable else "",
        extra={"repeats": str(repeats.uid)} if repeats else {},
    )  # fmt: skip


# Made from syllables that are nobody's name in the region; they only ever enter the vault.
INVENTED_NAMES = tuple(f"{first} {last}" for first in ("Zorika", "Velimbo", "Tassuné", "Ouldrane", "Mirefa", "Kandeliou", "Bassorel", "Ilvane")
                       for last in ("Drumelin", "Sakatévi", "Ormibat", "Felduné", "Gavorit", "Hessamou"))  # fmt: skip


def _when(rng: random.Random, on: date, *, sure: bool) -> tuple[date, date, str]:
    draw = rng.random()
    if sure or draw < 0.62:
        return on, on, "day"
    if draw < 0.80:
        start = on - timedelta(days=rng.randrange(0, 3))
        return start, start + timedelta(days=rng.randrange(2, 4)), "days_2_6"
    if draw < 0.90:
        start = on - timedelta(days=rng.randrange(0, 6))
        return start, start + timedelta(days=6), "week"
    first = on.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1), "month"


def _where(rng: random.Random, event: Event, language: str, *, sure: bool) -> tuple[str, str, float, float]:
    town = event.town
    name = (
        town.name_ar if language == "ar" and rng.random() < 0.8 else rng.choice((town.name, *town.spellings))
    )
    if sure:
        return name, "exact", round(event.lon, 4), round(event.lat, 4)
    if rng.random() < 0.82:
        return name, "near_25km", town.lon, town.lat
    return name, "admin2", town.lon, town.lat


def _said_count(rng: random.Random, true: int) -> tuple[int, int | None, int | None]:
    """What a teller makes of a number: right, rounded, a range, "at least", or unknown. Unknown is never 0."""
    if true == 0:
        return (0, 0, 0) if rng.random() < 0.4 else (0, None, None)
    draw = rng.random()
    if draw < 0.15:
        return (1, None, None)
    if draw < 0.55:
        return (true, true, true)
    low = max(1, true - rng.randrange(0, 1 + true // 3 + 1))
    high = true + rng.randrange(0, 1 + true // 2 + 1)
    if draw < 0.7:
        return (low, None, None)
    return (low, min(max(true, low), high), high)


def _text(rng: random.Random, event: Event, language: str, reporter: str, place: str, starts: date, precision: str, party: Party,
          killed: tuple[int, int | None, int | None], injured: tuple[int, int | None, int | None], child: str,
          other: tuple[tuple[str, str, int], ...], towns: Sequence[Town]) -> str:  # fmt: skip
    when = words.day(
        language, starts.month, starts.day if precision in {"day", "days_2_6"} else None, starts.year
    )
    happened = rng.choice(words.HAPPENED[language][event.kind.code])
    parts = [rng.choice(words.KNOWS[language][reporter]),
             happened.format(place=place, when=when, actor=party.spoken[language])]  # fmt: skip
    harmed = words.HARMED[language]
    spoken = {"killed": words.counted(language, "killed", killed[0], killed[2]) if killed[0] else "",
              "injured": words.counted(language, "injured", injured[0], injured[2]) if injured[0] else ""}  # fmt: skip
    if spoken["killed"] and spoken["injured"]:
        parts.append(harmed["both"].format(**spoken))
    elif spoken["killed"] or spoken["injured"]:
        parts.append(harmed["killed" if spoken["killed"] else "injured"].format(**spoken))
    elif killed[1] is None:
        parts.append(harmed["none"])
    if event.women and rng.random() < 0.5:
        parts.append(harmed["women"])
    if child == "yes":
        parts.append(harmed["children"])
    named = {"livestock": "animals", "property_destroyed": "houses", "displacement": "fled"}
    near = rng.choice(towns)
    parts += [
        harmed[named[harm]].format(near=near.name_ar if language == "ar" else near.name)
        for harm, _, _ in other
    ]
    parts.append(rng.choice(words.FOLLOWED[language]))
    return " ".join(part[:1].upper() + part[1:] for part in parts if part)
