"""Totals: how many in all, when every report is a range, some are of the same incident and some places are not sure.

ranges    reports joined into incidents; [sum of min, sum of max]
spread    the distribution between those bounds
"""
