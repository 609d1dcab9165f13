"""Compiles the pattern of a rule, and works out how much text it can look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import regex

LONGEST = 1 << 14
"""How many bytes a pattern may look at: a key that is longer is a document."""

_TOKENS = r"""
    (?P<refused> \(\?(?!P<|[:>=!]|<[=!]%(flags)s) | \\[0-9gGpPXRKkLmMuUN] %(classes)s )
  | (?P<open>\((?:\?(?:P<\w+>|[:>]|(?P<look><?[=!])%(flags)s))?)
  | (?P<close>\))
  | (?P<either>\|)
  | (?P<endless>[*+] | \{\d*,\})
  | (?P<times>\? | \{(?:\d*,)?(?P<most>\d+)\}) [?+]?
  | (?P<edge>[\^$] | \\[bBAZ])
  | (?P<unit>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\] | \\x[0-9A-Fa-f]{2} | \\. | .)
"""
_PLAIN = re.compile(_TOKENS % {"flags": "", "classes": r"| \[\^?\]?(?:\\.|[^\]\\])*?\[:"}, re.VERBOSE | re.DOTALL)
"""What any engine can search: no flags, and no classes with names."""
_FULL = _TOKENS % {"flags": r"|[ims]*(?:-[ims]+)?:", "classes": ""}
_VERBOSE = re.compile(rf"(?P<blank>\s+ | \#[^\n]*) | {_FULL}", re.VERBOSE | re.DOTALL)
_ANY_CASE = "(?i)"


class PatternError(ValueError):
    """What is wrong with a pattern, in a few words, and what to do about it."""

    def __init__(self, problem: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Reach:
    """The longest text that a pattern matches, and how far its look-arounds look beyond it."""

    width: int
    beyond: int
    looks: bool

    @property
    def span(self) -> int:
        """The most bytes that decide about one match."""
        return self.width + self.beyond


@dataclass(slots=True)
class _Level:
    """One open group: the widest alternative so far, the one being read, and its last part."""

    widest: int = 0
    width: int = 0
    last: int = 0
    look: bool = False


class DeferredPattern:
    """A pattern that is compiled when it is first used: most scans use few of them."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __reduce__(self) -> tuple[type[DeferredPattern], tuple[str]]:
        """Return how another process has the same."""
        return DeferredPattern, (self.source,)

    @cached_property
    def _made(self) -> regex.Pattern[bytes]:
        return compiled(self.source)[0]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever a pattern has)
        return getattr(self._made, name)


def deferred(source: str) -> tuple[regex.Pattern[bytes], int]:
    """Return a pattern that is believed to be sound, not compiled yet, and its span."""
    return cast("regex.Pattern[bytes]", DeferredPattern(source)), reach_of(source).span


def compiled(source: str) -> tuple[regex.Pattern[bytes], int]:
    """Return the pattern, whose one group is `secret`, and its span; raises `PatternError` for an unfit one."""
    reach = reach_of(source)
    if reach.span > LONGEST:
        raise PatternError(f"may look at {reach.span} bytes, more than {LONGEST}", "lower the bounds of its repeats")
    if "(?P<" not in source:  # the line break ends a comment in the last line
        flag = _ANY_CASE if source.startswith(_ANY_CASE) else ""  # it holds for the group that it stands in
        source = f"{flag}(?P<secret>{source.removeprefix(flag)}\n)"
    pattern = _compiled(source)
    if pattern.groups != 1 or "secret" not in pattern.groupindex:
        raise PatternError(
            "has another group than secret", "write (?:…) for a group, and (?P<secret>…) once or not at all"
        )
    if pattern.search(b""):
        raise PatternError("matches where there is nothing", "let it demand the characters that every key has")
    return pattern, reach.span


def _compiled(source: str) -> regex.Pattern[bytes]:
    try:
        return regex.compile(source.encode("ascii"), regex.VERBOSE | regex.ASCII)
    except UnicodeEncodeError:
        raise PatternError("is not ASCII", "keys are bytes: write others as \\x…") from None
    except regex.error as error:
        raise PatternError(f"is no regular expression: {error}") from None


def reach_of(source: str, *, verbose: bool = True) -> Reach:
    """Return how much text a pattern can look at; raises `PatternError` where there is no bound."""
    levels, beyond, looks = [_Level()], 0, False
    start = len(_ANY_CASE) if verbose and source.startswith(_ANY_CASE) else 0
    for token in (_VERBOSE if verbose else _PLAIN).finditer(source, start):
        kind = token.lastgroup if token["look"] is None else "open"
        if kind == "open":
            levels.append(_Level(look=token["look"] is not None))
        elif kind == "close":
            closed = _closed(levels)
            looks, beyond = looks or closed.look, max(beyond, closed.widest if closed.look else 0)
        elif kind != "blank":
            _take(levels[-1], kind or "", token)
    if len(levels) != 1:
        raise PatternError("leaves a group open")
    return Reach(max(levels[0].widest, levels[0].width), beyond, looks)


def _closed(levels: list[_Level]) -> _Level:
    closed = levels.pop()
    if not levels:
        raise PatternError("closes a group that is not open")
    closed.widest = max(closed.widest, closed.width)
    levels[-1].last = 0 if closed.look else closed.widest
    levels[-1].width += levels[-1].last
    return closed


def _take(level: _Level, kind: str, token: re.Match[str]) -> None:
    """Add one part that opens and closes nothing to the alternative being read."""
    if kind == "endless":
        raise PatternError("has a repeat without a bound", "write {1,200} or such instead of + and *")
    if kind == "refused":
        raise PatternError(
            "uses a back-reference, a flag or a class that is not known here", "spell out the characters that are meant"
        )
    if kind == "either":
        level.widest, level.width, level.last = max(level.widest, level.width), 0, 0
    elif kind in ("times", "most"):
        level.width += level.last * (int(token["most"] or 1) - 1)
        level.last *= int(token["most"] or 1)
    else:
        level.last = 1 if kind == "unit" else 0
        level.width += level.last
