"""What the text of an OpenAI key tells.

The body is base64url with the marker spliced into its middle, so that its halves are equal or differ by one.
"""

from __future__ import annotations

import base64
import re

from keyguard.rules.checks.evidence import Evidence

MARKER = "T3BlbkFJ"
"""The word OpenAI in base64."""
HALVES = ((20, 20), (46, 46), (57, 58), (58, 58), (59, 60), (74, 74))
"""The lengths of left and right half that issued keys have been seen with."""
_KIND = re.compile(r"sk-(?:(?:proj|svcacct|admin|None)-)?")
_BODY = re.compile(r"[A-Za-z0-9_-]{32,1024}")
_EARLY = re.compile(rf"[A-Za-z0-9]{{20}}{MARKER}[A-Za-z0-9]{{20}}")


def issued_tail(text: str) -> Evidence | None:
    """Say whether the body ends in the zero byte of issued keys; random text does once in 256.

    Nothing is said of bodies of 20 and 20 characters, which came before that byte, and of keys with a name in
    front, where it is not known at which dash the body begins.
    """
    kind = _KIND.match(text)
    body = text[kind.end() :] if kind else ""
    if not _BODY.fullmatch(body) or MARKER not in body or len(body) % 4 == 1 or _EARLY.fullmatch(body[-48:]):
        return None
    zero = body.endswith("A") and base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).endswith(b"\0")
    return Evidence(zero, "issued-key tail byte" if zero else "no issued-key tail byte")


def known_length(text: str) -> Evidence | None:
    """Hold where the halves have lengths seen in issued keys; say nothing of others, since new ones may appear."""
    left, marker, right = text.rpartition(MARKER)
    kind = _KIND.match(left)
    if not marker or not kind:
        return None
    known = any(len(right) == after and _left_half(left, kind.end(), before) for before, after in HALVES)
    return Evidence(True, "length of an issued key") if known else None


def _left_half(left: str, start: int, length: int) -> bool:
    """Say whether the body's left half can be that long: from the prefix, or from the dash after a name."""
    named = len(left) - length > start and left[-length - 1] == "-" and left[-length:].isalnum()
    return len(left) - start == length or named
