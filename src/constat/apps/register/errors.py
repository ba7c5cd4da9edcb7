"""The errors of the register: one tree. Each message says what is wrong and what to do next.

RegisterError
├── RefusedEntry      something entered by hand cannot stand as written; `field` says where
└── NoSuchEntry       no such place, site, actor or unit
"""


class RegisterError(Exception):
    """The tree. `field` names the entry that is meant, or is empty."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class RefusedEntry(RegisterError):
    """Nothing was written."""


class NoSuchEntry(RegisterError):
    """Nothing in the register has this key."""
