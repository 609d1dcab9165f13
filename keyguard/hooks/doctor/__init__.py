"""Whether KeyGuard guards here: one check for one question, each with its mend."""
