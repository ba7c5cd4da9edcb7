"""The tests read the sentences of refusals in English, the language of the source; pages choose their own by cookie.

Signing asks for a password. It is hashed fast here: what Argon2id costs is measured in access, and not asked again each time.
"""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with translation.override("en"):
        yield
