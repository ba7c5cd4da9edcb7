"""The errors of reading a gazetteer: one tree. The file as a whole cannot be read; bad rows are listed instead.

GazetteerError
├── TooLarge        bigger than MAX_BYTES, also once unpacked
├── NotReadable     no JSON, no table, not UTF-8
└── UnknownKind     readable, but no gazetteer that is known here
"""


class GazetteerError(Exception):
    """The tree; the message says what to do."""


class TooLarge(GazetteerError):
    """Nothing was read."""


class NotReadable(GazetteerError):
    """Nothing was read."""


class UnknownKind(GazetteerError):
    """Nothing was read."""
