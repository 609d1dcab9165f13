"""What a repository's own files accept: allow comments beside a key, and the baseline of known ones."""
