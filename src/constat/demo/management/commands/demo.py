"""`constat demo`: fill an empty node with the invented mission."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from constat import node
from constat.apps.access.models import Person
from constat.apps.incidents.models import Incident
from constat.apps.reports.models import Report
from constat.demo import answer, mission, operations, people
from constat.demo.fill import Mission
from constat.demo.land import Land, lay_out


class Command(BaseCommand):
    help = "Fill an empty node with an invented mission. Everything in it is made up, and every page will say so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same mission")
        parser.add_argument("--size", choices=sorted(mission.SIZES), default="full")
        parser.add_argument(
            "--until", type=date.fromisoformat, default=None, help="last day of the mission (today)"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, seed: int, size: str, until: date | None, **options: Any) -> None:
        self._refuse_real_data()
        now = timezone.now() if until is None else datetime(until.year, until.month, until.day, 9, tzinfo=UTC)
        since = now - timedelta(days=mission.DAYS + 40)
        with translation.override("fr"):
            with transaction.atomic():
                cast, passwords = people.settle(since=since)
                land = lay_out(seed, by=cast["dara"], at=since)
            happened = mission.events(seed, size, land.towns, now.date())
            told = mission.accounts(seed, happened, land.towns, now)
            played = self._play(seed, cast, told, happened, now, land, size)
            answered = answer.play(seed=seed, size=size, people=cast, passwords=passwords, until=now)
        node.write(
            settings.HOME,
            node.Node(node.read(settings.HOME).name or "Mission de démonstration", synthetic=True),
        )
        sheet = people.write_sheet(settings.HOME, passwords)
        result = {"seed": seed, "size": size, "events": len(happened), "reports": Report.objects.count(),
                  "incidents": Incident.objects.count(), "steps": played,
                  "inquiries": answered.inquiries, "offers": answered.offers, "referrals": answered.referrals,
                  "published": answered.published, "evidence": answered.items,
                  "told": answered.told, "closed": answered.closed, "signins": sheet.name}  # fmt: skip
        self.stdout.write(json.dumps(result) if options["json"] else
                          f"{result['reports']} reports about {result['events']} events, {result['incidents']} incidents; sign-ins in {sheet.name} in the node’s folder")  # fmt: skip

    def _refuse_real_data(self) -> None:
        if Report.objects.exists() or Person.objects.exists():
            what = "the demo mission" if node.read(settings.HOME).synthetic else "real data"
            raise CommandError(
                f"This node holds {what} already; the demo only fills an empty one. Set CONSTAT_HOME to another folder."
            )

    def _play(self, seed: int, cast: dict[str, Person], told: list[mission.Account], happened: list[mission.Event],
              now: datetime, land: Land, size: str) -> int:  # fmt: skip
        work = Mission(
            seed=seed,
            people=cast,
            accounts=told,
            happened=happened,
            until=now,
            where=land.where,
            office_of=land.office_of,
        )
        journal = operations.journal(
            seed=seed, size=size, happened=happened, land=land, by=cast["jonas"], until=now
        )
        for at, step in journal:
            work.also(at, step)
        done = 0
        for turn, done in enumerate(work.play(), 1):
            if self.stderr.isatty() or turn % 10 == 0:
                line = f"{done} steps, {work.diary.received} reports, {work.diary.built} incidents"
                self.stderr.write(
                    f"\r{line}" if self.stderr.isatty() else line, ending="" if self.stderr.isatty() else None
                )
        return done
