"""What is done for those harmed: offers, amends really paid, notices, complaints and appeals, follow-up.

Acts: three people propose, certify and pay; whoever tells the family records the proof of contact.
Never: promises without funds, settles one harm twice, names a beneficiary outside the vault, or closes in silence.
"""
