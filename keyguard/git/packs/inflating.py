"""Inflates what zlib compressed, never to more than was declared.

ISA-L (package `isal`) does it twice as fast as zlib, and checks the same checksum. Where it cannot be imported, the
standard library does it.
"""

from __future__ import annotations

import zlib
from typing import Any

_inflater: Any = zlib
try:
    from isal import isal_zlib
except ImportError:
    pass
else:
    _inflater = isal_zlib

_SMALL = 1 << 14
"""Up to so many compressed bytes are inflated in one go: no more than 1032 times as much can come out of them."""


def bound(size: int) -> int:
    """Return how many bytes at most zlib makes of `size` bytes (`compressBound`), generously."""
    return size + (size >> 8) + 64


def inflate(data: bytes, size: int) -> bytes | None:
    """Return the `size` bytes that begin the data in compressed form; None when they are not exactly that.

    What follows them is ignored.
    """
    try:
        if len(data) <= _SMALL:
            # One byte more than declared: the end of the stream is then seen without growing the buffer.
            result: bytes = _inflater.decompress(data, zlib.MAX_WBITS, size + 1)
        else:
            stream = _inflater.decompressobj()
            result = stream.decompress(data, size + 1)
            if not stream.eof:
                return None
    except (_inflater.error, zlib.error):
        return None
    return result if len(result) == size else None
