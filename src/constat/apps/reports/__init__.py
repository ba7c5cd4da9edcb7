"""Somebody said that civilians were harmed. The report, its receipt, its first sorting.

Acts: whoever speaks up (no account, no name needed), intake and liaison staff who write down what they were told, the
triage officer who decides what happens next, the data manager who imports.
Never: demands a name, changes the words it was given, decides that something is false, or tells a stranger more than
a plain status.
"""
