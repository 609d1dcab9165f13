"""What is kept between runs in the user's own cache folder, and never in a scanned repository."""

from keyguard.cache.store import folder, holds, read, write

__all__ = ["folder", "holds", "read", "write"]
