"""The verbs of evidence: the only writers."""

from constat.apps.evidence.actions.deposit import deposit

__all__ = ["deposit"]
