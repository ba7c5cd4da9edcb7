"""Columns and constraints of operations."""
