"""Which keys are found in which surroundings, and what is taken for one: KeyGuard and its peers on the same files."""
