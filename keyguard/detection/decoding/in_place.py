"""Puts what an encoded literal says in its place: the name or the host that a key is known by may stand in clear."""

from __future__ import annotations

import re

from keyguard.detection.decoding.view import Piece, View, rewritten

LONGEST = 512
"""Bytes of a value; longer text speaks for itself."""
AROUND = 2048
"""How many bytes around a value are shown with it."""
_PRINTABLE = re.compile(rb"[ -~]+")
_PADDING = re.compile(rb"(?:=|%3[dD]){1,2}")
_GLUED = re.compile(rb"[A-Za-z0-9_+/-]")
_CALL = re.compile(rb"(?:[A-Za-z_$][A-Za-z0-9_.$:]{0,60}\([ \t\r\n]{0,40}){1,3}(?=[bBrRuU@]{0,2}[\"'`]\Z)")
_SIGN = b"0x"
"""What hexadecimal digits may begin with."""
_BASIC = re.compile(rb"[Bb]asic ")
"""What credentials follow that are a user's name, which may be any, and a key."""
_FARTHEST = 240


def in_place(data: bytes, view: View) -> View | None:
    """Return the bytes around a short text that was decoded, with it in place of what it was decoded from.

    A call around it is left out, so that `name = decode("…")` reads as the assignment that it is. None for what is
    no text of one line, or goes on behind its padding.
    """
    text = view.text.rstrip(b"\r\n")
    if len(text) > LONGEST or not _PRINTABLE.fullmatch(text):
        return None
    start, end = view.steps[0][1], view.end
    padding = _PADDING.match(data, end)
    after = padding.end() if padding else end
    sign = len(_SIGN) if data[max(0, start - len(_SIGN)) : start].lower() == _SIGN else 0
    before = start - sign
    if _GLUED.match(data, after) or _GLUED.match(data[max(0, before - 1) : before]):
        return None
    call = _CALL.search(data, max(0, before - _FARTHEST), before)
    first = text.find(b":") + 1 if _BASIC.fullmatch(data, max(0, start - len("Basic ")), start) else 0
    pieces: list[Piece] = [(*call.span(), b"")] if call else []
    pieces += [(before, start, b"")] if sign else []
    pieces += [
        (view.start_of(at), view.end_of(at + 1), text[at : at + 1] if at >= first else b"") for at in range(len(text))
    ]
    pieces.append((view.end_of(len(text)), after, b""))
    low = max(0, start - AROUND)
    shown = rewritten(data, low, min(len(data), end + AROUND), pieces, view.via)
    begin = before - low - (call.end() - call.start() if call else 0)
    return shown._replace(about=(begin, begin + len(text) - first)) if shown else None
