"""One scan from its sources to its verdict."""
