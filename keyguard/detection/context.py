"""Finds what values are assigned to."""

from __future__ import annotations

import re
from functools import lru_cache

from keyguard.detection.names import holds_key
from keyguard.detection.syntaxes import BEHIND, BEHIND_SYNTAXES, SYNTAXES
from keyguard.detection.values import may_be_assigned

LOOK = 256
"""How many bytes before a value its name may begin."""
_SAID = 60
"""How many bytes before a value say that it is one."""
_REFERENCE_BEFORE = re.compile(rb"[$@%#][({]?\Z|[{<]\Z|(?:getenv|environ|env|secrets|vars|lookup|var)[.(\[]\s*\Z")
_READS = re.compile(
    rb"(?:[Gg]et(?:env)?|[Ff]etch|[Rr]ead|[Ll]oad|[Ff]ind|[Ll]ookup|[Ii]mport|[Rr]equire|[Oo]pen)(?![a-z])"
)
_ESCAPE = re.compile(rb"\\[nrt]\Z")
_A_NAME = re.compile(rb"[A-Za-z0-9]{1,40}(?:_[A-Za-z0-9]{1,40}){1,8}|[a-z][A-Za-z0-9]{1,60}")
"""What is no type: `see: NAME_KEY = "…"`, `app:nameKey: …`."""
_CLIENT = re.compile(rb"(?:Client|client|Api|API|SDK|::new|init|App)\Z")
"""What is made with a key, and takes it first: `cohere.Client("…")`."""


def name_before(data: bytes, start: int, end: int) -> str | None:
    """Return the name that the value from `start` to `end` is assigned to, or None for none or a reference."""
    if not may_be_assigned(data, start, end):
        return None
    name = _name_at_end(data[max(0, start - LOOK) : start])
    if name is not None and holds_key(name):
        return name
    return _name_behind(data[max(0, start - _SAID) : start], data[end : end + BEHIND]) or name


def _name_behind(left: bytes, right: bytes) -> str | None:
    """Return the name that stands behind a value where what is before the value says that it is one."""
    for before, behind in BEHIND_SYNTAXES:
        if before.search(left) and (found := behind.match(right)):
            return found["name"].decode("ascii")
    return None


@lru_cache(maxsize=1 << 14)
def _name_at_end(left: bytes) -> str | None:
    """Return the name that something is assigned to at the end of a stretch of text.

    The versions of a file that a history has are mostly the same lines, so that remembering pays.
    """
    if _REFERENCE_BEFORE.search(left):
        return None
    for syntax in SYNTAXES:
        needed = syntax.needed
        if (not needed or any(each in left for each in needed)) and (found := syntax.pattern.search(left)):
            break
    else:
        return None
    name = found["name"]
    typed = found["type"] if "type" in found.re.groupindex else None
    if typed and _A_NAME.fullmatch(typed) and holds_key(typed.decode()) and not holds_key(name.decode("ascii")):
        return typed.decode("ascii")  # what seems to be its name is a word before it
    if _ESCAPE.search(left[: found.start("name")] + name[:1]):
        name = name[1:]
    if "han" in found.re.groupindex:
        return f"{name.decode('ascii')}_key"  # the word for it is Chinese
    given = left[found.end("name") :].lstrip()
    if given[:1] == b"(" and b")" not in given:
        return _of_call(name)
    return name.decode("ascii")


def _of_call(name: bytes) -> str | None:
    """Return the name of what is called with the value: none of what reads something of this name."""
    last = name.rsplit(b".", 1)[-1]
    if _READS.match(last):
        return None
    return f"{name.decode('ascii')}_key" if _CLIENT.search(last) else name.decode("ascii")


class Names:
    """The names in some bytes, each looked up once, however many rules ask for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[tuple[int, int], str | None] = {}

    def before(self, start: int, end: int) -> str | None:
        """Return the name that a value is assigned to, if it is the name of something that holds a key."""
        name = self.any_before(start, end)
        return name if name is not None and holds_key(name) else None

    def any_before(self, start: int, end: int) -> str | None:
        """Return the name that a value is assigned to, whatever it is the name of."""
        if (start, end) not in self._known:
            self._known[start, end] = name_before(self._data, start, end)
        return self._known[start, end]
