"""Fetchers of the desk: each takes a viewer and a moment and returns a frozen page object."""
