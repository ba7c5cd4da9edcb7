"""What can go wrong with evidence, in the words of the work. `str(error)` is a sentence for the person who acted.

EvidenceError
├── ItemNotFound         no such item, interview or record for this person (absent and "not yours" are one answer)
├── NotAllowed           the person's posts do not allow the act
├── Incomplete           something needed was not given: `.field` names it
├── AlreadyHeld          the same bytes are in the store: `.code` says under which code
├── TooLarge, Empty      the file cannot be taken
├── CannotCopy           no safe copy can be made of such a file
├── NothingToDo          the act would change nothing
└── StoreError           the store itself
    ├── KeyMissing       the key a file was sealed with is not in the node
    ├── FileMissing      a sealed file is gone
    └── SealBroken       a sealed file was changed: it does not open, or does not fit its SHA-256
"""


class EvidenceError(Exception):
    """The tree of this app."""

    def __init__(self, message: str, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.code = code  # the item or record it is about
        self.field = field  # the field of the form it is about


class ItemNotFound(EvidenceError):
    pass


class NotAllowed(EvidenceError):
    pass


class Incomplete(EvidenceError):
    pass


class AlreadyHeld(EvidenceError):
    pass


class TooLarge(EvidenceError):
    pass


class Empty(EvidenceError):
    pass


class CannotCopy(EvidenceError):
    pass


class NothingToDo(EvidenceError):
    pass


class StoreError(EvidenceError):
    pass


class KeyMissing(StoreError):
    pass


class FileMissing(StoreError):
    pass


class SealBroken(StoreError):
    pass
