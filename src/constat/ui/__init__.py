"""What every page shares: base templates, components, the map, the page gate, the spreadsheet writer.

It knows words (rules.vocabulary) and who is looking (rules.visibility), never a table: it owns no model and
imports no app. Pages are whole without script; script only spares a click or draws the map.
"""
