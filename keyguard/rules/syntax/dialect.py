"""How the dialects of regular expressions differ that are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyguard.rules.syntax import charset
from keyguard.rules.syntax.charset import Ranges


@dataclass(frozen=True, slots=True)
class Flags:
    """What is switched on at a place of a pattern: any case, `^` and `$` at lines, `.` for all, lazy repeats."""

    any_case: bool = False
    lines: bool = False
    dot_all: bool = False
    lazy: bool = False


@dataclass(frozen=True)
class Dialect:
    """A dialect: the last character that there is, what `\\s` and each edge mean, and what else it has.

    `edges` are the escapes that stand for places, and `^` and `$` outside of lines, as KeyGuard's dialect writes them.
    `flags` are the letters that may be switched on, `special` how groups begin that are more than brackets, `most` is
    the highest bound of a repeat. `go` has quoting, octal and long hexadecimal escapes, and no repeat of a repeat.
    """

    last: int
    space: Ranges
    edges: Mapping[str, str] = field(default_factory=dict)
    flags: str = "ims"
    verbose: bool = False
    special: tuple[str, ...] = ()
    most: int = 1 << 14
    go: bool = False

    @property
    def any(self) -> Ranges:
        """Every character there is."""
        return ((0, self.last),)


KEYGUARD = Dialect(
    last=0xFF,
    space=charset.SPACE,
    edges={"^": r"\A", "$": "$", "A": r"\A", "Z": r"\Z", "b": r"\b", "B": r"\B"},
    verbose=True,
    special=("(?>", "(?=", "(?!", "(?<=", "(?<!"),
)
"""What docs/rules.md describes: `regex.VERBOSE | regex.ASCII` over bytes."""

GO = Dialect(
    last=charset.LAST,
    space=charset.SPACE_OF_GO,
    edges={"^": r"\A", "$": r"\Z", "A": r"\A", "z": r"\Z", "b": r"\b", "B": r"\B(?![\x80-\xbf])"},
    flags="imsU",
    most=1000,
    go=True,
)
"""Go's package regexp, RE2: https://github.com/google/re2/wiki/Syntax."""
