"""Keys in very long lines and in binary content."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.filling import filled, in_json

LINE = 5 << 20
"""How many bytes the one line has."""
_WORDS = ("page", "total", "value", "series", "width", "label", "colour", "mean", "count", "index", "title", "frame")


def _filler(rng: Random, size: int) -> str:
    """Return members of a minified object, about so many characters."""
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(f'"{rng.choice(_WORDS)}{rng.randrange(9999)}":{rng.randrange(999999)}')
        length += len(parts[-1]) + 1
    return ",".join(parts)


def _line(leaks: Sequence[Leak]) -> bytes:
    """One line of JSON in which the keys stand far from each other."""
    size = LINE // (len(leaks) + 1)
    parts = [_filler(leaks[0].rng, size)]
    for leak in leaks:
        parts += [filled('"@CAMEL@":"@KEY@"', leak, in_json), _filler(leak.rng, size)]
    return ("{" + ",".join(parts) + "}").encode()


def _data(rng: Random, size: int) -> bytes:
    """Bytes of a program: a few small numbers between many zeros, then anything."""
    return bytes(rng.choices((0, 0, 0, 1, 2, 0x10, 0xFF), k=size)) + rng.randbytes(size)


def _program(leak: Leak) -> bytes:
    """A string in an executable: zero bytes on both sides."""
    text = b"\0" + leak.key.text.encode() + b"\0"
    return b"\x7fELF\x02\x01\x01" + bytes(9) + _data(leak.rng, 300) + text + _data(leak.rng, 300)


def _length_prefixed(leak: Leak) -> bytes:
    """A string in a message of Protocol Buffers: its length before it, the next field's tag after it."""
    key = leak.key.text.encode()
    size = len(key)
    length = bytes([size]) if size < 128 else bytes([0x80 | size & 0x7F, size >> 7])
    return b"\x08\x96\x01\x12\x05hello\x1a" + length + key + b"\x22\x03abc\x28\x05"


def _wide_string(leak: Leak) -> bytes:
    """A string that a Windows program holds: UTF-16 without a mark, in the middle of other bytes."""
    return (
        b"MZ\x90\0"
        + _data(leak.rng, 200)
        + b"\0\0"
        + leak.key.text.encode("utf-16-le")
        + b"\0\0"
        + _data(leak.rng, 200)
    )


LARGE = (
    Surrounding("line-of-5-mb", "data.json", together=_line, carries=Carries.NAME),
    Surrounding("binary-string", "app.bin", _program),
    Surrounding("binary-utf-16", "app.exe", _wide_string),
    Surrounding("binary-length-prefixed", "state.pb", _length_prefixed),
)
