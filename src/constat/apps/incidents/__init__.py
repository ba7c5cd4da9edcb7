"""What the cell holds to have happened: one incident, built from reports, with ranges, graded sources and a basis for
every attribution.

Acts: the analyst builds, grades and corrects. Links are suggested by the program and decided by a person.
Never: merges by itself, loses a report's own words, shows a coarse place as a point, or names a person: identities are
in the vault.
"""
