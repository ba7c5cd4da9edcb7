"""Counted publications. Each reads the store as of a moment and gives figures with a document; nothing is written.

They count the whole node, because a public figure may not depend on who presses the button; whoever asks must be allowed to
draft, and nothing of a record leaves but what the rules of disclosure let through.
"""

from constat.apps.publication.compose._door import NODE
from constat.apps.publication.compose.note import Texts, check_words, note
from constat.apps.publication.compose.queue_statement import Denominator, queue_statement

__all__ = ["NODE", "Denominator", "Texts", "check_words", "note", "queue_statement"]
