"""What runs inside git's hooks, and how it gets there."""

TYPES = ("pre-commit", "commit-msg", "pre-push", "pre-receive")
"""The hooks of git that KeyGuard can be put into."""
READ = ("pre-push", "pre-receive")
"""Those of them that git tells by standard input what moves (githooks(5))."""
