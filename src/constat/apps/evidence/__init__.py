"""What the cell holds: originals sealed at receipt, their custody, redacted copies, protected interviews with consent.

Acts: whoever receives an item deposits it; custody is recorded at each hand-over; copies are made for those who may see less.
Never: changes an original, shows what was blacked out, or names the person interviewed: identities are in the vault.
"""
