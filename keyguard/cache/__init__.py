"""What is kept between runs in the user's own cache folder, and never in a scanned repository."""

from keyguard.cache.store import folder, read, write

__all__ = ["folder", "read", "write"]
