"""KeyGuard's own rules as tests need them, each made once for all tests of a process."""

from __future__ import annotations

from functools import cache

from keyguard.rules import built, compiled, loader
from keyguard.rules.catalogue import Catalogue


@cache
def checked() -> Catalogue:
    """Read them by their folder, so that every promise of the files is checked and not believed."""
    return loader.load(built.OWN)


@cache
def believed() -> Catalogue:
    """Read the files as a working copy does."""
    return loader.believed(built.OWN)


@cache
def written() -> bytes:
    """Write them as a wheel carries them."""
    return compiled.written(believed(), built.OWN)
