"""Handing a case to whoever must act: the bag, what is withheld and why, the receipt, the answers.

Acts: one person prepares, another approves after consent and risk; answers and silence are followed.
Never: sends anything by itself, or hands over an item without consent or legal basis.
"""
