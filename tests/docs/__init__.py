"""Tests of the prose: its links lead somewhere, and its commands exist."""
