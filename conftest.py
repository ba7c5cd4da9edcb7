"""Fixtures every test may ask for. The node itself is made earlier: tests/node_for_tests.py."""

from tests import ready_database

pytest_plugins = ["tests.cast", "tests.chromium"]

ready_database.install()
