"""Who and where. Places and their many spellings, administrative areas with the dates for which they hold, protected
sites, actors and the force's own units.

Acts: the data manager loads gazetteers and boundaries; analysts add a place or a site that nobody had.
Never: moves a place silently (a new row with new dates), or says where an armed actor is now: it is no targeting aid.
"""
