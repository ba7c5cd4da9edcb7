"""Gazetteers and boundaries from outside: a GeoNames dump, GeoJSON of COD-AB or geoBoundaries, a table of p-codes.

`reading` turns a file into drafts and says of every row why it cannot be one; `geometry` judges shapes; `importing` hands
the drafts to the register's actions and keeps the file. The command is `constat import_places`, the page /register/imports/.
"""
