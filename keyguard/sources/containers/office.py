"""The text of Office documents (OOXML and OpenDocument), where formatting can split a word over many XML elements."""

from __future__ import annotations

import re
from collections.abc import Collection

from keyguard.model import NESTED
from keyguard.sources.containers.limits import Problem
from keyguard.sources.containers.streams import Stream

BEHIND = NESTED.encode("ascii") + b"text"
"""What the name of a part is continued by for the text in it: the archive has no such member."""
_PIECE = 1 << 18
_LONGEST = 1 << 20
"""Bytes without the end of a tag that are waited for; there is no XML like that."""
_LAYOUT = re.compile(rb"(?:\A|(?<=>))[ \t\r]*\n\s*(?=<)")
"""What a program put between elements so that people can read them."""
_LINE_END = re.compile(
    rb"</(?:[\w.-]{1,32}:)?(?:p|h|row|tr|table-row)\s*>|<(?:[\w.-]{1,32}:)?(?:br|cr|line-break)\b[^<>]*>"
)
_TAB = re.compile(rb"</(?:[\w.-]{1,32}:)?(?:si|c|table-cell)\s*>|<(?:[\w.-]{1,32}:)?tab\b[^<>]*>")
"""Cells follow each other as in a table of text: what a key is called mostly stands beside it."""
_SPACE = re.compile(rb"<text:s\b[^<>]*>")
_TAG = re.compile(rb"<[^>]*>")
_ENTITIES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))


def is_document(names: Collection[bytes]) -> bool:
    """Say by the names of its members whether an archive is an Office document (ECMA-376-2, OpenDocument 1.3-2)."""
    return b"[Content_Types].xml" in names or (b"mimetype" in names and b"content.xml" in names)


class Text:
    """What a part of a document says: a paragraph or a row is a line, and no tag stands in it."""

    def __init__(self, source: Stream) -> None:
        self._source = source
        self._xml = b""
        self._text = b""
        self._done = False

    @property
    def failure(self) -> Problem | None:
        """Why there is less than there should be."""
        return self._source.failure

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes (see `Stream`)."""
        parts = [self._text]
        held = len(self._text)
        while held < size and not self._done:
            parts.append(self._next())
            held += len(parts[-1])
        text = b"".join(parts)
        self._text = text[size:]
        return text[:size]

    def _next(self) -> bytes:
        piece = self._source.read(_PIECE)
        self._done = not piece
        self._xml += piece
        cut = self._xml.rfind(b">") + 1
        if not piece or (not cut and len(self._xml) > _LONGEST):
            cut = len(self._xml)
        whole, self._xml = self._xml[:cut], self._xml[cut:]
        return _said(whole)


def _said(xml: bytes) -> bytes:
    text = _LAYOUT.sub(b"", xml)
    text = _TAG.sub(b"", _SPACE.sub(b" ", _TAB.sub(b"\t", _LINE_END.sub(b"\n", text))))
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
