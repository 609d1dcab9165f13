"""Tells where strings end that say how long they are: programs keep them without anything behind, or between, them.

In a pickle, in compiled Python, in a property list or in a message of protobuf a key is followed by the mark of
whatever comes next, which may be a letter, and preceded by its length, which may be one, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST = 3
LONGEST = 250
"""Bytes of a string whose end is looked for (\xfa below): a region goes that far before what it is about."""
_Counted = tuple[int, int, int, str]
"""Where a length is said, from where to where the string stands, and how it is said."""
_FARTHEST = 12
"""Bytes between two strings that are a name and its value."""
_TEXT = bytes({*range(32, 256), *b"\t\n\r\f\b\x1b"})
_CONTINUES = bytes(range(0x80, 0xC0))
_FOUR = re.compile(rb"\0\0\0(?=[!-~])")
"""The end of a length of four bytes, the lowest first: pickle, marshal, Parquet."""
_LENGTH = re.compile(
    rb"""[\n\x10\x12\x1a"zZ\x8c\xd9\xda\xfa] (?=
      (?: (?<=_\x10) (?P<one>[\x03-\xfa])              # property list
        | (?<=[\n\x12\x1a"]) (?P<low>[\x80-\xfa]) \x01  # protobuf, from 128 on
        | (?<=[zZ\xda\xfa]) (?P<led>[\x03-\xfa])       # marshal
        | (?<=[\x8c\xd9]) (?P<followed>[\x03-\xfa])    # pickle, MessagePack
      ) [!-~])""",
    re.VERBOSE,
)
"""A mark of strings with their lengths; it begins with what is found fast. The last two could be a letter, or end a
character, before what is no length: they count only behind what marshal has before a string, and before what is no
text."""
_PRINTABLE = re.compile(rb"[ -~]+")
_LEADS = re.compile(rb"[^ -~][NTF.]{0,8}\Z")
"""The end of something binary, and constants of Python that are one letter long."""
_MARSHALLED = re.compile(rb"\Z|[^ -~]|[NTFSiIfgxylstrcuzZaA(){}\[<>.?]")
"""What marshal may have behind a string."""
_NO_TEXT = re.compile(rb"\Z|[^\t\n\r -~]")


def apart(data: bytes) -> bytes:
    """Return the bytes with what is no text behind such strings, and `=` before them in place of their lengths.

    All else is what it is, and everything where it is; text is returned as it is.
    """
    if _is_text(data):
        return data
    strings = _strings(data)
    if not strings:
        return data
    told = bytearray(data)
    last = -1
    for mark, start, end in strings:
        first = last if 0 < start - last <= _FARTHEST and last > 0 else mark
        told[first:start] = b" " * (start - first - 1) + b"="
        if end < len(told):
            told[end] = 0
        last = end
    return bytes(told)


def _is_text(data: bytes) -> bool:
    if data.translate(None, _TEXT):
        return False
    try:
        data.lstrip(_CONTINUES).decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _strings(data: bytes) -> list[tuple[int, int, int]]:
    """Return where strings stand that are as long as is said before them, in order, and none within another.

    Of each where its length is said, where it begins and where it ends.
    """
    found: list[tuple[int, int, int]] = []
    last = -1
    for mark, start, end, kind in sorted((*_marked(data), *_four(data))):
        if mark < last or end > len(data) or not _PRINTABLE.fullmatch(data, start, end):
            continue
        if kind == "led" and not (
            (mark == last or _LEADS.search(data[max(0, mark - 9) : mark])) and _MARSHALLED.match(data, end)
        ):
            continue
        if kind == "followed" and not _NO_TEXT.match(data, end):
            continue
        found.append((mark, start, end))
        last = end
    return found


def _four(data: bytes) -> Iterator[_Counted]:
    for each in _FOUR.finditer(data):
        start = each.end()
        length = data[start - 4] if start > 3 else 0
        if SHORTEST <= length <= LONGEST:
            yield start - 4, start, start + length, "four"


def _marked(data: bytes) -> Iterator[_Counted]:
    for each in _LENGTH.finditer(data):
        mark, kind = each.start(), each.lastgroup or ""
        length = data[mark + 1]
        if kind == "low":
            yield mark, mark + 3, mark + 3 + length, kind
        else:
            yield mark, mark + 2, mark + 2 + length, kind
