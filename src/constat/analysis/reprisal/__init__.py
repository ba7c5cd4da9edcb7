"""Reprisal: does violence follow harm, and does harm follow talking to us?

`hawkes`: how many further events one event brings (self- and cross-exciting point process). `study`: the weeks before and
after harm, area by area, against what area and week give anyway. `engagement`: harm in the weeks after an engagement against
the background of the same area. None of them shows that one caused the other; each says what chance and habit explain.
"""
