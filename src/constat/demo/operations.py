"""What the force of the invented mission did: patrols, convoys, checkpoints, fire; and which months of its logs are missing.

Pure until `journal`, which hands each month's logs to the action that loads them, on the day on which they would have come.
Wherever the truth says that the own force was involved there is an operation of that day and place; unless the log of
that unit for that month is one of the missing.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from constat.apps.access.models import Person
from constat.apps.operations import actions
from constat.apps.operations.draft import Draft, EncounterDraft, WeaponLine
from constat.demo.geography import Town
from constat.demo.land import Land
from constat.demo.mission import DAYS, Event

SIZES = {"small": 600, "full": 20_000}
BATTALIONS, HELICOPTERS, POLICE = ("bataillon-1", "bataillon-2"), "escadron-helicos", "police-1"
# Type -> (weight, hours, who does it). Shaped after the days of a mission: most of it is moving and guarding.
KINDS: dict[str, tuple[float, tuple[float, float], tuple[str, ...]]] = {
    "foot_patrol": (20, (2, 6), (*BATTALIONS, POLICE)), "vehicle_patrol": (24, (3, 9), (*BATTALIONS, POLICE)),
    "night_patrol": (8, (3, 7), BATTALIONS), "long_range_patrol": (3, (48, 160), BATTALIONS),
    "joint_patrol": (5, (4, 9), (*BATTALIONS, POLICE)), "escort_convoy": (11, (4, 20), BATTALIONS),
    "static_checkpoint": (9, (6, 12), (*BATTALIONS, POLICE)), "mobile_checkpoint": (5, (2, 5), (*BATTALIONS, POLICE)),
    "quick_reaction": (2, (1, 5), BATTALIONS), "cordon_search": (1.5, (3, 8), BATTALIONS),
    "crowd_control": (0.5, (2, 6), (POLICE,)), "ied_search_clearance": (2, (3, 10), BATTALIONS),
    "eod": (1, (1, 4), BATTALIONS), "air_transport": (3, (1, 4), (HELICOPTERS,)), "uav_isr": (3, (2, 8), (HELICOPTERS,)),
    "attack_helicopter": (0.6, (1, 3), (HELICOPTERS,)), "evacuation": (0.8, (1, 4), (HELICOPTERS,)),
    "engineering_project": (1, (6, 10), BATTALIONS), "support_host_forces": (1, (3, 12), BATTALIONS),
    "key_leader_engagement": (4, (1, 3), (*BATTALIONS, POLICE)), "indirect_fire": (0.2, (0.5, 1), BATTALIONS),
    "base_defence": (0.3, (1, 6), BATTALIONS),
}  # fmt: skip
# Kind of the event of the truth -> what our force was doing there.
DOING = {
    "escalation_of_force": ("static_checkpoint", "mobile_checkpoint", "escort_convoy"), "ground_engagement": ("quick_reaction",),
    "search_operation": ("cordon_search",), "indirect_fire": ("indirect_fire",), "road_traffic": ("escort_convoy",),
    "aerial_operation": ("attack_helicopter",), "demonstration_crowd_control": ("crowd_control",),
}  # fmt: skip
KINETIC = frozenset(
    {"quick_reaction", "cordon_search", "indirect_fire", "attack_helicopter", "base_defence", "crowd_control"}
)
MEETS_PEOPLE = {"static_checkpoint": 0.35, "mobile_checkpoint": 0.3, "escort_convoy": 0.2, "vehicle_patrol": 0.04,
                "night_patrol": 0.06, "base_defence": 0.3}  # fmt: skip
LADDER = ("presence", "shout", "signal", "show_weapon", "warning_shot", "disabling_shot", "deliberate_shot")
# A directive one year before the end: two of three steps from the warning on are no longer gone.
DIRECTIVE_DAYS = 365
ALONG = frozenset(
    {
        "vehicle_patrol",
        "escort_convoy",
        "long_range_patrol",
        "ied_search_clearance",
        "air_transport",
        "uav_isr",
    }
)
REASONS = ("not_handed_over", "lost", "not_kept", "unknown")


@dataclass(frozen=True)
class Truth:
    """What the drawing needs of the country: its towns, and the areas of each before and after the division of regions."""

    towns: Sequence[Town]
    land: Land


def months_of(until: datetime) -> list[date]:
    """First days of the months of the mission; of the last one only a part has passed."""
    first = (until - timedelta(days=DAYS)).date().replace(day=1)
    number, last = first.year * 12 + first.month - 1, until.year * 12 + until.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number, last + 1)]


def missing_months(seed: int, until: datetime) -> dict[tuple[str, date], str]:
    """(unit, month) -> why its log is missing; "" where nobody has said so yet. About one in nine, more at the start."""
    rng = random.Random(f"logs {seed}")
    months = months_of(until)[:-1]
    found: dict[tuple[str, date], str] = {}
    for number, month in enumerate(months):
        for unit in (*BATTALIONS, HELICOPTERS, POLICE):
            if rng.random() < (0.18 if number < len(months) / 3 else 0.07):
                found[unit, month] = rng.choice(REASONS) if rng.random() < 0.7 else ""
    return found


def drawn(seed: int, size: str, happened: Sequence[Event], truth: Truth, until: datetime) -> list[Draft]:
    """Every operation of three years that stands in a log, in the order of its beginning; among them those of the truth's
    own events, unless that month's log of that unit is missing."""
    rng = random.Random(f"operations {seed}")
    first = until - timedelta(days=DAYS)
    gone = missing_months(seed, until)

    def logged(one: Draft) -> bool:
        # The log of the last day is not written yet.
        written = one.ends_at < until - timedelta(hours=20)
        return written and (one.unit, one.starts_at.date().replace(day=1)) not in gone

    made = [one for event in happened if event.own if logged(one := _of_event(rng, event, truth, until))]
    kinds, weights = list(KINDS), [one[0] for one in KINDS.values()]
    busy = [(town.population + 400) ** 0.5 for town in truth.towns]
    while len(made) < SIZES[size]:
        kind = rng.choices(kinds, weights)[0]
        town = rng.choices(truth.towns, busy)[0]
        hour = rng.uniform(20, 27) if kind == "night_patrol" else rng.uniform(5, 17)
        day = first + timedelta(days=rng.randrange(0, DAYS - 1))
        starts = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
        one = _drawn(rng, kind, rng.choice(KINDS[kind][2]), starts, town, truth, until)
        if logged(one):
            made.append(one)
    return sorted(made, key=lambda one: (one.starts_at, one.uid))


def _drawn(
    rng: random.Random, kind: str, unit: str, starts: datetime, town: Town, truth: Truth, until: datetime,
    *, event: Event | None = None,
) -> Draft:  # fmt: skip
    starts = starts.replace(second=0, microsecond=0)
    low, high = KINDS[kind][1]
    hours = rng.uniform(low, high)
    ends = starts + timedelta(minutes=round(hours * 60))
    lon, lat = (
        (event.lon, event.lat) if event else (town.lon + rng.gauss(0, 0.03), town.lat + rng.gauss(0, 0.03))
    )
    lon, lat = round(lon, 4), round(lat, 4)
    path: tuple[tuple[float, float], ...] = ()
    if kind in ALONG:
        near = min(
            rng.sample(list(truth.towns), 6), key=lambda one: (one.lon - lon) ** 2 + (one.lat - lat) ** 2
        )
        path = ((lon, lat), (round(near.lon, 4), round(near.lat, 4)))
    weapons = _weapons(rng, kind, starts, hours, lon, lat, event)
    met = _encounters(rng, kind, starts, hours, (until - starts).days < DIRECTIVE_DAYS, event)
    fired = bool(weapons) or any(
        step in {"disabling_shot", "deliberate_shot"} for one in met for step, _ in one.steps
    )
    if not weapons and fired:
        weapons = (WeaponLine("rifle", rng.randrange(1, 8), "direct", met[-1].at),)
    adm1, adm2, adm3 = truth.land.area_codes[town.key, starts.date() >= truth.land.changed_on]
    return Draft(
        unit=unit, kind=kind, starts_at=starts, ends_at=ends, zone="UTC", lon=lon, lat=lat, path=path,
        radius_km=rng.choice((1.0, 2.0, 3.0)) if kind not in {"uav_isr", "attack_helicopter"} else 8.0,
        place_text=town.name, place_precision="near_25km" if rng.random() < 0.06 and not event else "exact",
        place_id=truth.land.place_ids[town.key], kinetic=kind in KINETIC or fired,
        domains=("air",) if unit == HELICOPTERS else ("ground",), phase="whole",
        partners="Armée nationale" if kind in {"joint_patrol", "support_host_forces"} else "",
        supported_force="national-army" if kind == "support_host_forces" else "",
        planning="dynamic" if kind in {"quick_reaction", "base_defence"} else "deliberate",
        fire="indirect" if kind == "indirect_fire" else "direct" if fired else "none",
        warning_given=True if met else None, rules_card=rng.choice(("A", "A", "B")),
        recordings="Caméra de véhicule" if rng.random() < 0.1 else "", exposures=_exposure(rng, kind, hours, weapons),
        weapons=weapons, encounters=met, uid=UUID(int=rng.getrandbits(128), version=4),
        areas={"country": town.country, "adm1": adm1, "adm2": adm2, "adm3": adm3},
    )  # fmt: skip


def _of_event(rng: random.Random, event: Event, truth: Truth, until: datetime) -> Draft:
    """What our force was doing where people say that it harmed somebody."""
    kind = rng.choice(DOING.get(event.kind.code, ("vehicle_patrol",)))
    able = KINDS[kind][2]
    unit = (
        POLICE
        if event.actor == "mission-police" and POLICE in able
        else rng.choice([one for one in able if one != POLICE] or able)
    )
    starts = datetime(event.on.year, event.on.month, event.on.day, tzinfo=UTC) + timedelta(
        hours=rng.uniform(4, 16)
    )
    return _drawn(rng, kind, unit, starts, event.town, truth, until, event=event)  # type: ignore[arg-type]


def _weapons(
    rng: random.Random, kind: str, starts: datetime, hours: float, lon: float, lat: float, event: Event | None
) -> tuple[WeaponLine, ...]:
    at = starts + timedelta(minutes=round(hours * 60 * rng.uniform(0.1, 0.9)))
    here = (lon, lat)
    there = (round(lon + rng.gauss(0, 0.004), 4), round(lat + rng.gauss(0, 0.004), 4))
    if kind == "indirect_fire":
        away = (round(lon + rng.choice((-0.04, 0.04)), 4), round(lat + rng.uniform(-0.03, 0.03), 4))
        return (WeaponLine("mortar", rng.randrange(2, 14), "indirect", at, away, here),)
    if kind == "attack_helicopter" and (event or rng.random() < 0.4):
        return (WeaponLine("helicopter_gun", rng.randrange(20, 180), "direct", at, None, here),)
    if kind == "crowd_control" and (event or rng.random() < 0.3):
        return (WeaponLine("less_lethal", rng.randrange(2, 30), "direct", at, here, there),)
    if kind in {"quick_reaction", "base_defence", "cordon_search"} and (event or rng.random() < 0.25):
        return (
            WeaponLine(
                "machine_gun" if rng.random() < 0.3 else "rifle",
                rng.randrange(5, 120),
                "direct",
                at,
                here,
                there,
            ),
        )
    return ()


def _encounters(
    rng: random.Random, kind: str, starts: datetime, hours: float, directive: bool, event: Event | None
) -> tuple[EncounterDraft, ...]:
    if event and event.kind.code == "escalation_of_force":
        outcome = "killed" if event.killed else "injured" if event.injured else "damaged"
        return (_encounter(rng, starts, hours, "deliberate_shot", outcome),)
    if rng.random() >= MEETS_PEOPLE.get(kind, 0):
        return ()
    met = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        top = rng.choices(LADDER, (16, 34, 26, 13, 9, 2, 0.5))[0]
        if directive and LADDER.index(top) >= 4 and rng.random() < 0.67:
            top = "show_weapon"
        outcome = rng.choices(("complied", "fled", "stopped", "unknown"), (80, 12, 3, 5))[0]
        if top == "disabling_shot":
            outcome = rng.choice(("damaged", "stopped", "damaged", "injured"))
        if top == "deliberate_shot":
            outcome = rng.choice(("injured", "attack", "killed"))
        met.append(_encounter(rng, starts, hours, top, outcome))
    return tuple(met)


def _encounter(rng: random.Random, starts: datetime, hours: float, top: str, outcome: str) -> EncounterDraft:
    at = starts + timedelta(minutes=round(hours * 60 * rng.uniform(0.05, 0.95)))
    hour = at.hour + at.minute / 60
    light = "night" if hour < 5.5 or hour > 19 else "twilight" if hour < 6.5 or hour > 18 else "day"
    steps = [one for one in LADDER[: LADDER.index(top)] if rng.random() < 0.8] + [top]
    if top == "deliberate_shot":
        steps = [one for one in steps if one != "disabling_shot" or rng.random() < 0.4]
    metres = sorted((rng.randrange(15, 220) for _ in steps), reverse=True)
    return EncounterDraft(tuple(zip(steps, metres, strict=True)), outcome, light, at)


def _exposure(
    rng: random.Random, kind: str, hours: float, weapons: Sequence[WeaponLine]
) -> dict[str, Decimal]:
    def hundredths(value: float) -> Decimal:
        return Decimal(round(value * 100)) / 100

    found: dict[str, Decimal] = {}
    if "patrol" in kind:
        found["patrol_days"] = hundredths(max(hours / 24, 0.25) if hours > 24 else 0.5 if hours < 5 else 1)
    elif kind == "escort_convoy":
        found["convoy_days"] = Decimal(1)
    elif "checkpoint" in kind:
        found["checkpoint_hours"] = hundredths(hours)
    elif kind in {"air_transport", "uav_isr", "attack_helicopter"}:
        found["flight_hours"] = hundredths(hours)
    elif kind == "ied_search_clearance":
        found["kilometres"] = hundredths(rng.uniform(4, 40))
    elif kind in {"base_defence", "engineering_project"}:
        found["days"] = Decimal(1)
    if rounds := sum(line.rounds or 0 for line in weapons):
        found["rounds"] = Decimal(rounds)
    return found


# Into the node


def journal(
    *, seed: int, size: str, happened: Sequence[Event], land: Land, by: Person, until: datetime
) -> Iterator[tuple[datetime, Callable[[datetime], object]]]:
    """(moment, step): each month's logs come in five days after its end, one event for the month, one for each missing log."""
    made = drawn(seed, size, happened, Truth(land.towns, land), until)
    by_month: dict[date, list[Draft]] = {}
    for one in made:
        by_month.setdefault(one.starts_at.date().replace(day=1), []).append(one)
    gone = missing_months(seed, until)
    for month in months_of(until):
        ends = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        last = min(ends, (until - timedelta(days=1)).date())
        if last < month:
            continue
        here = by_month.get(month, [])
        longest = max((one.ends_at for one in here), default=until - timedelta(days=9999))
        day = datetime(ends.year, ends.month, ends.day, 9, tzinfo=UTC) + timedelta(days=5)
        arrives = min(max(day, longest + timedelta(hours=1)), until - timedelta(hours=1))
        units = tuple(unit for unit in (*BATTALIONS, HELICOPTERS, POLICE) if (unit, month) not in gone)
        yield arrives, partial(_load, here, month, last, units, by)
        for (unit, missed), reason in gone.items():
            if missed == month and reason:
                yield arrives + timedelta(minutes=20), partial(_missing, unit, month, last, reason, by)


def _load(
    drafts: Sequence[Draft], first: date, last: date, units: tuple[str, ...], by: Person, at: datetime
) -> None:
    received = actions.Received(first, last, "Bureau des opérations", units)
    actions.load(by=by, at=at, drafts=drafts, received=received)


def _missing(unit: str, first: date, last: date, reason: str, by: Person, at: datetime) -> None:
    actions.log_missing(by=by, at=at, unit=unit, first=first, last=last, reason=reason)
