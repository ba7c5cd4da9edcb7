"""A unit's activity log as a table: its columns, its rows, its way into operations."""
