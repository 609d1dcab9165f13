"""How a file of one line for each key is laid out and written, so that branches which change some merge well."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keyguard.config.document import refuse_links
from keyguard.errors import UsageError

ATTRIBUTES = ".gitattributes"
FOLDER = ".keyguard"
"""The folder of a repository in which such files lie unless the configuration says otherwise."""
BUCKETS = 256
"""Into so many places a new line may fall, so that two branches seldom add lines side by side."""
FINGERPRINT = r"kg1s?-[0-9a-f]{32}"
_ESCAPES = {each: f"\\u{each:04x}" for each in (*range(32), 127)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
_ENTRY = rf"""[ \t]*(["']?)(?P<key>{FINGERPRINT})\1[ \t]*="""


def attributes(name: str) -> str:
    """Return what tells git to keep the lines of both sides (gitattributes(5)); the reader settles what is left."""
    return f"/{name} merge=union\n"


def quoted(text: str) -> str:
    """Return a text as TOML has it, in one line."""
    return f'"{text.translate(_ESCAPES)}"'


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of such a file: the comment at its top, and the one table that its lines stand in."""

    comment: str
    table: str

    def text(self, lines: Mapping[str, str]) -> str:
        """Return the whole file for the lines of these fingerprints."""
        buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
        for key, line in sorted(lines.items()):
            buckets[int(key.partition("-")[2][:2], 16)].append(f"{line}\n")
        numbered = "".join(f"# {number:02x}\n{''.join(bucket)}" for number, bucket in enumerate(buckets))
        return f"{self.comment}\n[{self.table}]\n{numbered}"

    def split(self, text: str) -> tuple[str, list[tuple[int, str]]]:
        """Return the text with every heading and key once, and the further lines of the same keys, numbered."""
        head = rf"[ \t]*\[[ \t]*{self.table}[ \t]*\][ \t]*(?:#.*)?"
        seen: dict[str, str] = {}
        kept, again = [], []
        for number, line in enumerate(text.split("\n"), 1):
            found = re.match(_ENTRY, line)
            name = found["key"] if found else f"[{self.table}]" if re.fullmatch(head, line) else None
            if name is not None and name in seen:
                if found and line.strip() != seen[name]:
                    again.append((number, line))
                kept.append("")
            else:
                kept.append(line)
                if name is not None:
                    seen[name] = line.strip()
        return "\n".join(kept), again


def write(path: Path, text: str, inside: Path | None = None) -> None:
    """Put text into a file, whose folder is made if needed; the file before stays whole until it is replaced.

    Beside a new file in a folder of KeyGuard's own goes what tells git how two of them are merged. Raises `ConfigError`
    where a symbolic link is in the way, `UsageError` where the file cannot be written.
    """
    refuse_links(path, inside or path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not os.path.lexists(path)
        replace(path, text.encode())
        if is_new and path.parent.name == FOLDER:
            _tell_git(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _tell_git(path: Path) -> None:
    """Add the line for a file to the attributes beside it, if these are a file in which it is not named yet."""
    beside = path.with_name(ATTRIBUTES)
    if not os.path.lexists(beside):
        replace(beside, attributes(path.name).encode())
    elif beside.is_file() and not beside.is_symlink():
        known = beside.read_bytes()
        if path.name.encode() not in known:
            end = b"" if known.endswith(b"\n") or not known else b"\n"
            replace(beside, known + end + attributes(path.name).encode())


def replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put data in the place of a file, which is whole until then, with these permissions. Raises `OSError`."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.chmod(mode)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
