"""Columns and constraints of publication."""
