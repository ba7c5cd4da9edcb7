"""The public form keeps no address, no browser name and no time finer than the hour; the brake forgets."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from constat.apps.reports import flood
from constat.apps.reports.tests.door import WORDS, Visitor

NOW = datetime(2026, 3, 2, 9, 41, 7, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_address_of_a_hundred_reporters_is_found_nowhere():
    addresses = [f"127.{n}.{n + 1}.{n + 2}" for n in range(100)]
    with time_machine.travel(NOW, tick=False) as traveller:
        for address in addresses[:100]:
            visitor = Visitor(address=address)
            visitor.answer()
            visitor.answer(**WORDS["words"])
            visitor.answer("finish")
            traveller.shift(timedelta(seconds=20))
            visitor.send()

    found = everything_kept()
    assert not [address for address in addresses if address.encode() in found]
    assert b"09:41" not in found


def everything_kept() -> bytes:
    """Every value of every table, and every file of the node."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [repr(row).encode() for row in cursor.fetchall()]
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


def test_the_brake_stops_a_program_and_forgets_it():
    brake = flood.Brake(3, timedelta(minutes=10))

    assert [brake.allows("127.0.0.9", NOW) for _count in range(4)] == [True, True, True, False]
    assert brake.allows("127.0.0.10", NOW)
    assert brake.allows("127.0.0.9", NOW + timedelta(minutes=11))


def test_the_brake_changes_its_key_every_day_and_holds_no_address():
    brake = flood.Brake(3, timedelta(minutes=10))
    brake.allows("127.0.0.9", NOW)
    before = brake._key
    assert "127.0.0.9" not in repr(vars(brake))

    brake.allows("127.0.0.9", NOW + timedelta(days=1))

    assert brake._key != before
    assert len(brake._counts) == 1


@pytest.mark.django_db
def test_a_page_that_shows_an_answer_is_not_cached_and_one_that_shows_none_holds_it_sealed():
    visitor = Visitor()
    visitor.answer()
    assert visitor.response.headers["Cache-Control"] == "private, no-cache"

    visitor.answer(words="mot-secret")
    assert visitor.step == "place"
    assert visitor.response.headers["Cache-Control"] == "private, no-cache"
    assert "mot-secret" not in visitor.page
    assert b"mot-secret" not in base64.urlsafe_b64decode(visitor.token)

    visitor.answer("back")
    assert "mot-secret" in visitor.page
    assert visitor.response.headers["Cache-Control"] == "no-store"

    visitor.answer()
    visitor.answer("finish")
    assert visitor.step == "check"
    assert visitor.response.headers["Cache-Control"] == "no-store"
