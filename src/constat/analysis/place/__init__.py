"""Place: which entry of a gazetteer is meant by a name, however it is spelled.

gazetteer   a file of places -> names, alternate names, parents
find        the entries most like a name, each with its likeness; within a parent area where one is known
"""
