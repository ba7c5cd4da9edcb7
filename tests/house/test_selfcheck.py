"""The node refuses to serve when a report could be lost or not be found."""

import pytest
from django.db import connection

from constat.config.selfcheck import problems

pytestmark = pytest.mark.django_db


def test_a_migrated_node_of_this_version_has_no_problem_but_the_journal_of_a_test_database() -> None:
    # Tests on SQLite run in memory, where there is no write-ahead log; everything else is as in a node.
    found = [problem for problem in problems() if "WAL" not in problem and "fsync" not in problem]

    assert found == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="FTS5 triggers exist on SQLite only")
def test_a_text_index_without_its_trigger_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'reports_report'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')

    assert any("text index" in problem for problem in problems())
