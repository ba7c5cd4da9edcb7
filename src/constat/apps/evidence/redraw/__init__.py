"""Copies drawn anew from what can be seen. Standard library, Pillow and PDFium only; run in a process of its own.

Nothing of the source file reaches the copy but its pixels (or, of a text, its visible characters): no metadata, thumbnail,
text layer, attachment, earlier revision, hidden layer, palette or profile. What is under a box is gone before encoding.
"""
