"""What is owed and really paid: offers to those harmed, and the ledger that shows every promise, payment and return.

Acts: one person proposes, another certifies, a third delivers before a witness. A case found credible waits here by itself.
Never: promises without funds, settles one harm twice, changes a posted entry, or names a beneficiary outside the vault.
"""
