"""`constat init`: keys were made by constat.node; this makes or updates the database and gathers the static files."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError

from constat import node


class Command(BaseCommand):
    help = (
        "Make this folder a node (CONSTAT_HOME): keys, database. Safe to call again: it keeps what is there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="", help="the mission's name, shown on every page")

    def handle(self, *args: Any, **options: Any) -> None:
        from django.core.management.base import CommandError

        if options["name"]:
            node.write(settings.HOME, node.Node(options["name"], node.read(settings.HOME).synthetic))
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            raise CommandError(f"The database cannot be opened: {error}") from error
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Node ready in {settings.HOME}")
