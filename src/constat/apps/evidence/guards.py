"""Triggers that keep originals, custody and consents as they were written, on both databases.

They stop every program that writes through SQL, this one included; not somebody who may change the schema. Against that
stand the digests: `constat verify` reads every sealed file whole and compares.

Allowed: on an item and an interview, the columns that decide who reads it, and the legal hold; on a consent, taking it
back, once. Tests that must empty the tables lift the guards and set them again; the program never lifts them.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "evidence is never changed, only added to"
DOORS = frozenset({"sensitivity", "compartment", "office", "assigned_to_id"})
# table -> columns that may change; None: none, the rows are only ever added to.
CHANGEABLE: dict[str, frozenset[str] | None] = {
    "evidence_item": DOORS | {"legal_hold"},
    "evidence_interview": DOORS,
    "evidence_itemconsent": frozenset({"withdrawn_at", "withdrawn_by_id"}),
    "evidence_interviewconsent": frozenset({"withdrawn_at", "withdrawn_by_id"}),
    "evidence_custodyevent": None,
    "evidence_itemlink": None,
    "evidence_interviewrisk": None,
}
WITHDRAWN = frozenset({"evidence_itemconsent", "evidence_interviewconsent"})


def _conditions(columns: dict[str, list[str]], same: str) -> dict[str, str]:
    """Name of the trigger -> when it refuses."""
    found = {}
    for table, changeable in CHANGEABLE.items():
        found[f"{table}_stays"] = f"BEFORE DELETE ON {table}"
        if changeable is None:
            found[f"{table}_kept"] = f"BEFORE UPDATE ON {table}"
            continue
        kept = " AND ".join(
            f"NEW.{name} {same} OLD.{name}" for name in columns[table] if name not in changeable
        )
        once = " OR OLD.withdrawn_at IS NOT NULL" if table in WITHDRAWN else ""
        found[f"{table}_kept"] = f"BEFORE UPDATE ON {table} WHEN NOT ({kept}){once}"
    return found


def _columns(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """As they are in the database now: a later migration that adds a column sets the guards anew."""
    with connection.cursor() as cursor:
        return {
            table: [column.name for column in connection.introspection.get_table_description(cursor, table)]
            for table in CHANGEABLE
        }


def set_guards(connection: BaseDatabaseWrapper) -> None:
    columns = _columns(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, when in _conditions(columns, "IS").items():
                cursor.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
            # INSERT OR REPLACE removes a row without asking the trigger on DELETE.
            for table in CHANGEABLE:
                exists = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - names of our own tables
                refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                cursor.execute(f"CREATE TRIGGER {table}_new BEFORE INSERT ON {table} WHEN {exists} {refuse}")
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION evidence_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN RAISE"
            f" EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $guard$"
        )
        for name, when in _conditions(columns, "IS NOT DISTINCT FROM").items():
            event, _, condition = when.partition(" WHEN ")
            clause = f" WHEN ({condition})" if condition else ""
            cursor.execute(
                f"CREATE TRIGGER {name} {event} FOR EACH ROW{clause} EXECUTE FUNCTION evidence_kept()"
            )
        for table in CHANGEABLE:
            cursor.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
                " EXECUTE FUNCTION evidence_kept()"
            )


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """For a migration that goes back, and for tests. Never called by the running program."""
    with connection.cursor() as cursor:
        for table in CHANGEABLE:
            for part in ("stays", "kept", "new", "whole"):
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{part}{on}")
