"""What must be true before the node answers anybody. A node that would lose a report on a power cut does not start."""

from collections.abc import Iterator

from django.db import connection

from constat.apps.register.textindex import incomplete

SYNCHRONOUS_FULL = 2


def problems() -> Iterator[str]:
    """Sentences, each a reason not to start."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            if cursor.fetchone()[0] != "wal":
                yield "SQLite is not in WAL mode: readers would block the writer. Is the folder on a network drive?"
            cursor.execute("PRAGMA synchronous")
            if cursor.fetchone()[0] < SYNCHRONOUS_FULL:
                yield "SQLite would answer before a report is safe on disk (synchronous is not FULL)."
            cursor.execute("PRAGMA foreign_keys")
            if not cursor.fetchone()[0]:
                yield "SQLite does not check foreign keys."
            for table in incomplete():
                yield f"New records would not be found by search: the text index {table} lost a trigger. Run `constat migrate`, or tell the maintainers."
        else:
            for setting, wanted in (
                ("fsync", "on"),
                ("full_page_writes", "on"),
                ("synchronous_commit", "on"),
            ):
                cursor.execute("SELECT current_setting(%s)", [setting])
                if (value := cursor.fetchone()[0]) != wanted:
                    yield f"PostgreSQL runs with {setting} = {value}; a report could be lost on a power cut. It must be {wanted}."
