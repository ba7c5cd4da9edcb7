"""The log only grows: the database refuses everything else, and whoever gets round the database is found by walking it."""

import importlib
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from constat.apps.access import log
from constat.apps.access.models import Event, LogHead
from tests.cast import NOW


def write(count, details="x"):
    for number in range(count):
        with transaction.atomic():
            log.record(by="system", verb="test.write", object_type="thing", object_key=number, at=NOW + timedelta(minutes=number),
                       purpose="Because", details={"n": number, "text": details})  # fmt: skip


def refused(sql, *parameters):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, parameters)


REWRITES = [
    "UPDATE access_event SET actor = 'somebody else' WHERE seq = 2",
    "UPDATE access_event SET hash = previous WHERE seq = 2",
    "UPDATE access_event SET details = '{}', salt = '' WHERE seq = 2",
    "UPDATE access_event SET details = '' WHERE seq = 2",
    "UPDATE access_event SET details = '', salt = '', verb = 'x' WHERE seq = 2",
    "UPDATE access_event SET seq = 9 WHERE seq = 3",
    "DELETE FROM access_event WHERE seq = 3",
    "DELETE FROM access_event",
    "UPDATE access_loghead SET size = 1",
    "UPDATE access_loghead SET hash = 'f'",
    "DELETE FROM access_loghead",
]


@pytest.mark.parametrize("sql", REWRITES)
def test_the_database_refuses_to_rewrite(db, sql):
    write(3)

    refused(sql)

    assert list(log.faults()) == []


def test_sqlite_refuses_replacing_and_skipping(db):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    write(3)
    columns = (
        "seq, at, actor, verb, object_type, object_key, purpose, details, salt, commitment, previous, hash"
    )
    row = "'2026-01-01', 'a', 'v', 't', 'k', '', '', '', '', '', ''"

    refused(f"INSERT OR REPLACE INTO access_event ({columns}) VALUES (2, {row})")
    refused(f"INSERT INTO access_event ({columns}) VALUES (9, {row})")
    refused("INSERT OR REPLACE INTO access_loghead (id, size, hash) VALUES (1, 0, 'f')")


def test_postgresql_refuses_truncating(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    write(3)

    refused("TRUNCATE access_event")
    refused("TRUNCATE access_loghead")


def test_details_may_be_blanked_and_the_chain_still_holds(db):
    write(3, details="a name that the law says must go")

    Event.objects.filter(seq=2).update(details="", salt="")

    assert list(log.faults()) == []
    assert not Event.objects.get(seq=2).details


def test_an_event_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(log.LogError, match="same transaction"):
        log.record(by="system", verb="test.write", object_type="thing", object_key=1, at=NOW)


def test_without_its_head_the_log_takes_nothing(db, guards_lifted):
    write(2)
    with guards_lifted():
        LogHead.objects.all().delete()

        with pytest.raises(log.LogError, match="lost its head"):
            write(1)
        assert [fault.seq for fault in log.faults()] == [3]


TAMPERING = {
    "an actor changed": (2, "UPDATE access_event SET actor = 'x' WHERE seq = 2"),
    "a time moved": (2, "UPDATE access_event SET at = '2026-03-01 00:00:00+00:00' WHERE seq = 2"),
    "a purpose changed": (3, "UPDATE access_event SET purpose = 'Better' WHERE seq = 3"),
    "details changed": (4, "UPDATE access_event SET details = '{}' WHERE seq = 4"),
    "an event removed": (3, "DELETE FROM access_event WHERE seq = 3"),
    "the first removed": (1, "DELETE FROM access_event WHERE seq = 1"),
    "the tail cut": (5, "DELETE FROM access_event WHERE seq >= 5"),
    "the head changed": (7, "UPDATE access_loghead SET hash = 'f' WHERE id = 1"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whoever_gets_round_the_database_is_found(db, guards_lifted, what):
    write(6)
    place, sql = TAMPERING[what]
    with guards_lifted(), connection.cursor() as cursor:
        cursor.execute(sql)

        assert next(iter(log.faults())).seq == place


def test_every_fault_is_told_not_only_the_first(db, guards_lifted):
    write(6)
    with guards_lifted():
        Event.objects.filter(seq=2).delete()
        Event.objects.filter(seq=5).update(purpose="Better")

        assert [fault.seq for fault in log.faults()] == [2, 3, 5]


def test_the_migration_that_guards_the_log_goes_back_and_forth(db):
    migration = importlib.import_module("constat.apps.access.migrations.0002_log_append_only")
    editor = SimpleNamespace(connection=connection)

    migration.undo(apps, editor)
    write_needs_a_head = LogHead.objects.count()
    migration.start(apps, editor)

    assert write_needs_a_head == 0
    write(1)
    refused("DELETE FROM access_event")


def test_two_events_exchanged_are_found(db, guards_lifted):
    write(6)
    with guards_lifted(), connection.cursor() as cursor:
        for old, new in ((2, 100), (3, 2), (100, 3)):
            cursor.execute("UPDATE access_event SET seq = %s WHERE seq = %s", [new, old])

        assert next(iter(log.faults())).seq == 2


def rewritten(guards_lifted, size):
    """A forger with every right: cuts the log and writes a new, internally consistent one of the same length."""
    with guards_lifted():
        Event.objects.all().delete()
        LogHead.objects.update(size=0, hash=log.GENESIS)
        write(size, details="another story")


def test_a_rewritten_history_is_found_only_with_a_head_noted_outside(db, guards_lifted):
    write(4)
    noted = log.head()
    write(2)
    rewritten(guards_lifted, 6)

    assert list(log.faults()) == []
    assert [fault.seq for fault in log.faults(expected_head=noted)] == [4]


def test_a_shortened_history_is_found_with_a_head_noted_outside(db, guards_lifted):
    write(6)
    noted = log.head()
    rewritten(guards_lifted, 3)

    assert [fault.seq for fault in log.faults(expected_head=noted)] == [4]


def test_verify_prints_the_head_and_fails_naming_the_first_bad_event(db, guards_lifted, capsys):
    write(3)
    size, head = log.head()
    call_command("verify")
    assert f"Head: {size}:{head}" in capsys.readouterr().out
    call_command("verify", "--json", "--head", f"{size}:{head}")
    assert '"ok": true' in capsys.readouterr().out

    with guards_lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE access_event SET verb = 'y' WHERE seq = 2")
        with pytest.raises(CommandError, match="from event 2 on"):
            call_command("verify")
        with pytest.raises(CommandError, match="from event 2 on"):
            call_command("verify", "--json")
        assert '"first_bad": 2' in capsys.readouterr().out
    with pytest.raises(CommandError, match="SIZE:HASH"):
        call_command("verify", "--head", "nonsense")


def test_events_of_a_record_are_read_newest_first(db):
    write(3)

    assert [event.seq for event in log.events_of("thing", 1)] == [2]
    with CaptureQueriesContext(connection) as queries:
        log.events_of("thing", 1)
    assert len(queries) == 1


def own_connection(path):
    """A connection of this thread's own. pytest's SQLite lives in memory, where writers do not queue: a copy in a file does."""
    if connection.vendor == "sqlite":
        settings = {**connection.settings_dict, "NAME": str(path)}
        connections[DEFAULT_DB_ALIAS] = type(connections[DEFAULT_DB_ALIAS])(settings, DEFAULT_DB_ALIAS)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_one_chain_without_gap(tmp_path):
    """Four threads, each with its own connection. Nobody waits in vain, nothing is lost, nothing is written twice."""
    path, outcome = tmp_path / "race.sqlite3", []
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)

    def alone(work):
        def run():
            own_connection(path)
            try:
                outcome.append(work())
            except Exception as trouble:
                outcome.append(trouble)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def writer():
        for number in range(15):
            with transaction.atomic():
                log.record(by="system", verb="test.race", object_type="thing", object_key=number, at=NOW)
        return "done"

    for thread in [alone(writer) for _ in range(4)]:
        thread.join()
    assert outcome == ["done"] * 4

    outcome.clear()
    alone(
        lambda: (
            list(Event.objects.order_by("seq").values_list("seq", flat=True)),
            list(log.faults()),
            log.head()[0],
        )
    ).join()
    assert outcome == [(list(range(1, 61)), [], 60)]
