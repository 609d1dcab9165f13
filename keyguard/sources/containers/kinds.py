"""Recognises by its first bytes what has more in it than it shows: names are not asked, stored objects have none."""

from __future__ import annotations

import enum
import re

TAR_BLOCK = 512
SCRIPT = 1 << 16
"""How many bytes a script may have that an archive stands behind: that of an executable jar has some 10,000."""
_SHEBANG = re.compile(rb"#![^\n]{0,254}\n")


class Kind(enum.Enum):
    """What can be opened."""

    ZIP = "zip"
    TAR = "tar"
    DEB = "deb"
    GZIP = "gzip"
    ZLIB = "zlib"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    ZSTD = "zstd"
    BROTLI = "brotli"
    NOTEBOOK = "notebook"
    DATABASE = "SQLite database"


class Closed(enum.Enum):
    """What is known to hold more, and is not opened."""

    SEVEN_ZIP = "7z"
    RAR = "rar"
    CAB = "cab"
    XAR = "xar"
    RPM = "rpm"
    LZ4 = "lz4"
    LZIP = "lzip"
    LZOP = "lzop"
    SQUASHFS = "squashfs"
    ENCRYPTED_OFFICE = "encrypted Office document"
    GIT_PACK = "git pack"
    GIT_BUNDLE = "git bundle"


ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([number]) + b"\x2a\x4d\x18" for number in range(0x50, 0x60)))
"""A frame, and the sixteen kinds of frames to be skipped (RFC 8878), which pzstd begins with."""
ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
"""A window of 32 KB, the levels, and a checksum of both (RFC 1950); git's loose objects begin so."""
_STARTS: dict[bytes, Kind | Closed] = {
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ZIP,
    b"PK\x07\x08PK\x03\x04": Kind.ZIP,
    b"#!": Kind.ZIP,
    b"\x1f\x8b\x08": Kind.GZIP,
    **dict.fromkeys(ZLIB, Kind.ZLIB),
    b"BZh": Kind.BZIP2,
    b"\xfd7zXZ\0": Kind.XZ,
    b"\x5d\0\0": Kind.LZMA,
    **dict.fromkeys(ZSTD, Kind.ZSTD),
    b"!<arch>\ndebian-binary": Kind.DEB,
    b"SQLite format 3\0": Kind.DATABASE,
    b"7z\xbc\xaf\x27\x1c": Closed.SEVEN_ZIP,
    b"Rar!\x1a\x07": Closed.RAR,
    b"MSCF\0\0\0\0": Closed.CAB,
    b"xar!\0\x1c": Closed.XAR,
    b"\xed\xab\xee\xdb": Closed.RPM,
    b"\x04\x22\x4d\x18": Closed.LZ4,
    b"LZIP\x01": Closed.LZIP,
    b"\x89LZO\0\r\n\x1a\n": Closed.LZOP,
    b"hsqs": Closed.SQUASHFS,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Closed.ENCRYPTED_OFFICE,
    b"PACK\0\0\0": Closed.GIT_PACK,
    b"# v2 git bundle\n": Closed.GIT_BUNDLE,
    b"# v3 git bundle\n": Closed.GIT_BUNDLE,
}
_ANY_START = tuple(_STARTS)
_SHORTEST_BROTLI = 32
"""Bytes that a stream has at least to be tried: what holds a key has more, and fewer bytes could be one by chance."""
_SURELY = 1 << 18
"""Bytes that hardly anything else decompresses to: one in a million files of random bytes, if it seems to say how often
one byte is repeated."""
_LONG_ZLIB = 1 << 12
"""Bytes of a stream that nothing else is decompressed from without an error."""
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}\{")


def recognised(head: bytes) -> Kind | Closed | None:
    """Say what content is that begins with these bytes (as many as there are, up to some megabytes).

    It takes more than a magic number: whatever is recognised has a plausible header as well, so that what cannot be
    opened then is told as an archive that is damaged.
    """
    if head.startswith(_ANY_START):
        found = next(kind for start, kind in _STARTS.items() if head.startswith(start))
        return found if _PLAUSIBLE.get(found, _always)(head) else None
    if is_tar(head):
        return Kind.TAR
    if _JSON.match(head):
        return Kind.NOTEBOOK if b'"cell_type"' in head else None
    return Kind.BROTLI if _is_brotli(head) else None


def _always(head: bytes) -> bool:
    return True


def is_tar(head: bytes) -> bool:
    """Say whether a block is the header of a member of a tar: its checksum has to hold (POSIX 1003.1, pax)."""
    if len(head) < TAR_BLOCK or not _is_octal(head[148:156]):
        return False
    block = head[:TAR_BLOCK]
    return int(block[148:156].strip(b" \0"), 8) == sum(block) - sum(block[148:156]) + 8 * ord(" ")


def _is_octal(field: bytes) -> bool:
    digits = field.strip(b" \0")
    return digits.isdigit() and not digits.strip(b"01234567")


def _is_zip(head: bytes) -> bool:
    """A member's header begins here, or behind the first line of a script, as Python's zipapp and pex make them."""
    if head.startswith(b"PK\x05\x06"):
        return len(head) >= 22
    start = head.find(b"PK\x03\x04", 0, SCRIPT)
    if start < 0 or start + 30 > len(head) or (head.startswith(b"#!") and not _SHEBANG.match(head)):
        return False
    version, method = head[start + 4], int.from_bytes(head[start + 8 : start + 10], "little")
    return version < 100 and method < 100


def _is_gzip(head: bytes) -> bool:
    """Reserved flags are zero, the hint on speed and the system are ones of RFC 1952 (0xff: unknown)."""
    return len(head) >= 10 and not head[3] & 0xE0 and head[8] in (0, 2, 4) and (head[9] <= 13 or head[9] == 0xFF)


def _is_zlib(head: bytes) -> bool:
    """It can be decompressed, to its end or for long: two bytes alone could begin a text."""
    import zlib

    stream = zlib.decompressobj()
    try:
        stream.decompress(head[:_LONG_ZLIB], _SURELY)
    except zlib.error:
        return False
    return stream.eof or len(head) >= _LONG_ZLIB


def _is_bzip2(head: bytes) -> bool:
    """A level, and the start of a block or the end of the stream."""
    return head[3:4] in b"123456789" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")


def _is_xz(head: bytes) -> bool:
    """The checksum of the flags holds."""
    from zlib import crc32

    return len(head) >= 12 and crc32(head[6:8]) == int.from_bytes(head[8:12], "little")


def _is_lzma(head: bytes) -> bool:
    """A dictionary of 2^n or 2^n + 2^(n-1) bytes, and a length that is unknown or below 256 GiB, as xz decides."""
    size, length = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    usual = size & (size - 1) == 0 or (size // 3 * 3 == size and (size // 3) & (size // 3 - 1) == 0)
    return len(head) > 13 and size >= 1 << 12 and usual and (length == (1 << 64) - 1 or length < 1 << 38)


def _is_zstd(head: bytes) -> bool:
    """The reserved bit is zero."""
    return len(head) > 5 and not (head.startswith(ZSTD[0]) and head[4] & 0x08)


def _is_brotli(head: bytes) -> bool:
    """It can be decompressed, to its end or to much more than there is of it: nothing marks it (RFC 7932)."""
    if len(head) < _SHORTEST_BROTLI or not _is_binary(head[:_SHORTEST_BROTLI]):
        return False
    from keyguard.sources.containers.codecs import INPUT, brotli

    codec = brotli()
    decompressor, taken, expanded = codec.start(), 0, 0
    try:
        while not decompressor.eof and (taken < len(head) or not decompressor.needs_input):
            piece = head[taken : taken + INPUT] if decompressor.needs_input else b""
            taken += len(piece)
            expanded += len(decompressor.decompress(piece, INPUT))
            if expanded >= _SURELY and expanded > 2 * taken:
                return True
    except codec.errors:
        return False
    return decompressor.eof and taken == len(head) and expanded > 0


def _is_binary(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data"
    return False


def _is_squashfs(head: bytes) -> bool:
    """The version is 4, as since 2009; four letters alone could begin a text."""
    return head[28:32] == b"\x04\0\0\0"


def _is_encrypted_office(head: bytes) -> bool:
    """What Office encrypts is a stream of this name in a file of the old format (MS-OFFCRYPTO)."""
    return "EncryptedPackage".encode("utf-16-le") in head


_PLAUSIBLE = {
    Kind.ZIP: _is_zip,
    Kind.GZIP: _is_gzip,
    Kind.ZLIB: _is_zlib,
    Kind.BZIP2: _is_bzip2,
    Kind.XZ: _is_xz,
    Kind.LZMA: _is_lzma,
    Kind.ZSTD: _is_zstd,
    Closed.SQUASHFS: _is_squashfs,
    Closed.ENCRYPTED_OFFICE: _is_encrypted_office,
}
