"""`constat person`: an account made by whoever holds the machine; how the first one of a node comes to be."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from constat.apps.access import actions as access
from constat.apps.access.actions.gate import SYSTEM
from constat.apps.access.errors import Refused
from constat.rules.vocabulary import vocabulary


class Command(BaseCommand):
    help = "Make an account and print the code with which the person sets a password of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="as colleagues know the person")
        parser.add_argument("--role", default="system_administrator", choices=sorted(vocabulary("role")))
        parser.add_argument("--section", default="mission_support", choices=sorted(vocabulary("section")))
        parser.add_argument("--language", default="fr", choices=["fr", "en", "ar"])

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            with transaction.atomic():
                person = access.create_person(
                    username=options["username"],
                    display_name=options["name"],
                    language=options["language"],
                    by=SYSTEM,
                    at=at,
                )
                access.appoint(
                    person=person, role=options["role"], section=options["section"], by=SYSTEM, at=at
                )
                code = access.start_password(person=person, by=SYSTEM, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{person.display_name}: {code}   (works once; choose “first sign-in” on the sign-in page)"
        )
