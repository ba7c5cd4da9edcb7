"""Fixtures every test may ask for. The node itself is made earlier: tests/node_for_tests.py."""

import os
import unittest

import pytest
from hypothesis import settings

from constat.apps.access.passwords import Argon2id
from tests import ready_database

pytest_plugins = ["tests.cast", "tests.chromium"]

ready_database.install()
# The same examples on every run, so that a change is judged by what it changed; `make prove` draws new ones.
settings.register_profile("every-change", derandomize=True)
settings.register_profile("prove", derandomize=False)
settings.load_profile("prove" if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else "every-change")


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost (half a second each) is paid where a test asks for it; here the same algorithm runs with little memory."""
    if "real_passwords" not in request.keywords:
        monkeypatch.setattr(Argon2id, "memory_cost", 64)
        monkeypatch.setattr(Argon2id, "time_cost", 1)


DATABASE = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens no database says the same on every database: it runs once, on SQLite."""
    for item in items:
        asks = DATABASE & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db")
        cls = getattr(item, "cls", None)
        if not asks and not (cls and issubclass(cls, unittest.TestCase)):
            item.add_marker(pytest.mark.onedb)
