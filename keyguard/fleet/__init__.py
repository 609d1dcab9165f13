"""Many repositories: which they are, who scans them where, and what is known of all of them together."""
