"""The daily desk: what to do today, where to find it, what it adds up to. Owns no table.

Acts: everybody who signs in, each on a page made for their post; commanders and leadership on one that carries no
identity and prints on one sheet.
Never: counts our own force and everybody in one total, draws a coarse place as a point, says a number without its
range, what it rests on and how old it is, or shows that a record exists to somebody who may not read it.
"""
