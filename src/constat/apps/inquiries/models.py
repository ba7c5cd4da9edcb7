"""Columns and constraints of inquiries."""
