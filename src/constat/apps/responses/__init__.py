"""What those harmed are told, and how they answer: acknowledgement, notices, complaints, appeals, follow-up, closing.

Acts: whoever tells the family records the proof of contact; an independent reviewer answers appeals.
Never: closes in silence, leaves words on a telephone that others hear, or asks a survivor to meet the force.
"""
