"""Decompresses a stream as it is read, within the budget; what a compression needs is imported when one is met."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from keyguard.sources.containers.kinds import ZLIB, ZSTD, Kind
from keyguard.sources.containers.limits import DICTIONARY, TOO_WIDE, TRUNCATED, Budget, Problem
from keyguard.sources.containers.streams import Stream, cut_off

INPUT = 1 << 16
"""Bytes that are handed to a decompressor at once."""
STEP = 1 << 20
"""Bytes that it may give back at once."""
_MAGIC = 6
"""Bytes that tell whether another stream follows, which most formats allow."""


class Decompressor(Protocol):
    """What the standard library's decompressors have in common (zlib's is wrapped to have it)."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was met."""

    @property
    def needs_input(self) -> bool:
        """Whether more can only come out of more input."""

    @property
    def unused_data(self) -> bytes:
        """What stood behind the end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return what comes out next, at most `max_length` bytes."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A compression: how one stream of it is begun, what it raises, and how another one behind the first begins.

    `explain` says what an error means; `marks_end` is False where a stream may just stop.
    """

    start: Callable[[], Decompressor]
    errors: tuple[type[Exception], ...]
    magic: tuple[bytes, ...] = ()
    explain: Callable[[Exception], Problem] = lambda _: TRUNCATED
    marks_end: bool = True


class Expander:
    """The stream that a compressed one expands to; `began` once there was anything."""

    def __init__(self, source: Stream, codec: Codec, budget: Budget) -> None:
        self.failure: Problem | None = None
        self.began = False
        self._source = source
        self._codec = codec
        self._budget = budget
        self._left = b""
        self._decompressor: Decompressor | None = codec.start()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        pieces: list[bytes] = []
        while size > 0 and self._decompressor is not None and self.failure is None:
            piece = self._next(self._decompressor, min(size, STEP))
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def _next(self, decompressor: Decompressor, most: int) -> bytes:
        data, self._left = self._left, b""
        if not data and decompressor.needs_input:
            data = self._source.read(INPUT)
            if not data:
                self._decompressor = None
                self.failure = cut_off(self._source) if self._codec.marks_end else None
                return b""
        try:
            piece = decompressor.decompress(data, most)
        except self._codec.errors as error:
            self.failure = self._codec.explain(error)
            return b""
        self._budget.expand(len(piece))
        self.began = self.began or bool(piece)
        if decompressor.eof:
            self._go_on(decompressor.unused_data)
        self.failure = self.failure or self._budget.spent
        return piece

    def _go_on(self, rest: bytes) -> None:
        """Begin the next stream, if one follows; what else follows is no part of the content, as for `gzip -d`."""
        self._decompressor = None
        if not self._codec.magic:
            return
        rest = rest.lstrip(b"\0")
        while len(rest) < _MAGIC and (more := self._source.read(INPUT)):
            rest = (rest + more).lstrip(b"\0")
        if rest.startswith(self._codec.magic):
            self._budget.enter()
            self._left = rest
            self._decompressor = self._codec.start()


class Inflater:
    """`zlib`'s decompressor with the interface of the others."""

    def __init__(self, window: int) -> None:
        from zlib import decompressobj

        self._inner = decompressobj(window)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was met."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What stood behind the end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return what comes out next (see `Decompressor`)."""
        piece = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = len(piece) < max_length and not self._inner.unconsumed_tail
        return piece


def codec(kind: Kind) -> Codec | None:
    """Return how a kind of compressed file is decompressed; None where Python lacks it."""
    return _CODECS[kind]()


def deflate() -> Codec:
    """Return what is in zip archives mostly."""
    return _zlib(-15)


def gzip() -> Codec:
    """Return gzip's, checksum included."""
    return _zlib(31, (b"\x1f\x8b",))


def zlib_stream() -> Codec:
    """Return that of zlib's own streams, checksum included."""
    return _zlib(15, ZLIB)


def _zlib(window: int, magic: tuple[bytes, ...] = ()) -> Codec:
    import zlib

    return Codec(lambda: Inflater(window), (zlib.error,), magic)


def bzip2() -> Codec | None:
    """Return bzip2's."""
    try:
        import bz2
    except ImportError:
        return None
    return Codec(bz2.BZ2Decompressor, (OSError, ValueError), (b"BZh",))


def xz() -> Codec | None:
    """Return that of xz and of the older lzma files."""
    try:
        import lzma
    except ImportError:
        return None
    errors = (lzma.LZMAError, MemoryError)
    return Codec(lambda: lzma.LZMADecompressor(memlimit=DICTIONARY), errors, (b"\xfd7zXZ",), _too_wide)


def _too_wide(error: Exception) -> Problem:
    """liblzma has a code for the limit, which Python keeps in these words only."""
    return TOO_WIDE if "limit" in str(error) or isinstance(error, MemoryError) else TRUNCATED


def raw_lzma(properties: bytes) -> Codec | Problem | None:
    """Return that of a member of a zip archive, by the five bytes of properties in front of it.

    They are (pb * 5 + lp) * 9 + lc in one byte, and the size of the dictionary (LZMA SDK, lzma-specification.txt).
    """
    try:
        import lzma
    except ImportError:
        return None
    if len(properties) < 5 or properties[0] >= 9 * 5 * 5:
        return TRUNCATED
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    size = int.from_bytes(properties[1:5], "little")
    if lc + lp > 4 or size > DICTIONARY:  # the library takes no more of these bits than of LZMA2's
        return TRUNCATED if size <= DICTIONARY else TOO_WIDE
    known = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": max(size, 4096)}
    errors = (lzma.LZMAError, ValueError, MemoryError)
    return Codec(lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[known]), errors, marks_end=False)


def zstd() -> Codec | None:
    """Return zstd's."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        return None
    widest: dict[int, int] = {zstd.DecompressionParameter.window_log_max: DICTIONARY.bit_length() - 1}
    return Codec(lambda: zstd.ZstdDecompressor(options=widest), (zstd.ZstdError,), ZSTD, _too_wide_zstd)


def _too_wide_zstd(error: Exception) -> Problem:
    """The library has a code for the limit, which Python keeps in these words only."""
    return TOO_WIDE if "memory" in str(error) else TRUNCATED


class Unbrotli:
    """Brotli's decompressor with the interface of the others; it fails on what follows the end."""

    unused_data = b""

    def __init__(self) -> None:
        from brotli import Decompressor

        self._inner = Decompressor()
        self._ready = b""  # the library may give more than it is asked for, or less with more to come
        self._is_hungry = True

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was met."""
        return not self._ready and bool(self._inner.is_finished())

    @property
    def needs_input(self) -> bool:
        """Whether more can only come out of more input."""
        return not self._ready and self._is_hungry

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return what comes out next (see `Decompressor`)."""
        if not self._ready:
            self._ready = self._inner.process(data, output_buffer_limit=INPUT)
            self._is_hungry = not self._ready and bool(self._inner.can_accept_more_data())
        piece, self._ready = self._ready[:max_length], self._ready[max_length:]
        return piece


def brotli() -> Codec:
    """Return brotli's; its window is 16 MB at most."""
    from brotli import error

    return Codec(Unbrotli, (error,))


_CODECS: dict[Kind, Callable[[], Codec | None]] = {
    Kind.GZIP: gzip,
    Kind.ZLIB: zlib_stream,
    Kind.BZIP2: bzip2,
    Kind.XZ: xz,
    Kind.LZMA: xz,
    Kind.ZSTD: zstd,
    Kind.BROTLI: brotli,
}
