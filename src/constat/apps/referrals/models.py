"""Columns and constraints of referrals."""
