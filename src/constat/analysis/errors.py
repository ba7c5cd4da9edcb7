"""What analysis refuses. Every sentence names the file, row or column and says what to do."""


class AnalysisError(Exception):
    """The tree of analysis."""


class InputError(AnalysisError):
    """The input is not what the method needs: which file, row, column, value."""
