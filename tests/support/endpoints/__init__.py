"""Servers on this machine that stand in for providers, by their published API documents, over real HTTP."""
