"""The public door: no account, no name, no cookie, no script, nothing stored until the person sends.

state.py    what was answered so far, signed, travelling in a hidden field
steps.py    the questions, in order; which one follows
forms.py    one small form per question
compose.py  from answers to a Draft, and to the check page
views.py    start, question, sent, status
raw.py      the exact bytes of a field
"""
