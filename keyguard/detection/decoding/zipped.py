"""Unpacks what was compressed before it was encoded, as the secrets of Helm's releases are."""

from __future__ import annotations

import zlib

from keyguard.detection.decoding.view import View

GZIP = "gzip"
_MAGIC = b"\x1f\x8b\x08"
LARGEST = 8 << 20
"""Bytes that are unpacked of one stretch."""
_RATIO = 200
"""How many times as much as it takes is unpacked; text seldom has a tenth of that, and so time grows with the input."""
_FORMAT = 16 + zlib.MAX_WBITS


def unpacked(data: bytes) -> View | None:
    """Return what gzip data says, as much of it as is sound and within the limits.

    Where in the data something stands is not known exactly: it is taken to be spread evenly.
    """
    unpacking = zlib.decompressobj(_FORMAT)
    most = min(LARGEST, _RATIO * len(data))
    text = b""
    lost = ""
    try:
        text = unpacking.decompress(data, most)
    except zlib.error:
        return None
    if not text:
        return None
    if len(text) >= most and not unpacking.eof:
        lost = f"unpacking it stopped after {len(text)} bytes"
    return View(text, GZIP, [(0, 0)], len(data), len(data) / len(text), lost=lost)
