"""What runs inside git's hooks, and how it gets there."""

TYPES = ("pre-commit",)
"""The hooks of git that KeyGuard can be put into; none of them reads standard input, which is the chained hook's."""
