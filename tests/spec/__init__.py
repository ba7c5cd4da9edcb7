"""The rules as tables that anybody can read. Each table is a Markdown file; the test beside it runs every row.

`tools/reference.py` puts the same files into docs/reference/rules.md: what is documented is what is tested.
"""
