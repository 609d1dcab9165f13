"""Reads objects that lie in files of their own (gitrepository-layout(5), `objects/[0-9a-f][0-9a-f]`)."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from keyguard.git.packs.files import File
from keyguard.git.packs.inflating import bound

_HEADER = re.compile(rb"(commit|tree|blob|tag) (0|[1-9][0-9]{0,9})\0")
_LONGEST_HEADER = 32


def read(folder: str, name: bytes, limit: int) -> tuple[str, bytes] | None:
    """Return the type and the content of an object; None when it is damaged, larger than `limit`, or not there."""
    digits = name.hex()
    try:
        with File(Path(folder, digits[:2], digits[2:])) as file:
            if file.size > bound(limit):
                return None
            data = file.at(0, file.size)
        stream = zlib.decompressobj()
        first = stream.decompress(data, _LONGEST_HEADER)
        header = _HEADER.match(first)
        if header is None or (size := int(header[2])) > limit:
            return None
        content = first[header.end() :]
        if len(content) <= size:
            content += stream.decompress(stream.unconsumed_tail, size - len(content) + 1)
    except (OSError, zlib.error):
        return None
    if len(content) != size or not stream.eof or stream.unused_data:
        return None
    return header[1].decode("ascii"), content
