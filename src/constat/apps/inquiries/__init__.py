"""Was it us, says who, by what standard: initial review, assessment, decision, investigation, finding.

Acts: an analyst reviews and assesses; an approver outside the unit's chain decides and signs; an investigator finds.
Never: decides by itself, overwrites what was reported, or says "false" where there is not enough evidence now.
"""
