"""Reads the structure of JSON with the places of its strings, so that they can be taken out of the bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from keyguard.sources.containers.limits import BRACKETS, STRINGS, TOO_MANY_BRACKETS, TOO_MANY_STRINGS, Problem

_DECODER = json.JSONDecoder(strict=False)
_TOKEN = re.compile(rb'[^"\[\]{}]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")([ \t\r\n]*+:)?|([\[\]{}]))', re.DOTALL)


class Malformed(ValueError):
    """This is no JSON."""


class Excessive(ValueError):
    """This is nested deeper, or has more in it, than is followed; `problem` says which."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.why)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Value:
    """A string, a list or an object at `start` to `end` of the bytes; numbers and the like are passed over.

    `fields` are an object's (with all values of a name that occurs twice), `items` a list's.
    """

    start: int
    end: int
    kind: str = '"'
    fields: tuple[tuple[str, Value], ...] = ()
    items: tuple[Value, ...] = ()

    def named(self, name: str) -> Iterator[Value]:
        """Yield the values of a field."""
        return (value for key, value in self.fields if key == name)


@dataclass(slots=True)
class _Open:
    start: int
    kind: str
    fields: list[tuple[str, Value]] = field(default_factory=list)
    items: list[Value] = field(default_factory=list)
    key: str | None = None

    def take(self, value: Value) -> None:
        if self.kind == "[":
            self.items.append(value)
        elif self.key is not None:
            self.fields.append((self.key, value))
            self.key = None


def parse(data: bytes) -> Value:
    """Return the structure of JSON in UTF-8; raises `Malformed` and `Excessive`."""
    top = _Open(0, "[")
    opened = [top]
    at = count = 0
    while len(opened) > 1 or not top.items:
        token = _TOKEN.match(data, at)
        count += 1
        if token is None:
            raise Malformed
        if count > STRINGS:
            raise Excessive(TOO_MANY_STRINGS)
        at = token.end()
        string, colon, bracket = token.span(1), token[2], token[3]
        if bracket is None:
            _string(data, opened[-1], string, is_key=colon is not None)
        elif bracket in b"[{":
            if len(opened) > BRACKETS:
                raise Excessive(TOO_MANY_BRACKETS)
            opened.append(_Open(token.start(3), bracket.decode("ascii")))
        else:
            _close(opened, bracket, at)
    if data[at:].strip():
        raise Malformed
    return top.items[0]


def _string(data: bytes, holder: _Open, span: tuple[int, int], *, is_key: bool) -> None:
    if is_key if holder.kind == "[" else not is_key and holder.key is None:
        raise Malformed
    if is_key:
        holder.key = text(data, *span)  # in place of one before it whose value was passed over
    else:
        holder.take(Value(*span))


def _close(opened: list[_Open], bracket: bytes, end: int) -> None:
    done = opened.pop()
    if not opened or {"[": b"]", "{": b"}"}[done.kind] != bracket:
        raise Malformed
    opened[-1].take(Value(done.start, end, done.kind, tuple(done.fields), tuple(done.items)))


def text(data: bytes, start: int, end: int) -> str:
    """Return what a string says; raises `Malformed`."""
    try:
        said: str = _DECODER.decode(data[start:end].decode("utf-8", "surrogateescape"))
    except ValueError:
        raise Malformed from None
    return said
