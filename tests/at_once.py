"""Acts of two people at the same moment, for tests on a database that queues writers."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

QUEUED = pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the test database in memory has no queue of writers; the file of a node has",
)


def at_once(*acts: Callable[[], object], refusals: tuple[type[Exception], ...]) -> list[str]:
    """Run them together; of each: "done", "refused" (one of `refusals`), or what nobody expected. Sorted."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            outcomes.append("done")
        except refusals:
            outcomes.append("refused")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)
