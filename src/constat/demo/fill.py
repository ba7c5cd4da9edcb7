"""The work of three years, done over again through the actions that people use, in the order in which it happened.

Each account is received, sorted, joined to an incident or made into one; incidents are graded, attributed, reviewed and
closed by different people on different days. The last days are left undone: a worklist to work on, suggestions to decide,
two incidents that are one.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from constat.apps.access.models import Person
from constat.apps.incidents import actions as incidents
from constat.apps.incidents.grading import suggestion_for
from constat.apps.incidents.models import Incident, Source
from constat.apps.reports.actions.hold import hold, release
from constat.apps.reports.actions.receive import receive
from constat.apps.reports.actions.take import take
from constat.apps.reports.actions.tell import tell
from constat.apps.reports.actions.triage import triage
from constat.apps.reports.draft import ConsentAnswer, Draft, HarmClaim
from constat.apps.reports.models import Report
from constat.demo.mission import RELIABILITY, SOURCE_TYPE, Account, Event
from constat.rules.vocabulary import vocabulary

# One transaction for so many steps: a commit flushed to disk for each would triple the time and prove nothing here.
STEPS_PER_TRANSACTION = 200


@dataclass
class Diary:
    """What has been done so far: (event number, keeper of a compartment or "") -> incident code -> its accounts."""

    incident_of: dict[tuple[int, str], str] = field(default_factory=dict)
    accounts_of: dict[str, list[Account]] = field(default_factory=dict)
    received: int = 0
    built: int = 0


class Mission:
    """Plays the accounts. `people`: user name -> Person; `places`: name of a town -> its register row and area codes."""

    def __init__(self, *, seed: int, people: dict[str, Person], accounts: list[Account], happened: list[Event], until: datetime,
                 where: Callable[[Account], dict[str, Any]], office_of: Callable[[Account], str]) -> None:  # fmt: skip
        self.rng = random.Random(f"work {seed}")
        self.people, self.accounts, self.until = people, accounts, until
        self.events = {event.number: event for event in happened}
        self.where, self.office_of = where, office_of
        self.diary = Diary()
        self._account_of: dict[str, Account] = {}
        self._worker_of: dict[str, Person] = {}
        self._order = itertools.count()
        self._agenda: list[tuple[datetime, int, Callable[[datetime], object]]] = []

    def also(self, at: datetime, step: Callable[[datetime], object]) -> None:
        """Something that happens beside the accounts, at its moment between them."""
        self._plan(at, step)

    def play(self) -> Iterator[int]:
        """Yields the number of steps done, for a progress line."""
        for account in self.accounts:
            self._plan(account.received_at, partial(self._receive, account))
        done = 0
        while self._agenda:
            with transaction.atomic():
                for _ in range(STEPS_PER_TRANSACTION):
                    if not self._agenda:
                        break
                    at, _, step = heapq.heappop(self._agenda)
                    step(at)
                    done += 1
            yield done

    def _plan(self, at: datetime, step: Callable[[datetime], object]) -> None:
        """Something still to come after `until` is not done: that is the open work the visitor finds."""
        if at < self.until:
            heapq.heappush(self._agenda, (at, next(self._order), step))

    def _later(self, at: datetime, *, hours: float) -> datetime:
        """A while later, in working hours."""
        then = at + timedelta(hours=self.rng.expovariate(1 / hours) + 0.2)
        if then.hour < 7 or then.hour > 18:
            then = then.replace(hour=8, minute=self.rng.randrange(0, 59)) + timedelta(days=then.hour > 18)
        return max(then, at + timedelta(minutes=3))

    # Receiving and sorting

    def _receive(self, account: Account, at: datetime) -> None:
        taker = self._taker(account)
        got = receive(by=taker, at=at, draft=draft_of(account, self.where(account), self.office_of(account)))
        self.diary.received += 1
        self._account_of[got.report] = account
        keeper = self._keeper(got.report)
        if account.in_danger == "yes" or got.state == "safety_hold":
            self._plan(
                self._later(at, hours=2), lambda then: self._protect(then, got.report, keeper, account)
            )
        else:
            self._plan(self._later(at, hours=18), lambda then: self._sort(then, got.report, keeper, account))

    def _taker(self, account: Account) -> Person | str:
        if account.channel == "web_form":
            return "public"
        return self.people[
            {"nord": "amina", "fleuve": "idris", "est": "salma"}.get(self.office_of(account), "bruno")
        ]

    def _keeper(self, report: str) -> Person:
        """Who may work on it: the compartment decides."""
        compartment = Report.objects.values_list("compartment", flat=True).get(code=report)
        return self.people[{"child": "hawa", "crsv": "ines"}.get(compartment, "bruno")]

    def _protect(self, at: datetime, report: str, keeper: Person, account: Account) -> None:
        if Report.objects.values_list("state", flat=True).get(code=report) == "received":
            hold(by=keeper, at=at, report=report, reason="La personne se dit en danger.")
        later = self._later(at, hours=3)
        if later < self.until:
            release(
                by=keeper, at=at + timedelta(minutes=40), report=report,
                protection_plan="Mise à l’abri chez des proches, rappel convenu, comité de protection prévenu.",
            )  # fmt: skip
            self._plan(later, lambda then: self._sort(then, report, keeper, account))

    def _sort(self, at: datetime, report: str, keeper: Person, account: Account) -> None:
        take(by=keeper, at=at, report=report)
        event = self.events.get(account.event)
        at += timedelta(minutes=self.rng.randrange(5, 90))
        if event is None:
            triage(by=keeper, at=at, report=report, outcome="close_not_enough_evidence",
                           reason="Aucune autre source, lieu introuvable, contact resté sans réponse.",
                           explanation="Nous n’avons pas assez d’éléments pour l’instant. Nous rouvrirons si d’autres arrivent.")  # fmt: skip
            if Report.objects.values_list("clock", flat=True).get(code=report) == "notify":
                self._plan(self._later(at, hours=30), lambda then: tell(
                    by=keeper, at=then, report=report, how="Rappel à l’heure convenue."))  # fmt: skip
            return
        outcome = "open_assessment" if event.own else "casualty_recording"
        triage(
            by=keeper, at=at, report=report, outcome=outcome, reason="Récit cohérent avec le lieu et la date."
        )
        if self.rng.random() < 0.93:
            self._plan(
                self._later(at, hours=8), lambda then: self._join(then, report, keeper, account, event)
            )

    # Incidents

    def _join(
        self,
        at: datetime,
        report: str,
        keeper: Person,
        account: Account,
        event: Event,
        *,
        waited: bool = False,
    ) -> None:
        apart = keeper.username in {"hawa", "ines"}  # works in a compartment
        worker = keeper if apart else self.people["chen"]
        known = self.diary.incident_of.get((event.number, "")) or self.diary.incident_of.get(
            (event.number, keeper.username)
        )
        if apart and not known and not waited:
            # Others will speak of it too: the account joins their incident, where only members see the link.
            self._plan(
                at + timedelta(days=20),
                lambda then: self._join(then, report, keeper, account, event, waited=True),
            )
            return
        if known and not self._live(at, known):
            return  # accepted, and waiting for somebody to reopen the incident
        if known and (apart or self.rng.random() < 0.96):
            copies = bool(account.extra.get("repeats"))
            relation = (
                "duplicate_without_value"
                if copies
                else self.rng.choice(("same_event", "duplicate_with_value"))
            )
            incidents.link(
                by=worker, at=at, incident=known, reports=[report], relation=relation,
                reason="Même lieu, même jour, mêmes faits.",
            )  # fmt: skip
            self.diary.accounts_of.setdefault(known, []).append(account)
            return
        code = incidents.build(by=worker, at=at, reports=[report])
        self.diary.built += 1
        self.diary.accounts_of[code] = [account]
        if known:  # the same event, not recognised
            self._plan(self._later(at, hours=400), lambda then: self._merge(then, known, code))
            return
        self.diary.incident_of[event.number, keeper.username if apart else ""] = code
        self._worker_of[code] = worker
        self._plan(self._later(at, hours=24 * 7), lambda then: self._write_up(then, code, worker, event))

    def _live(self, at: datetime, code: str) -> bool:
        """A late account of a closed case is something new: half the time the case is opened again for it."""
        state = self._column(code, "state")
        if state == "closed" and self.rng.random() < 0.5:
            incidents.reopen(
                by=self.people["kadi"], at=at, incident=code, trigger="Un nouveau récit est arrivé."
            )
            # Whoever built it looks again, then it goes back to the signer.
            self._plan(self._later(at, hours=24 * 4), lambda then: self._submit_again(then, code))
            return True
        return state in {"open", "in_review"}

    def _merge(self, at: datetime, kept: str, absorbed: str) -> None:
        """An event built twice is found after a while; what is recent waits to be found by the visitor."""
        if (self.until - at).days < 60 and self.rng.random() < 0.5:
            return
        if self._column(kept, "state") == "closed":
            incidents.reopen(by=self.people["kadi"], at=at, incident=kept, trigger="Le même fait a été construit deux fois.")  # fmt: skip
            self._plan(self._later(at, hours=24 * 3), lambda then: self._submit_again(then, kept))
        if {self._column(kept, "state"), self._column(absorbed, "state")} <= {"open", "in_review"}:
            incidents.merge(by=self.people["chen"], at=at, kept=kept, absorbed=absorbed,
                            reason="Même attaque : même village, même matin, mêmes familles.")  # fmt: skip

    def _submit_again(self, at: datetime, code: str) -> None:
        number = next(number for (number, _), known in self.diary.incident_of.items() if known == code)
        self._submit(at, code, self._worker_of[code], self.events[number])

    def _write_up(self, at: datetime, code: str, worker: Person, event: Event) -> None:
        """Sources, harm, narrative, grade, attribution, then review: about one incident in eight stays open."""
        told = self.diary.accounts_of.get(code, [])
        if self._column(code, "state") != "open":
            return
        for source in Source.objects.filter(incident__code=code, ended_at__isnull=True).select_related(
            "report"
        ):
            account = self._account_of[source.report.code] if source.report else told[0]
            incidents.grade_source(
                by=worker, at=at, incident=code, source=source.pk, kind=SOURCE_TYPE[account.reporter_type],
                reliability=RELIABILITY[account.reporter_type], credibility=self.rng.choice("122333"),
                access="eyewitness" if account.reporter_type in {"victim", "witness"} else "hearsay",
                independence_group=(account.extra.get("repeats") or str(account.uid))[:8],
            )  # fmt: skip
        if self.rng.random() < 0.85:
            incidents.describe(
                by=worker, at=at + timedelta(minutes=2), incident=code, reason="Résumé des récits",
                changes={"narrative": narrative(event, told), "violence_type": violence_type(event)},
            )  # fmt: skip
        lines = harm_lines(event, told, self.rng)
        if lines:
            incidents.set_harm(
                by=worker,
                at=at + timedelta(minutes=4),
                incident=code,
                lines=lines,
                reason="Rapprochement des récits.",
            )
        if event.killed and event.killed <= 4 and self.rng.random() < 0.5:
            for number in range(event.killed):
                incidents.add_person(
                    by=worker, at=at + timedelta(minutes=5), incident=code, harms=["death"], status="civilian",
                    status_basis="Trois récits concordants", sex="woman" if number < event.women else "man",
                    age_band="18_59", on=event.on,
                )  # fmt: skip
        self._attribute(at + timedelta(minutes=9), code, worker, event)
        self._grade(at + timedelta(minutes=14), code, worker)
        if self.rng.random() < 0.97:
            self._plan(self._later(at, hours=24 * 9), lambda then: self._submit(then, code, worker, event))

    def _grade(self, at: datetime, code: str, worker: Person) -> None:
        suggestion = suggestion_for(Incident.objects.get(code=code)).grade
        groups = (
            Source.objects.filter(incident__code=code, ended_at__isnull=True)
            .values("independence_group")
            .distinct()
            .count()
        )
        if suggestion == "weak" and groups > 1 and self.rng.random() < 0.6:
            # The rule knows nothing of what a person found on the spot; the override and its reason are on the page.
            incidents.grade(by=worker, at=at, incident=code, grade="fair", proof_standard="reasonable_grounds",
                            reason="Deux récits indépendants et des traces constatées sur place.")  # fmt: skip
        elif suggestion != "ungraded":
            incidents.grade(by=worker, at=at, incident=code, grade=suggestion,
                            proof_standard="reasonable_grounds" if suggestion in {"fair", "confirmed"} else "reasonable_suspicion")  # fmt: skip

    def _attribute(self, at: datetime, code: str, worker: Person, event: Event) -> None:
        if not event.actor:
            if self.rng.random() < 0.4:
                incidents.attribute(by=worker, at=at, incident=code, basis="not_attributable",
                                    explanation="Aucune source ne nomme d’auteur ; engin sans revendication.")  # fmt: skip
            return
        if event.actor.startswith("mission") and self.rng.random() < 0.35:
            incidents.attribute(
                by=worker, at=at, incident=code, actor=event.actor, basis="admitted", said_by="commandement de la force",
                explanation="La force reconnaît les faits dans son compte rendu.", proof_standard="balance_of_probabilities",
            )  # fmt: skip
            return
        if self.rng.random() < 0.08:
            other = self.rng.choice(("bandits", "militia-river", "armed-movement-north"))
            if other != event.actor:
                incidents.attribute(
                    by=worker, at=at, incident=code, actor=other, basis="alleged_by", said_by="une radio locale",
                    explanation="Une partie des récits nomme un autre groupe.", proof_standard="none_met",
                )  # fmt: skip
        if self.rng.random() < 0.75:
            incidents.attribute(
                by=worker, at=at, incident=code, actor=event.actor, basis="alleged_by", said_by="habitants",
                explanation="Nommé par les personnes présentes.", proof_standard="reasonable_suspicion",
            )  # fmt: skip

    def _submit(self, at: datetime, code: str, worker: Person, event: Event) -> None:
        if self._column(code, "state") != "open":
            return
        incidents.submit_for_review(by=worker, at=at, incident=code, reason="Sources réunies et cotées.")
        self._plan(self._later(at, hours=24 * 4), lambda then: self._decide(then, code, event))

    def _decide(self, at: datetime, code: str, event: Event) -> None:
        if self._column(code, "state") != "in_review" or self._column(code, "compartment") != "general":
            return  # the signer is in no compartment: those wait for their own decision maker
        signer = self.people["kadi"]
        if self.rng.random() < 0.1:
            incidents.return_to_open(
                by=signer,
                at=at,
                incident=code,
                reason="Préciser l’heure et la provenance de la deuxième source.",
            )
            return
        if event.own:
            reason, text = self.rng.choice((
                ("established", "Les sources et le compte rendu de la force concordent."),
                ("insufficient_evidence", "Pas assez d’éléments pour l’instant ; rouvert si d’autres arrivent."),
            ))  # fmt: skip
        else:
            reason, text = "recorded_other_actor", "Consigné : un autre acteur est en cause."
        incidents.close(by=signer, at=at, incident=code, closure_reason=reason, explanation=text)
        if self.rng.random() < 0.97:
            self._plan(self._later(at, hours=24 * 3), lambda then: self._tell(then, code))

    def _tell(self, at: datetime, code: str) -> None:
        if self._column(code, "clock") == "notify":
            how = self.rng.choice(
                (
                    "Le chef de quartier a transmis.",
                    "Appel à l’heure convenue.",
                    "Personne à prévenir : source publique.",
                )
            )
            incidents.tell(by=self.people["chen"], at=at, incident=code, reason=how)

    def _column(self, code: str, name: str) -> str:
        return str(Incident.objects.values_list(name, flat=True).get(code=code))


def draft_of(account: Account, where: dict[str, Any], office: str) -> Draft:
    harms = [
        HarmClaim(harm, minimum=low, best=best, maximum=high)
        for harm, (low, best, high) in (("death", account.killed), ("injury", account.injured))
        if (low, best, high) != (0, None, None)
    ]
    harms += [
        HarmClaim(harm, minimum=count, best=count, maximum=None, unit=unit)
        for harm, unit, count in account.other
    ]
    identity = {"name": account.name, "phone": account.phone, "safe_hours": "18-20"} if account.phone else {}
    return Draft(
        uid=account.uid, channel=account.channel, original=account.text.encode("utf-8"), original_language=account.language,
        reporter_type=account.reporter_type, reporter_language=account.language,
        starts_on=account.starts_on, ends_on=account.ends_on, date_precision=account.date_precision,
        place_text=account.place_text, place_precision=account.place_precision, lon=account.lon, lat=account.lat,
        incident_type=account.incident_type, weapon=account.weapon, involvement=account.involvement,
        claimed_actor_text=account.actor_text, harms=tuple(harms), in_danger=account.in_danger, needs_care=account.needs_care,
        child_involved=account.child, sexual_violence=account.sexual_violence, identity=identity,
        consents=tuple(ConsentAnswer(purpose, "yes") for purpose in ("hold", "analysis")) if identity else (),
        office=office, **where,
    )  # fmt: skip


def violence_type(event: Event) -> str:
    """State-based, non-state, one-sided, as UCDP tells them apart; the invented actors are what their kind says."""
    if event.kind.code in {"ground_engagement", "indirect_fire", "aerial_operation"}:
        return "state_based"
    return (
        "non_state"
        if event.kind.code == "intercommunal_attack"
        else "one_sided"
        if event.actor
        else "unknown"
    )


def narrative(event: Event, told: list[Account]) -> str:
    """The cell's own summary: no name, no quotation, what is agreed and what is not."""
    label = vocabulary("incident_type").label(event.kind.code, "fr")
    agree = "Les récits concordent sur le lieu et le jour" if len(told) > 1 else "Un seul récit à ce jour"
    figures = {one.killed[1] for one in told if one.killed[1] is not None}
    differ = " ; ils diffèrent sur le nombre de tués" if len(figures) > 1 else ""
    return f"{label} près de {event.town.name}. {agree}{differ}."


def harm_lines(event: Event, told: list[Account], rng: random.Random) -> list["incidents.HarmEntry"]:
    """What the analyst concludes from the accounts: the widest range told, the truth not known."""
    lines: list[incidents.HarmEntry] = []
    for harm, true, claims in (
        ("death", event.killed, [one.killed for one in told]),
        ("injury", event.injured, [one.injured for one in told]),
    ):
        known = [claim for claim in claims if claim != (0, None, None)]
        if not known:
            continue
        low = min(claim[0] for claim in known)
        highs = [claim[2] for claim in known]
        bests = sorted(claim[1] for claim in known if claim[1] is not None)
        best = bests[len(bests) // 2] if bests else None
        high = None if None in highs else max(max(one for one in highs if one is not None), best or 0, low)
        if high == 0 and true == 0 and rng.random() < 0.7:
            continue
        best = None if best is None else max(low, best if high is None else min(best, high))
        lines.append(
            incidents.HarmEntry(harm, minimum=low, best=best, maximum=high, basis=f"{len(known)} récits")
        )
    return lines
