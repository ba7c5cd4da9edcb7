"""Pages of the cell: one call to a query or an action, the error turned into a sentence, the page."""
