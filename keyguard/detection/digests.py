"""Recognises the digests that lists of files and lock files hold: a part of one may look like a key."""

from __future__ import annotations

import re

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
