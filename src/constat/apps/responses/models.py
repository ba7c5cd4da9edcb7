"""Columns and constraints of responses."""
