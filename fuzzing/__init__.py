"""Fuzzing of everything that reads hostile bytes: `python -m fuzzing TARGET` (docs/architecture.md says more)."""
