"""The files of a work tree as they are to become, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from keyguard.detection.engine import Engine
from keyguard.errors import UsageError
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError
from keyguard.repair import files
from keyguard.repair.files import Change, Content, content
from keyguard.repair.shown import CONTEXT, Rewritten, difference

IGNORE = ".gitignore"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: what it held, its new content, the permissions of that, and how much is shown around an edit."""

    before: Content | None
    new: Rewritten
    mode: int
    context: int


@dataclass
class Draft:
    """New content by path, from the top of the work tree; `hidden` are the paths that git has to ignore afterwards."""

    repository: Repository
    top: Path
    sheets: dict[str, Sheet] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)

    def content(self, path: str) -> Content | None:
        """Return what a file holds now; raises `UsageError` as `files.content` does."""
        return content(self.top / path, self.top)

    def put(self, path: str, before: Content | None, new: Rewritten, *, mode: int, context: int = CONTEXT) -> None:
        """Give a file new content."""
        self.sheets[path] = Sheet(before, new, before.mode if before else mode, context)

    def hide(self, path: str) -> None:
        """Have git ignore a path: by a line of `.gitignore`, if nothing does so yet."""
        if path in self.hidden:
            return
        self.hidden.append(path)
        if self.ignores(path):
            return
        sheet = self.sheets.get(IGNORE)
        held = sheet.before if sheet else self.content(IGNORE)
        data = sheet.new.data if sheet else (held.data if held else b"")
        after = data + _line(path, data)
        before, text = ((each or b"").decode("utf-8", "surrogateescape") for each in (held and held.data, after))
        self.put(IGNORE, held, Rewritten(after, before, text), mode=0o644)

    def ignores(self, path: str) -> bool:
        """Whether git would ignore a path if it did not track it."""
        try:
            self.repository.git.run("check-ignore", "--quiet", "--no-index", "--", f"./{path}")
        except GitFailedError:
            return False
        return True

    def tracks(self, path: str) -> bool:
        """Whether a path is in the index."""
        return bool(self.repository.git.run("ls-files", "-z", "--cached", "--", path))

    def differences(self, engine: Engine) -> Iterable[tuple[str, list[str]]]:
        """Yield each path with the lines of its diff, in which no key can be read but in the path."""
        for path, sheet in self.sheets.items():
            yield path, difference(path, sheet.new, engine, context=sheet.context)

    def write(self, first: Iterable[str]) -> None:
        """Write all files or none, those of these paths first. Raises `UsageError` where that cannot be done."""
        order = [path for path in first if path in self.sheets]
        order += [path for path in self.sheets if path not in order]
        changes = [self._change(path) for path in order]
        files.write(changes, self.top, self._settled)

    def _change(self, path: str) -> Change:
        sheet = self.sheets[path]
        return Change(self.top / path, sheet.before, Content(sheet.new.data, sheet.mode))

    def _settled(self) -> None:
        for path in self.hidden:
            if not self.ignores(path):
                hint = "a line that begins with ! in a .gitignore further down undoes it"
                raise UsageError(f"git does not ignore {path} even so; nothing was changed", hint)


def _line(path: str, before: bytes) -> bytes:
    """Return the line of `.gitignore` for exactly this path (gitignore(5))."""
    if "\n" in path or "\r" in path:
        raise UsageError("the name of the env file has a line end in it", "name another one with --env-file")
    escaped = re.sub(r"([\\*?\[])", r"\\\1", path)
    pattern = f"/{escaped}" if "/" in path or not path.startswith(".") else escaped
    pattern = re.sub(r" (?=\s*$)", r"\\ ", pattern)
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = newline if before and not before.endswith((b"\n", b"\r")) else b""
    return gap + pattern.encode("utf-8", "surrogateescape") + newline
