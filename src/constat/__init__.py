"""Constat: the working system of a civilian harm cell."""
