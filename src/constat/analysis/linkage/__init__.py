"""Linkage: which records speak of one person, or of one incident.

records     files with columns as people name them -> one table, refused where a value cannot be meant
spelling    names of persons across French, Arabic, Fulfulde and Tamasheq spellings
person      the model of a person: columns, comparisons, weights
blocking    which keys bring pairs worth comparing
engine      Splink compares them, in DuckDB or Spark
accounts    what sources say of incidents, a row each
incident    the model of an incident: days, kilometres within precision, counts, actors, words
parts       one incident that a source tells in parts
weights     Fellegi-Sunter weights, fitted to the file itself without labels
grouping    pairs -> clusters that respect what is known
link        records -> answer; what to ask a person first
truth       precision, recall, F1 and calibration where the answer is known
"""
