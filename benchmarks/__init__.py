"""Measures KeyGuard and its peers with files that are made at run time; see README.md."""
