"""What the cell holds to have happened: one incident, built from reports, with ranges, graded sources and a basis for
every attribution.

Acts: the analyst builds, grades and corrects. Links are suggested by the program and decided by a person.
Never: merges by itself, loses a report's own words, shows a coarse place as a point, or names a person: identities are
in the vault.

Compartments: an incident stands in one. Built from a report of a closed compartment, it is closed with it, and rises to the
level of every report it shares a compartment with. A closed report may be linked to a general incident by a member: then the
link is seen by members only, is in no count, in no timeline and in no suggestion for others, and gives the incident neither
figure nor source. Incidents of two compartments are not merged.
"""
