"""Reads and writes the settings file of an agent: whole or not at all, and with all else in it as it was."""

from __future__ import annotations

import json
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyguard.config import layout
from keyguard.config.document import refuse_links
from keyguard.errors import ConfigError, UsageError

LARGEST = 8 << 20
"""Bytes that such a file may have."""
BY_HAND = "mend it by hand; it was not touched"
_INDENT = re.compile(r"\A\s*\{\r?\n([ \t]+)")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file: `text` is what it holds, None where there is none; `inside` is the project that has it."""

    path: Path
    text: str | None
    inside: Path | None

    @classmethod
    def at(cls, path: Path, inside: Path | None) -> SettingsFile:
        """Read one. Raises `ConfigError` for what is no regular file of UTF-8, and for links inside a project."""
        if inside is not None:
            refuse_links(path, inside)
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                raise ConfigError(f"{path}: not a regular file of up to {LARGEST >> 20} MiB")
            return cls(path, path.read_bytes().decode("utf-8"), inside)
        except (FileNotFoundError, NotADirectoryError):
            return cls(path, None, inside)
        except UnicodeDecodeError:
            raise ConfigError(f"{path}: not UTF-8 text") from None
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from None

    def values(self) -> dict[str, Any]:
        """Return what it says; raises `ConfigError`, with line and column, for what is no JSON object."""
        text = (self.text or "").removeprefix(_BOM)
        if not text.strip():
            return {}
        try:
            value = json.loads(text, object_pairs_hook=self._members)
        except json.JSONDecodeError as error:
            where = f"{self.path}:{error.lineno}:{error.colno}"
            raise ConfigError(f"{where}: not JSON: {error.msg}", BY_HAND) from None
        except (RecursionError, ValueError):
            raise ConfigError(f"{self.path}: not JSON that can be read", BY_HAND) from None
        if not isinstance(value, dict):
            raise ConfigError(f"{self.path}: not a JSON object", BY_HAND)
        return value

    def _members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise ConfigError(f"{self.path}: the same name is set twice in one object", "leave one of the two")
        return members

    def rewritten(self, values: dict[str, Any]) -> str:
        """Return its text with other values, in the style that it has: indent, line ends, the end of the file."""
        old = self.text if self.text is not None else "{\n  \n}\n"
        found = _INDENT.match(old.removeprefix(_BOM))
        text = json.dumps(values, indent=found[1] if found else 2, ensure_ascii=False)
        text = (_BOM if old.startswith(_BOM) else "") + text + ("\n" if old.endswith("\n") or not old else "")
        return text.replace("\n", "\r\n") if "\r\n" in old else text

    def write(self, values: dict[str, Any]) -> None:
        """Put the values into the file, or take it away where there are none; raises `UsageError` if it cannot."""
        target = self.path.resolve() if self.inside is None else self.path
        try:
            if not values:
                target.unlink(missing_ok=True)
                with suppress(OSError):  # others have something there
                    target.parent.rmdir()
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, self.rewritten(values).encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}") from None


def _replace(path: Path, data: bytes) -> None:
    """Put data in the place of a file, whose permissions stay."""
    layout.replace(path, data, stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
