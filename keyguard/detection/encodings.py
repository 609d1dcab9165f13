"""Recognises text that is not stored as bytes of ASCII's kind: UTF-16 and UTF-32, with and without a mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
UTF8_BOM = b"\xef\xbb\xbf"
SAMPLE = 4096
"""Bytes from the beginning that show whether text is wide."""
_SHORTEST = 8
"""Bytes that it takes to guess an encoding from."""
_ZEROS = re.compile(rb"\0+")


def encoding_of(data: bytes, told: str | None) -> str | None:
    """Return the codec of wide text: what the source says, else by its mark, else by where its zero bytes stand."""
    if told is not None:
        return told if is_wide(told) else None
    marked = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    return marked or _guessed(data[:SAMPLE])


def is_wide(encoding: str) -> bool:
    """Return whether a codec's characters take two bytes or more."""
    return encoding.startswith(("utf-16", "utf-32"))


def decoded(data: bytes, encoding: str) -> bytes:
    """Return the text as UTF-8, with its mark; what is malformed becomes U+FFFD, and hides nothing else."""
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _guessed(sample: bytes) -> str | None:
    """Say what wide text without a mark this is; it has to consist mostly of ASCII for that."""
    if b"\0" not in sample or len(sample) < _SHORTEST:
        return None
    whole = len(sample) // 4 * 4
    zeros = [sample[at:whole:4].count(0) / (whole // 4) for at in range(4)]
    mostly = [share > 0.7 for share in zeros]
    rarely = [share < 0.05 for share in zeros]
    if rarely[0] and all(mostly[1:]):
        return "utf-32-le"
    if rarely[3] and all(mostly[:3]):
        return "utf-32-be"
    if rarely[0] and rarely[2] and mostly[1] and mostly[3]:
        return "utf-16-le"
    if rarely[1] and rarely[3] and mostly[0] and mostly[2]:
        return "utf-16-be"
    return None


def narrowed(data: bytes, low: int, high: int, shortest: int) -> Iterator[tuple[int, bytes]]:
    """Yield the runs of characters with zero bytes between them, beginning at `low` or a multiple of 2 after it.

    Each comes with the offset of its first character; those with fewer than `shortest` characters are left out.
    """
    characters, between = data[low:high:2], data[low + 1 : high : 2]
    for found in _ZEROS.finditer(between):
        first, last = found.start(), min(found.end() + 1, len(characters))
        if last - first >= shortest:
            yield low + 2 * first, characters[first:last]
