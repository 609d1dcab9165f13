"""Reads a regular expression into a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from keyguard.rules.patterns import PatternError
from keyguard.rules.syntax.charset import Ranges, folded, negated, within
from keyguard.rules.syntax.dialect import Dialect, Flags
from keyguard.rules.syntax.scanner import Scanner
from keyguard.rules.syntax.tree import EMPTY, Bytes, Chars, Choice, Edge, Group, Node, Repeat, Series, Special

DEEPEST = 64
"""How many groups may stand in each other."""
MOST_PARTS = 20_000
"""How many parts a pattern may have."""
_NAME = re.compile(r"\(\?P?<(\w+)>")
_SWITCH = re.compile(r"\(\?([A-Za-z]*)(?:-([A-Za-z]+))?([:)])")
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_NEWLINE = ((0x0A, 0x0A),)
_LETTERS = {"i": "any_case", "m": "lines", "s": "dot_all", "U": "lazy"}


def read(source: str, dialect: Dialect) -> Node:
    """Return the tree of a pattern; raises `PatternError` for what the dialect has not, or this reader refuses."""
    return _Reader(Scanner(source, dialect), dialect).whole()


@dataclass(slots=True)
class _Reader:
    scanner: Scanner
    dialect: Dialect
    depth: int = 0
    groups: int = 0
    names: set[str] = field(default_factory=set)
    size: int = 0

    def whole(self) -> Node:
        node = self._choice(Flags())
        if self.scanner.peek():
            raise PatternError("closes a group that is not open", "write \\) for a bracket")
        return node

    def _choice(self, flags: Flags) -> Node:
        """Read alternatives up to a closing bracket or the end; flags set in one hold in those after it."""
        options: list[Node] = []
        while True:
            node, flags = self._series(flags)
            options.append(node)
            if not self.scanner.take("|"):
                return options[0] if len(options) == 1 else Choice(tuple(options))

    def _series(self, flags: Flags) -> tuple[Node, Flags]:
        items: list[Node] = []
        while True:
            self.scanner.skip_blanks()
            if self.scanner.peek() in ("", "|", ")"):
                return (items[0] if len(items) == 1 else Series(tuple(items))), flags
            if (switched := self._switch(flags)) is not None:
                flags = switched
                continue
            self.size += 1
            if self.size > MOST_PARTS:
                raise PatternError(f"has more than {MOST_PARTS} parts", "make several rules of it")
            literal = self._quoted(flags)
            items += literal[:-1]
            node = literal[-1] if literal else self._atom(flags)
            node = self._repeated(node, flags)
            items += node.items if isinstance(node, Series) else (node,)

    def _switch(self, flags: Flags) -> Flags | None:
        """Read `(?i)`, which switches flags for the rest of the group, and return the new ones."""
        found = _SWITCH.match(self.scanner.source, self.scanner.at)
        if found is None or found[3] != ")":
            return None
        if self.dialect.verbose and self.scanner.at:
            raise PatternError("switches a flag in its middle", "write (?i:…) around what is meant")
        self.scanner.at = found.end()
        return self._flags(flags, found)

    def _flags(self, flags: Flags, found: re.Match[str]) -> Flags:
        on, off = found[1] or "", found[2] or ""
        if not set(on + off) <= set(self.dialect.flags):
            raise PatternError(f"has the flags {on}{off}, which are not known", f"known: {self.dialect.flags}")
        values = {_LETTERS[letter]: letter in on for letter in on + off}
        return replace(flags, **values)

    def _quoted(self, flags: Flags) -> list[Node]:
        r"""Return the characters of Go's `\Q…\E`, and none where there is no such thing."""
        scanner = self.scanner
        if not self.dialect.go or not scanner.take("\\Q"):
            return []
        end = scanner.source.find("\\E", scanner.at)
        text = scanner.source[scanner.at : end if end >= 0 else None]
        scanner.at = end + 2 if end >= 0 else len(scanner.source)
        return [self._character(ord(each), flags) for each in text] or [EMPTY]

    def _atom(self, flags: Flags) -> Node:
        scanner = self.scanner
        character = scanner.peek()
        if character == "(":
            return self._bracket(flags)
        scanner.at += 1
        if character == "[":
            return self._out_of(scanner.set(any_case=flags.any_case))
        if character == ".":
            return self._out_of(self.dialect.any if flags.dot_all else negated(_NEWLINE, self.dialect.last))
        if character in ("^", "$"):
            return Edge(f"(?m:{character})" if flags.lines else self.dialect.edges[character])
        if character in ("*", "+", "?"):
            raise PatternError(f"repeats nothing with {character}", f"write \\{character} for the character itself")
        if character == "\\":
            return self._escaped(flags)
        if character == "{" and (self.dialect.verbose or _is_count(scanner.source, scanner.at - 1)):
            raise PatternError("has a { that is no repeat", "write \\{ for the character itself")
        return self._character(ord(character), flags)

    def _character(self, code: int, flags: Flags) -> Node:
        if code > self.dialect.last or 0xD800 <= code <= 0xDFFF:
            raise PatternError("is not ASCII", "keys are bytes: write others as \\x…")
        ranges = ((code, code),)
        return self._out_of(folded(ranges) if flags.any_case else ranges)

    def _out_of(self, ranges: Ranges) -> Node:
        if not ranges:
            raise PatternError("has a set without characters")
        return Bytes(within(ranges, 0, 0xFF)) if self.dialect.last == 0xFF else Chars(ranges)

    def _escaped(self, flags: Flags) -> Node:
        scanner = self.scanner
        letter = scanner.peek()
        if letter in self.dialect.edges and letter.isalpha():
            scanner.at += 1
            return Edge(self.dialect.edges[letter])
        if letter.isdigit() and not (self.dialect.go and scanner.peek(2)[1:].isdigit()) and letter != "0":
            raise PatternError("has a back-reference", "no engine finds these in bounded time: spell it out")
        ranges = scanner.escape()
        return self._out_of(folded(ranges) if flags.any_case else ranges)

    def _bracket(self, flags: Flags) -> Node:
        """Read a group with its brackets."""
        scanner = self.scanner
        opening = next((each for each in self.dialect.special if scanner.take(each)), None)
        if opening is not None:
            return Special(self._inside(flags), opening)
        if found := scanner.match(_NAME):
            if found[1] in self.names and self.dialect.go:
                raise PatternError("gives two groups the same name")
            self.names.add(found[1])
            return self._group(flags)
        if found := scanner.match(_SWITCH):
            return self._inside(self._flags(flags, found))
        if scanner.peek(2) == "(?":
            raise PatternError(f"has a group that begins with {scanner.peek(4)}", "docs/rules.md says what is known")
        scanner.at += 1
        return self._group(flags)

    def _group(self, flags: Flags) -> Group:
        self.groups += 1
        number = self.groups
        return Group(self._inside(flags), number)

    def _inside(self, flags: Flags) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternError(f"has more than {DEEPEST} groups in each other", "make several rules of it")
        node = self._choice(flags)
        if not self.scanner.take(")"):
            raise PatternError("leaves a group open", "close it with )")
        self.depth -= 1
        return node

    def _repeated(self, node: Node, flags: Flags) -> Node:
        """Read what says how often a part comes."""
        times = 0
        while True:
            self.scanner.skip_blanks()
            bounds = self._bounds()
            if bounds is None:
                return node
            times += 1
            if times > 1 and self.dialect.go:
                raise PatternError("repeats a repeat", "put the inner one into (?:…)")
            low, high = bounds
            mark = "?" if self.scanner.take("?") else "+" if self.dialect.verbose and self.scanner.take("+") else ""
            if flags.lazy:
                mark = "" if mark else "?"
            node = Repeat(node, low, high, mark)

    def _bounds(self) -> tuple[int, int | None] | None:
        scanner = self.scanner
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if scanner.take(sign):
                return bounds
        if not _is_count(scanner.source, scanner.at, verbose=self.dialect.verbose):
            return None
        found = scanner.match(_COUNT)
        if found is None:
            return None
        low = int(found[1] or 0)
        high = (int(found[3]) if found[3] else None) if found[2] else low
        if (high is not None and high < low) or max(low, high or 0) > self.dialect.most:
            raise PatternError(
                "has a repeat whose bounds do not fit", f"the lower one first, {self.dialect.most} at most"
            )
        return low, high


def _is_count(source: str, at: int, *, verbose: bool = False) -> bool:
    """Whether `{` begins a repeat; Go takes one without a lower bound for characters."""
    found = _COUNT.match(source, at)
    return found is not None and bool(found[1] or (verbose and found[3]))
