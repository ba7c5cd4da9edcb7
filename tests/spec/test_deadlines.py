"""The clocks, row by row of deadlines.md."""

from datetime import UTC, datetime

import pytest

from constat.rules.deadlines import Pause, clock, due, reading
from tests.spec.table import rows, titles, words

pytestmark = pytest.mark.onedb

READINGS = rows("deadlines.md", "Readings")


def moment(text: str) -> datetime:
    return datetime.strptime(f"2026-03-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def pause(text: str) -> Pause:
    span, reason = text.rsplit(" ", 1)
    start, end = span.split("..")
    return Pause(moment(start), moment(end) if end else None, reason)


@pytest.mark.parametrize("row", READINGS, ids=titles(READINGS))
def test_reading(row):
    pauses = [pause(text) for text in words(row["pauses"], ";")]
    now = moment(row["now"])
    found = reading(moment(row["started"]), clock(row["clock"]), pauses, now)
    assert (found.due, found.state.value) == (moment(row["due"]), row["state"])
    assert due(moment(row["started"]), clock(row["clock"]), pauses, now) == found.due
