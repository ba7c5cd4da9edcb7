"""Columns and constraints of evidence."""
