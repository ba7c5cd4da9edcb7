"""Triggers that keep the ledger and the bands as they were written, on both databases.

They stop every program that writes through SQL, this one included; not somebody who may change the schema. Against that
stand the chain of hashes and the event log, which `constat verify` compares.

An entry may only ever be the next one of its fund line: that also stops INSERT OR REPLACE, which removes a row without
asking the trigger on DELETE. Tests that must empty the tables lift the guards; the program never does.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "the ledger is only added to: post a reversing entry"
KEPT = ("amends_entry", "amends_bandversion", "amends_exchangerate")
NEXT = (
    "BEFORE INSERT ON amends_entry {row} WHEN (NEW.number <> {count} + 1)",
    "(SELECT COALESCE(MAX(number), 0) FROM amends_entry WHERE fund_id = NEW.fund_id)",
)


def set_guards(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            fail = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for table in KEPT:
                cursor.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} {fail}")
                cursor.execute(f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {fail}")
                there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
                cursor.execute(f"CREATE TRIGGER {table}_new BEFORE INSERT ON {table} WHEN {there} {fail}")
            cursor.execute(f"CREATE TRIGGER amends_entry_next {NEXT[0].format(row='', count=NEXT[1])} {fail}")
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION amends_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE"
            f" EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $guard$"
        )
        # A condition of a trigger may hold no query on PostgreSQL: the function asks. The fund line is locked by then.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION amends_next() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN"
            f" IF NEW.number <> {NEXT[1]} + 1 THEN RAISE EXCEPTION '{REFUSAL}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $guard$"
        )
        for table in KEPT:
            for part, event in (("kept", "UPDATE"), ("stays", "DELETE")):
                cursor.execute(
                    f"CREATE TRIGGER {table}_{part} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION amends_kept()"
                )
            cursor.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION amends_kept()"
            )
        cursor.execute(
            "CREATE TRIGGER amends_entry_next BEFORE INSERT ON amends_entry FOR EACH ROW EXECUTE FUNCTION amends_next()"
        )


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """For a migration that goes back, and for tests. Never called by the running program."""
    with connection.cursor() as cursor:
        for table in KEPT:
            for part in ("kept", "stays", "new", "whole", "next"):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{part}{on}")
