"""Which files a tool is about to read, by the names that agents and servers of tools give to such tools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyguard.hooks.agents.payload import Payload

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_READING = frozenset({"read", "view", "open", "cat"})
"""A word in the name of tools that show a file: Claude Code's and Cursor's `Read`, Copilot CLI's `view`, VS Code's
`readFile`, and `read_text_file` or `read_multiple_files` of the file system server of MCP."""
_PATHS = frozenset(
    {
        "path", "paths", "file", "files", "file_path", "file_paths", "filePath", "filePaths", "filename",
        "absolute_path", "target_file", "notebook_path", "uri",
    }
)  # fmt: skip
_FILE_URI = "file://"
_MENTION = re.compile(r'(?<!\S)@(?:"(?P<quoted>[^"\n]{1,4096})"|(?P<bare>[^\s"]{1,4096}))')
_BEHIND = re.compile(r"(?:#[\w:-]*)?[.,;:!?)\]]*\Z", re.ASCII)


def read_by(tool: str | None, arguments: object) -> tuple[str, ...]:
    """Return the paths that the arguments of a tool name, if its name says that it shows files."""
    words = {word.lower() for word in _WORD.findall(tool or "")}
    if words.isdisjoint(_READING):
        return ()
    found = Payload({"": arguments}).texts()
    paths = [text.value for text in found if text.name in _PATHS]
    return tuple(dict.fromkeys(path.removeprefix(_FILE_URI) for path in paths))


def mentioned(prompt: str | None) -> tuple[str, ...]:
    """Return what may be paths of files that a prompt includes by `@path`; a place in the file may stand behind."""
    return tuple(dict.fromkeys(_mentioned(prompt or "")))


def _mentioned(prompt: str) -> Iterator[str]:
    for found in _MENTION.finditer(prompt):
        if found["quoted"]:
            yield found["quoted"]
        else:
            yield found["bare"]
            yield _BEHIND.sub("", found["bare"])
