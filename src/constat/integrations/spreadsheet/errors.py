"""What can be wrong with a file as a whole. One tree; every message is a sentence that says what to do next.

SpreadsheetError
├── NotASpreadsheet     it is something else (a picture, a PDF, a text document ...)
├── OldWorkbook         .xls, or a workbook locked with a password
├── MacroWorkbook       .xlsm: carries programs
├── UnsafeArchive       an .xlsx that unpacks to far more than it should, or is damaged
├── TooBig              more bytes, rows or columns than the limits
├── UnknownEncoding     text in none of the writings we can tell apart
├── EmptyFile           no header, or no row under it
└── MappingError        a column that is not there, a target that does not exist, a needed target missing
"""

from collections.abc import Mapping


class SpreadsheetError(Exception):
    """`reason` is stable and for machines; `message` is for whoever imports, in their language; `facts` are the figures."""

    def __init__(self, reason: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.facts: Mapping[str, object] = facts


class NotASpreadsheet(SpreadsheetError):
    pass


class OldWorkbook(SpreadsheetError):
    pass


class MacroWorkbook(SpreadsheetError):
    pass


class UnsafeArchive(SpreadsheetError):
    pass


class TooBig(SpreadsheetError):
    pass


class UnknownEncoding(SpreadsheetError):
    pass


class EmptyFile(SpreadsheetError):
    pass


class MappingError(SpreadsheetError):
    pass
