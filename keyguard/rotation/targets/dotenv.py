"""A variable of a `.env` file: its value is replaced where it stands, and every other byte stays as it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import SourceError, UsageError
from keyguard.git.repository import discover
from keyguard.model import Secret
from keyguard.rotation.targets.target import NotStoredError

MOST_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLAIN = re.compile(r"[A-Za-z0-9_.+/=:@~-]+")
"""What stands in a value without quotes, and means itself there for every program that reads such files."""
_VALUE = rb"""
(?P<lead> ^ (?:\xef\xbb\xbf)? [ \t]* (?: export [ \t]+ )? %s [ \t]* = [ \t]* )
(?: "(?P<double> [^"\r\n]* )" | '(?P<single> [^'\r\n]* )' | `(?P<back> [^`\r\n]* )` | (?P<bare> [^\s"'`\#] [^\s]* | ) )
(?P<end> [ \t]* (?: [ \t]\#[^\r\n]* )? ) (?= \r?$ | \r )
"""
_KEYS = (re.compile(rb"[A-Za-z0-9_-]{16,}"), re.compile(rb"[A-Za-z0-9_.-]{16,}"))
"""What can be a key, in whatever way the line is written."""
_ASSIGNED = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=")
_SUFFIX = ".keyguard-part"


@dataclass(frozen=True, slots=True)
class DotEnv:
    """One name in one file; all its lines that hold the leaked key (or a new one of an earlier attempt) are changed."""

    spec: str
    path: Path
    name: str

    @classmethod
    def named(cls, spec: str) -> DotEnv:
        """Return what `FILE:NAME` names; raises `UsageError` for what is no name of a variable."""
        path, _, name = spec.rpartition(":")
        if not path or not _NAME.fullmatch(name):
            raise UsageError(f"{spec} does not name a variable of a file", "write it as .env:OPENAI_API_KEY")
        whole = Path(os.path.abspath(path))  # noqa: PTH100  # `resolve` would follow links
        return cls(f"{whole}:{name}", whole, name)  # whatever folder it is gone on from

    @property
    def notes(self) -> Sequence[str]:
        """Whether git has the file, or would take it."""
        repository = discover(self.path.parent)
        if repository is None or repository.top is None:
            return ()
        try:
            path = str(self.path.resolve())
            if repository.git.run("ls-files", "-z", "--", path):
                return ("tracked",)
        except SourceError:
            return ()
        try:
            repository.git.run("check-ignore", "-q", "--", path)
        except SourceError:
            return ("unignored",)
        return ()

    def check(self, known: Collection[str]) -> None:
        """Raise `UsageError` for a file that is no plain one, or whose variable holds another value."""
        data = self._read()
        found = list(self._found(data))
        if len(found) < sum(1 for _ in self._mentioned(data)):
            hint = "its value spans lines or ends in odd quotes: change it by hand, or name another target"
            raise UsageError(f"{self.name} in {self.path} is written in a way that is not understood", hint)
        if found and not self._is_old(found[-1][0], known):  # the last line of a name is the one that counts
            hint = "it is not overwritten: see which value is right, and name another file or variable"
            raise UsageError(f"{self.name} in {self.path} holds another value than the leaked key", hint)
        if not found and (elsewhere := self.others(known)):
            hint = "the new one would stand beside it: name that variable, or change the file by hand"
            raise UsageError(f"the leaked key is in {elsewhere[0]}, and {self.name} is not there", hint)
        if not os.access(self.path.parent, os.W_OK):
            raise UsageError(f"no file can be written beside {self.path}", "it is replaced as a whole, or not at all")

    def others(self, known: Collection[str]) -> Sequence[str]:
        """Return where else in the file a known key stands, by the name of a variable or the number of a line."""
        found = []
        for number, line in enumerate(self._read().splitlines(), 1):
            keys = (each for pattern in _KEYS for each in pattern.findall(line))
            if line.lstrip().startswith(b"#") or not any(_fingerprint(each) in known for each in keys):
                continue
            name = _ASSIGNED.match(line)
            spec = f"{self.path}:{name[1].decode() if name else number}"
            if spec != self.spec:
                found.append(spec)
        return found

    def put(self, key: Secret, known: Collection[str]) -> None:
        """Replace the value in all lines of this name that hold a known key; without one the variable is added."""
        if not _PLAIN.fullmatch(key.reveal()):
            hint = "put it there by hand"
            raise NotStoredError(f"the new key does not fit into {self.path} without quotes", hint, surely=True)
        try:
            self.check({*known, key.fingerprint})
            self._write(self._edited(self._read(), key.reveal().encode(), {*known, key.fingerprint}))
        except UsageError as error:
            raise NotStoredError(error.message, error.hint, surely=True) from None
        except OSError as error:
            raise NotStoredError(f"{self.path} cannot be written: {error.strerror}", surely=True) from None
        if not self.holds(key.fingerprint):
            raise NotStoredError(f"{self.path} does not hold the new key after it was written")

    def holds(self, fingerprint: str) -> bool:
        """Whether this name has the value with this fingerprint; a last line of the name with another one counts."""
        try:
            values = [value for value, _ in self._found(self._read())]
        except UsageError:
            return False
        return bool(values) and _fingerprint(values[-1]) == fingerprint

    def _edited(self, data: bytes, key: bytes, known: Collection[str]) -> bytes:
        pieces, at = [], 0
        for value, (start, end) in self._found(data):
            if self._is_old(value, known):
                pieces += [data[at:start], key]
                at = end
        if at:
            return b"".join([*pieces, data[at:]])
        newline = b"\r\n" if b"\r\n" in data else b"\n"
        gap = b"" if not data or data.endswith(b"\n") else newline
        return data + gap + self.name.encode() + b"=" + key + newline

    def _found(self, data: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
        """Yield the value of each line of this name, and where it stands."""
        pattern = re.compile(_VALUE % re.escape(self.name).encode(), re.VERBOSE | re.MULTILINE)
        for found in pattern.finditer(data):
            group = next(each for each in ("double", "single", "back", "bare") if found[each] is not None)
            yield found[group], found.span(group)

    def _mentioned(self, data: bytes) -> Iterator[re.Match[bytes]]:
        start = rb"^(?:\xef\xbb\xbf)?[ \t]*(?:export[ \t]+)?%s[ \t]*="
        return re.finditer(start % re.escape(self.name).encode(), data, re.MULTILINE)

    @staticmethod
    def _is_old(value: bytes, known: Collection[str]) -> bool:
        return not value or _fingerprint(value) in known

    def _read(self) -> bytes:
        """Return the whole file; raises `UsageError` unless it is a plain file of this folder and of text."""
        try:
            status = self.path.lstat()
            self._check_file(status)
            data = self.path.read_bytes()
        except FileNotFoundError:
            raise UsageError(f"there is no file {self.path}", "name one that is there, or make it first") from None
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from None
        if b"\0" in data:
            raise UsageError(f"{self.path} is not plain text (UTF-8)", "change it by hand, or name another target")
        return data

    def _check_file(self, status: os.stat_result) -> None:
        if stat.S_ISLNK(status.st_mode):
            raise UsageError(f"{self.path} is a link", "name the file that it leads to")
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise UsageError(f"{self.path} is no plain file of less than 1 MiB", "name another target")
        if status.st_nlink > 1:
            hint = "replacing it would part it from them: change it by hand"
            raise UsageError(f"{self.path} has other names (hard links)", hint)
        if self.path.parent.resolve() == self.path.parent:
            return
        repository = discover(self.path.parent)
        top = repository.top if repository else None
        if top and self.path.is_relative_to(top) and not self.path.resolve().is_relative_to(top.resolve()):
            raise UsageError(f"{self.path} leads out of the repository through a link", "name the file itself")

    def _write(self, data: bytes) -> None:
        """Replace the file, all of it or nothing; what an earlier process left beside it goes as well."""
        status = self.path.stat()
        part = self.path.with_name(f"{self.path.name}{_SUFFIX}")
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.chown(part, status.st_uid, status.st_gid)
            part.chmod(stat.S_IMODE(status.st_mode))
            part.replace(self.path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise


def _fingerprint(value: bytes) -> str:
    return Secret(value.decode("utf-8", "surrogateescape")).fingerprint
