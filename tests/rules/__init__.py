"""What the tables of tests/spec do not say: refusals, edges, the files of words."""
