"""Mutation testing of the core of detection: `python -m mutation --mutants N` (CONTRIBUTING.md says more)."""
