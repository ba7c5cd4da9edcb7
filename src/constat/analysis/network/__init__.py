"""Actors and routes as graphs with an end to every tie: who is linked to whom as of a day, who stands between whom, and what
moves when a checkpoint moves.

It describes groups, organisations and stretches of road, to foresee where harm may shift and who could mediate. It is no aid
to targeting: a table that names persons is refused, and no answer names, ranks or locates one.
"""
