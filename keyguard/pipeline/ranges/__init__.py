"""Which commits `--range` means: the ones that are named, or those that a CI job runs for."""
