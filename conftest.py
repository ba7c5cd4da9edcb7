"""Fixtures every test may ask for. The node itself is made earlier: tests/node_for_tests.py."""

pytest_plugins = ["tests.cast", "tests.chromium"]
