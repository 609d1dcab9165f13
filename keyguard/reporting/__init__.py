"""Turns the verdict of a scan into text: for people, and for programs."""
