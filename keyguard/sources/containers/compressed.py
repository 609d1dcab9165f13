"""Opens compressed files, which hold one thing each."""

from __future__ import annotations

from keyguard.sources.containers import codecs
from keyguard.sources.containers.kinds import Kind
from keyguard.sources.containers.limits import TRUNCATED, Budget, Problem
from keyguard.sources.containers.member import Member, Members
from keyguard.sources.containers.streams import Stream


def members(kind: Kind, head: bytes, source: Stream, budget: Budget) -> Members:
    """Yield what is in a compressed file; `head` are its first bytes, which may say a name."""
    codec = codecs.codec(kind)
    if codec is None:
        yield Problem(f"this Python has nothing to open {kind.value} files with")
        return
    expanded = codecs.Expander(source, codec, budget)
    yield Member(_name(head) if kind is Kind.GZIP else b"", expanded, wraps=True)
    failure = expanded.failure
    # two bytes that are usual elsewhere begin a file of the old lzma: only one that gives anything surely is one
    if failure and (kind is not Kind.LZMA or failure is not TRUNCATED or expanded.began):
        yield failure


def _name(head: bytes) -> bytes:
    """Return the name of the file that was compressed, empty where it was not kept (RFC 1952)."""
    flags, at = head[3], 10
    if flags & 0x04:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    end = head.find(b"\0", at, at + 4096)
    return head[at:end] if flags & 0x08 and end > at else b""
