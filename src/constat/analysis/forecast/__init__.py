"""Forecast: how much harm may come, per area and week or month, one week to three months ahead.

spread     a forecast is a distribution
scores     how good it was, once the truth is known
baselines  what it has to beat
"""
