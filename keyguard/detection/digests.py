"""Recognises digests and stretches of encoded data: by chance, a part of one looks like a key."""

from __future__ import annotations

import re
import string

_LONGEST = 88
"""Characters of base64 that a SHA-512 digest takes."""
_BEFORE = re.compile(
    rb"(?<![A-Za-z0-9]) (?:sha(?:1|224|256|384|512)|md5|h1) [-=:] (?P<digest>[A-Za-z0-9+/_-]{0,%d}) \Z" % _LONGEST,
    re.IGNORECASE | re.VERBOSE,
)
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{0,%d}" % (_LONGEST + 1))


def is_in_digest(data: bytes, start: int, end: int) -> bool:
    """Return whether what stands between two offsets is a part of a digest, as `sha256=…` or `sha512-…` begin one."""
    before = _BEFORE.search(data, max(0, start - _LONGEST - 8), start)
    if before is None:
        return False
    first = before.start("digest")
    run = _RUN.match(data, first)
    return run is not None and end <= run.end() <= first + _LONGEST


_AROUND = 192
"""Bytes on each side of a match at which its surroundings are looked at; less than what every search sees."""
_STRETCH = 128
"""Characters around a match that have to go on as it does: nothing that people write has as many."""
_BESIDE = 8
"""How many of them stand in its own line, so that no list of keys with a mark before each is a stretch."""
_SHORTEST_LINE, _LONGEST_LINE = 60, 88
"""Characters of a line, where encoded data is broken into lines of one length: 64 and 76, and what surrounds them."""
_LEAST = ((string.ascii_uppercase, 0.25), (string.ascii_lowercase, 0.25), (string.digits, 0.06))
"""Least shares in data that is encoded: it has 0.41, 0.41 and 0.16 of them where it encodes random bytes."""
_WITHIN = re.compile(rb"[A-Za-z0-9+/_-]*")
_BREAKS = re.compile(
    rb"(?: (?:\\{1,4}r)? \\{1,4}n | (?:&\#(?:13|x0?[Dd]);)? &\#(?:10|x0?[Aa]); | \r ) (?= [A-Za-z0-9+/_=-] | \Z )",
    re.VERBOSE,
)
"""Ends of lines as strings, XML and old systems have them, where none of a file follows."""
_ARMOUR_ENDS = re.compile(rb"={0,2}\s{1,4}(?:=[A-Za-z0-9+/]{4}\s{1,4})?-----END ")
"""What follows the last line of a signature, a certificate and their like: padding, a checksum, the mark of its end."""


def is_in_encoded(data: bytes, start: int, end: int) -> bool:
    """Return whether what stands between two offsets is in the middle of base64, in one line or broken into lines.

    In random data, `cio` and 32 letters and digits stand once in 7 MB, and `gho_` or `fw_` and what makes up their keys
    once in some 20 MB of the alphabet for URLs (measured on 80 MB).
    """
    if _WITHIN.fullmatch(data, start, end) is None:
        return False
    before = _broken(data[start - _AROUND : start] if start > _AROUND else b"\n" + data[:start])
    after = _broken(data[end : end + _AROUND] if end + _AROUND < len(data) else data[end:] + b"\n")
    beside = _beginning(before[::-1]) + _beginning(after)
    if len(beside) < _BESIDE and not _ARMOUR_ENDS.match(after, len(_beginning(after))):
        return False
    if len(beside) < _STRETCH:
        beside = _lines_of(before, data[start:end], after)
    return len(beside) >= _STRETCH and _looks_random(beside)


def _broken(text: bytes) -> bytes:
    return _BREAKS.sub(b"\n", text) if b"\\" in text or b"\r" in text or b"&#" in text else text


def _beginning(text: bytes) -> bytes:
    found = _WITHIN.match(text)
    return found[0] if found else b""


def _lines_of(before: bytes, own: bytes, after: bytes) -> bytes:
    """Return the lines around what stands between, joined, that are as long as its own, if encoded data has such.

    A signature in a commit has a blank before each line, a string in code has quotes around it. What begins and what
    ends the data stands in lines of another length.
    """
    lines = (before + own + after).split(b"\n")
    at = before.count(b"\n")
    if len(lines[at]) >= _LONGEST_LINE:  # as is one that begins or ends beyond what is seen
        return b""
    joined = _longest_run(lines[at])
    width = len(joined)
    if joined == lines[at].strip().rstrip(b"="):  # the last line of the data is shorter
        width = max(width, len(_longest_run(lines[at - 1])))
    for some in (lines[at - 1 : 0 : -1], lines[at + 1 : -1]):
        for run in map(_longest_run, some):
            if len(run) != width:
                break
            joined += run
    return joined if width >= _SHORTEST_LINE else b""


def _longest_run(line: bytes) -> bytes:
    found: list[bytes] = _WITHIN.findall(line)
    return max(found, key=len)


def _looks_random(text: bytes) -> bool:
    return all(
        sum(text.count(character) for character in characters.encode()) >= least * len(text)
        for characters, least in _LEAST
    )
