"""Reads one TOML file that may be hostile, and says by line what is wrong with it."""

from __future__ import annotations

import codecs
import difflib
import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from keyguard.errors import ConfigError

LARGEST = 1 << 20
"""How many bytes such a file may have."""
LONGEST_LINE = 4096
MOST_DOTS = 64
"""How many dots a line may have outside strings: a dotted key costs `tomllib` time and memory by its square."""
_MARKER = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t\r]|$)")
_NAMEABLE = re.compile(r"[A-Za-z_-]{1,32}")
_DOT = r"[ \t]*\.[ \t]*"
_QUOTED = r""""(?:[^"\\]|\\.)*"|'[^']*'"""


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file that was read, or the one table of it that is ours: `name` is how messages call it.

    `table` is what it says, `below` the path of that table in the file with a dot behind it.
    """

    name: str
    text: str
    table: dict[str, Any]
    below: str = ""

    def part(self, *path: str) -> Document | None:
        """Return the document of a table in this one, or None where it is not there.

        Raises `ConfigError` where something on the way is no table.
        """
        table: Any = self.table
        for key in path:
            if not isinstance(table, dict):
                raise self.error(f"{'.'.join(path)} is not a table", key)
            if key not in table:
                return None
            table = table[key]
        if not isinstance(table, dict):
            raise self.error(f"{'.'.join(path)} is not a table", path[-1], f"write [{'.'.join(path)}]")
        return replace(self, table=table, below="".join(f"{key}." for key in path))

    def error(self, problem: str, key: str | None = None, hint: str | None = None) -> ConfigError:
        """Return the error that says what is wrong, and where: at the line that sets the key, if there is one."""
        return self.error_at(self._line_of(key) if key is not None else None, problem, hint)

    def error_at(self, line: int | None, problem: str, hint: str | None = None) -> ConfigError:
        """Return the error that says what is wrong on a line."""
        return ConfigError(f"{_at(self.name, line)}: {problem}", hint)

    def only(self, table: dict[str, Any], known: Iterable[str], where: str = "") -> None:
        """Raise `ConfigError` if a table has another key than the known ones, and name the nearest of those."""
        known = sorted(known)
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key[:64], known, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
                raise self.error(f"unknown key {shown(key)}{where}", key, hint)

    def lines_of(self, name: str) -> list[int]:
        """Return the lines on which the tables of a list begin: all of them, or none where that cannot be told."""
        heads = re.compile(rf"""[ \t]*\[\[[ \t]*{self._prefix}(["']?){re.escape(name)}\1[ \t]*\]\]""")
        found = [number for number, line in enumerate(self.text.split("\n"), 1) if heads.match(line)]
        return found if len(found) == len(self.table.get(name, ())) else []

    def line_with(self, text: str, key: str) -> int | None:
        """Return the line on which a text stands in quotes, from the line that sets a key on."""
        first = self._line_of(key) or 1
        lines = enumerate(self.text.split("\n")[first - 1 :], first)
        return next((number for number, line in lines if f'"{text}"' in line or f"'{text}'" in line), None)

    @property
    def _prefix(self) -> str:
        """The pattern of what a header has before a key of this table."""
        return "".join(rf"""["']?{re.escape(key)}["']?[ \t]*\.[ \t]*""" for key in self.below.split(".")[:-1])

    def _line_of(self, key: str) -> int | None:
        lines = self.text.split("\n")
        head = re.compile(rf"^[ \t]*(?:\[+[ \t]*)?{self._prefix.removesuffix(_DOT)}")
        first = next((n for n, line in enumerate(lines) if head.search(line)), 0) if self.below else 0
        setting = re.compile(rf"""^[ \t]*(?:\[+[ \t]*)?(?:{self._prefix})?(["']?){re.escape(key)}\1[ \t]*[]=.]""")
        return next((n for n, line in enumerate(lines[first:], first + 1) if setting.search(line)), None)


def shown(key: str) -> str:
    """Return a key as a message may name it: one that is not plain words could be a secret set down there."""
    return key if _NAMEABLE.fullmatch(key) else f"{re.sub('[^A-Za-z]', '', key[:3])}…"


def read(path: Path, inside: Path | None = None, largest: int = LARGEST) -> bytes:
    """Return what a configuration file holds.

    With `inside` the file is a repository's own: neither it nor a folder between the two may be a symbolic link.
    Raises `ConfigError` for anything but a regular file of up to `largest` bytes that can be read.
    """
    if inside is not None:
        refuse_links(path, inside)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (getattr(os, "O_NOFOLLOW", 0) if inside else 0)
    try:
        with open(path, "rb", opener=lambda name, _flags: os.open(name, flags)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(f"{path}: not a regular file")
            data = file.read(largest + 1)
    except OSError as error:
        why = "not a regular file" if error.errno in (errno.EISDIR, errno.ENXIO) else error.strerror
        raise ConfigError(f"{path}: {why}") from None
    if len(data) > largest:
        raise ConfigError(f"{path}: larger than {largest // 1024} KiB")
    return data


def refuse_links(path: Path, inside: Path) -> None:
    """Raise `ConfigError` where a path leaves the folder, or goes through a symbolic link on its way down."""
    try:
        parts = path.relative_to(inside).parts
    except ValueError:
        parts = ("..",)
    if ".." in parts:
        raise ConfigError(f"{path}: outside {inside}")
    for depth in range(1, len(parts) + 1):
        step = inside.joinpath(*parts[:depth])
        if step.is_symlink():
            raise ConfigError(f"{step}: a symbolic link", "put the file itself there")


def parse(data: bytes, name: str) -> Document:
    """Return what TOML text says; UTF-8, or UTF-16 as PowerShell writes it, with or without byte order mark.

    Raises `ConfigError` with the line, and the column where it is known, of what is wrong.
    """
    return parse_text(decoded(data, name), name)


def parse_text(text: str, name: str) -> Document:
    """Return what TOML text says; the errors are those of `parse`."""
    import tomllib

    _refuse_lines(text, name)
    try:
        return Document(name, text, tomllib.loads(f"{text}\n"))
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply") from None
    except ValueError as error:  # also a number that Python finds too long
        raise ConfigError(_complaint(str(error), name)) from None


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file as `parse` takes it, with its line ends as `\\n`; raises `ConfigError` for others."""
    encoding = "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in data[:2]:
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        return data.decode(encoding).replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{_at(name, line)}: not {encoding[:6].strip('-').upper()} text") from None


def refuse_markers(text: str, name: str) -> None:
    """Raise `ConfigError` where a merge has left its markers."""
    for number, line in enumerate(text.split("\n"), 1):
        if _MARKER.match(line):
            hint = "keep the lines of both sides that are wanted, and delete the markers"
            raise ConfigError(f"{name}: merge conflict markers at line {number}", hint)


def _refuse_lines(text: str, name: str) -> None:
    refuse_markers(text, name)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE or (line.count(".") > MOST_DOTS and _dots(line) > MOST_DOTS):
            limits = f"more than {LONGEST_LINE} characters or {MOST_DOTS} dots"
            raise ConfigError(f"{_at(name, number)}: {limits} in one line", "spread it over several lines")


def _dots(line: str) -> int:
    """Return how many dots a line has outside its strings: all of them, where one over several lines may end."""
    return (line if '"""' in line or "'''" in line else re.sub(_QUOTED, "", line)).count(".")


def _complaint(said: str, name: str) -> str:
    """Put the parser's complaint into ours; what it quotes of the file is left out."""
    problem, _, place = said.partition(" (at ")
    found = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    if problem.startswith(("Cannot", "Duplicate")):
        problem = "the same key is set twice"
    where = f"{name}:{found[1]}:{found[2]}" if found else name
    return f"{where}: {problem}"


def _at(name: str, line: int | None) -> str:
    return name if line is None else f"{name}:{line}"
