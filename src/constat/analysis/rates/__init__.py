"""Rates: harm per operation, with the interval it can bear; and how our record stands beside somebody else's.

estimate   exact and mid-P intervals of a rate and of a ratio of two
strata     stratified ratio, standardised rates, the warning when a total says what no part says
reconcile  our events beside an outside series: both, ours only and theirs only by reason
"""
