"""Clusters: where harm gathers, since when, and whether one event brings the next nearby.

scan      cylinders of places and days that hold more cases than chance (permutation, Poisson, Bernoulli models)
coarse    the same where some places are not points; what the command calls
knox      pairs near in space and time; near repeat bands
"""
