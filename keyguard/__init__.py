"""KeyGuard finds leaked OpenAI-style keys in git repositories and guides their revocation and rotation."""

__version__ = "0.1.0"
