"""Walks through the text of a pattern, and reads what stands for characters: escapes and sets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax import charset
from keyguard.rules.syntax.charset import NAMED, Ranges, folded, negated, united
from keyguard.rules.syntax.dialect import Dialect

_CONTROLS = {"a": 0x07, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09, "v": 0x0B}
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_NAMED = re.compile(r"\[:(\^?)(\w+):\]")
_BLANK = re.compile(r"(?:\s+|#[^\n]*)+")


@dataclass(slots=True)
class Scanner:
    """A place in the text of a pattern."""

    source: str
    dialect: Dialect
    at: int = 0

    def peek(self, size: int = 1) -> str:
        """Return the next characters."""
        return self.source[self.at : self.at + size]

    def take(self, text: str) -> bool:
        """Return whether this comes next, and go past it if it does."""
        if not self.source.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what a pattern matches here, and go past it."""
        found = pattern.match(self.source, self.at)
        if found:
            self.at = found.end()
        return found

    def skip_blanks(self) -> None:
        """Go past what a verbose pattern has for the reader's eye."""
        if self.dialect.verbose:
            self.match(_BLANK)

    def next(self) -> str:
        """Return the next character and go past it."""
        character = self.peek()
        if not character:
            raise PatternError("ends too early", "end it with a whole escape or set")
        self.at += 1
        return character

    def escape(self) -> Ranges:
        r"""Return the characters that the escape behind a `\` stands for, which is a class or a single one."""
        character = self.peek()
        if character in ("d", "D", "s", "S", "w", "W") and character:
            self.at += 1
            ranges = {"d": charset.DIGIT, "s": self.dialect.space, "w": charset.WORD}[character.lower()]
            return negated(ranges, self.dialect.last) if character.isupper() else ranges
        return self._one(self._code())

    def _code(self) -> int:
        if found := self.match(_HEX):
            code = int(found[1] or found[2], 16)
            if code > self.dialect.last or (found[2] and not self.dialect.go):
                raise PatternError("names a character that there is not", "keys are bytes: write \\x and two digits")
            return code
        if self.dialect.go and (found := self.match(_OCTAL)):
            return int(found[0], 8)
        character = self.next()
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in ("p", "P"):
            raise PatternError("has a class of Unicode (\\p)", "spell out the characters that are meant")
        if character.isascii() and character.isalnum():
            raise PatternError(f"has the escape \\{character}, which is not known", "docs/rules.md says what is")
        return ord(character)

    def _one(self, code: int) -> Ranges:
        if 0xD800 <= code <= 0xDFFF or code > self.dialect.last:
            raise PatternError("names a character that there is not")
        return ((code, code),)

    def set(self, *, any_case: bool) -> Ranges:
        """Return the characters of a set whose opening bracket was read."""
        inverted = self.take("^")
        found: list[tuple[int, int]] = []
        first = True
        while first or self.peek() != "]":
            found += self._member()
            first = False
        self.at += 1
        ranges = united(found)
        ranges = folded(ranges) if any_case else ranges
        return negated(ranges, self.dialect.last) if inverted else united(charset.within(ranges, 0, self.dialect.last))

    def _member(self) -> Ranges:
        """Return one class, character or range of a set."""
        if named := self.match(_NAMED):
            if named[2] not in NAMED:
                raise PatternError(f"has the class [:{named[2][:20]}:], which there is not", "for example [:alnum:]")
            ranges = united(NAMED[named[2]])
            return negated(ranges, self.dialect.last) if named[1] else ranges
        low = self._character()
        if self.peek() != "-" or self.peek(2) in ("-]", "-"):
            return low
        if charset.size(low) != 1:
            return low
        self.at += 1
        high = self._character()
        if charset.size(high) != 1 or high[0][0] < low[0][0]:
            raise PatternError("has a range in a set that does not go from a lower to a higher character")
        return ((low[0][0], high[0][0]),)

    def _character(self) -> Ranges:
        character = self.next()
        return self.escape() if character == "\\" else self._one(ord(character))
