"""The tests read the sentences of refusals in English, the language of the source; pages choose their own by cookie."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield
