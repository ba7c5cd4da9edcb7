"""Columns and constraints of amends."""
