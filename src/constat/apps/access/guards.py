"""Triggers that keep the log append-only, on both databases.

They stop every program that writes through SQL, this one included. They do not stop somebody who may change the
schema: against that stand the chain of hashes and the head noted outside the node (constat.apps.access.log).

Allowed on a written event: nothing but blanking `details` and `salt` together, which is how a lawful erasure will work.
Tests that must empty the tables lift the guards and set them again (tests/cast.py); the program never lifts them.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = (
    "seq",
    "at",
    "actor",
    "verb",
    "object_type",
    "object_key",
    "purpose",
    "commitment",
    "previous",
    "hash",
)
REFUSAL = "the log is append-only"

_sqlite_same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
SQLITE = {
    # INSERT OR REPLACE removes a row without asking the trigger on DELETE: an event may only ever be the next one.
    "access_event_next": "BEFORE INSERT ON access_event WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM access_event)",
    "access_event_kept": f"BEFORE UPDATE ON access_event WHEN NOT (NEW.details = '' AND NEW.salt = '' AND {_sqlite_same})",
    "access_event_stays": "BEFORE DELETE ON access_event",
    "access_loghead_first": "BEFORE INSERT ON access_loghead WHEN NEW.size <> 0 OR EXISTS (SELECT 1 FROM access_loghead)",
    "access_loghead_grows": "BEFORE UPDATE ON access_loghead WHEN NEW.size <> OLD.size + 1",
    "access_loghead_stays": "BEFORE DELETE ON access_loghead",
}

_postgresql_same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in KEPT)
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION access_append_only() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $guard$
"""
POSTGRESQL = {
    "access_event_kept": (
        f"BEFORE UPDATE ON access_event FOR EACH ROW WHEN (NOT (NEW.details = '' AND NEW.salt = '' AND {_postgresql_same}))"
    ),
    "access_event_stays": "BEFORE DELETE ON access_event FOR EACH ROW",
    "access_event_whole": "BEFORE TRUNCATE ON access_event FOR EACH STATEMENT",
    "access_loghead_grows": "BEFORE UPDATE ON access_loghead FOR EACH ROW WHEN (NEW.size <> OLD.size + 1)",
    "access_loghead_stays": "BEFORE DELETE ON access_loghead FOR EACH ROW",
    "access_loghead_whole": "BEFORE TRUNCATE ON access_loghead FOR EACH STATEMENT",
}


def set_guards(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, when in SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
            return
        cursor.execute(POSTGRESQL_FUNCTION)
        for name, when in POSTGRESQL.items():
            cursor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION access_append_only()")


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """For a migration that goes back, and for tests. Never called by the running program."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name, when in POSTGRESQL.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {when.split(' ON ')[1].split()[0]}")
