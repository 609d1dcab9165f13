"""Writes the pages of docs/ that are made from the program: the commands, and the providers (`python -m manual`)."""
