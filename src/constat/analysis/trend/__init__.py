"""Trend: is this week out of the ordinary, when did something change, did a directive do it?

charts       EARS, Farrington, CUSUM
breaks       change points with intervals
interrupted  the effect of a directive, with a placebo test
"""
