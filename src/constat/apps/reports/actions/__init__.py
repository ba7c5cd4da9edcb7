"""The verbs of reports and their only writers. One file per verb, one transaction, one event."""
