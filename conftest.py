"""Fixtures every test may ask for. The node itself is made earlier: tests/node_for_tests.py."""

import unittest

import pytest

from tests import ready_database

pytest_plugins = ["tests.cast", "tests.chromium"]

ready_database.install()

DATABASE = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens no database says the same on every database: it runs once, on SQLite."""
    for item in items:
        asks = DATABASE & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
        cls = getattr(item, "cls", None)
        if not asks and not (cls and issubclass(cls, unittest.TestCase)):
            item.add_marker(pytest.mark.onedb)
