"""What a civilian harm cell may conclude, show and release.

Everything here is a plain function of its arguments: no database, no framework, no clock, no network.
The time is always passed in. Words (codes, labels, sentences) are data in `vocabularies/*.toml`.

Read in this order: vocabulary, tally, proof, attribution, workflow, permissions, roles, visibility,
separation, deadlines, periods, disclosure.
"""
