"""Passwords: Argon2id at 128 MiB, three passes (OWASP ASVS 5.0 asks for 46 MiB and one pass at least)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    algorithm = "argon2"
    time_cost = 3
    memory_cost = 128 * 1024  # KiB
    parallelism = 1
