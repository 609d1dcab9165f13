"""What is kept between runs in the user's own cache folder, and never in a scanned repository."""

from keyguard.cache.identity import identity
from keyguard.cache.store import Shelf, folder, holds, own, read, switch_off, write

__all__ = ["Shelf", "folder", "holds", "identity", "own", "read", "switch_off", "write"]
