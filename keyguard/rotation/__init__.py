"""Replaces a leaked key at its provider: makes a new one, puts it where it is used, and sees the old one dead."""
