"""Looks inside archives, compressed files and notebooks, in memory and within limits."""
