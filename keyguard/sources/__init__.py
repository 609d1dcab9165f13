"""Where bytes come from: each source yields what it read, and what it could not read with the reason."""
