"""A parsed Python file, and which characters of its text each node takes up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper


@dataclass(frozen=True, slots=True)
class Tree:
    """A module with its text; LibCST tells places in bytes of UTF-8, and they are wanted in characters."""

    module: cst.Module
    text: str
    spans: Mapping[cst.CSTNode, CodeSpan]
    offsets: Sequence[int]

    @classmethod
    def parse(cls, text: str) -> Tree:
        """Parse a file. Raises what `libcst.parse_module` raises."""
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        spans: Mapping[cst.CSTNode, CodeSpan] = wrapper.resolve(ByteSpanPositionProvider)
        return cls(wrapper.module, text, spans, _offsets(text))

    def place(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the first character of a node and the one behind its last; brackets around it are not part of it."""
        span = self.spans[node]
        ends = (span.start, span.start + span.length)
        start, end = (bisect_left(self.offsets, each) for each in ends) if self.offsets else ends
        return start, end

    def source(self, node: cst.CSTNode) -> str:
        """Return the characters of a node."""
        start, end = self.place(node)
        return self.text[start:end]

    def line_of(self, at: int) -> int:
        """Return the first character of the line that a character is in."""
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1


def _offsets(text: str) -> Sequence[int]:
    """Return where in its UTF-8 each character begins, and the end; empty where that is the same."""
    if text.isascii():
        return ()
    return list(accumulate((len(each.encode("utf-8", "surrogatepass")) for each in text), initial=0))
