"""The one hardened way in which KeyGuard runs git, and what it reads through it."""
