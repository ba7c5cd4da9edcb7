"""What is said to the Council and to the public: statements, notes, corrections; two people release.

Acts: facts are cleared one by one; a draft is composed from cleared facts and counted figures; another person releases.
Never: denies without a decision, points at a person, or changes a published number in silence.
"""
