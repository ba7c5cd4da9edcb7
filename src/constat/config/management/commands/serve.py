"""`constat serve`: gunicorn on this machine. Worker processes with a few threads, and no event loop."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from constat.config.selfcheck import problems


class Command(BaseCommand):
    help = "Serve the node on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--host", default="127.0.0.1", help="only this machine by default; a LAN node names its address"
        )
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(
                "The database is older than the program. Make a copy of it, then run `constat init`."
            )
        for problem in problems():
            raise CommandError(problem)
        connection.close()
        address = f"{options['host']}:{options['port']}"
        # Browsers give passkeys to a name, never to a bare address: people are sent to localhost.
        shown = address.replace("127.0.0.1", "localhost")
        self.stdout.write(f"Constat answers on http://{shown}/   (public form: http://{shown}/signaler/)")
        self.stdout.flush()
        os.chdir(settings.HOME)
        os.execv(  # noqa: S606  (our own interpreter, no shell)
            sys.executable,
            [
                sys.executable, "-m", "gunicorn", "constat.config.wsgi:application",
                "--bind", address, "--workers", str(options["workers"]), "--worker-class", "gthread",
                # Threads, so that a slow line that holds its request open holds up nobody else.
                "--threads", "4",
                # A phone on a bad line may need a while for a spreadsheet; a worker that hangs is replaced after that.
                "--timeout", "60", "--graceful-timeout", "10",
                # No access log, and no warnings, which name the address behind a broken request: addresses of people who
                # report are written nowhere.
                "--log-level", "error", "--no-control-socket",
            ],
        )  # fmt: skip
