"""How the lines of a baseline are laid out, so that branches which add and change some are merged without conflicts."""

from __future__ import annotations

import re
from collections.abc import Mapping

HEADING = """\
# Keys that were decided on: KeyGuard reports those that were accepted no more. Each line names one key by its
# fingerprint, from which the key cannot be recovered; write between the last quotes why it may stay. The numbers keep
# lines of different branches apart. See `keyguard baseline --help`.

[accepted]
"""
ATTRIBUTES = ".gitattributes"
BUCKETS = 256
"""Into so many places a new line may fall, so that two branches seldom add lines side by side."""
_ESCAPES = {each: f"\\u{each:04x}" for each in (*range(32), 127)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
_ENTRY = r"""[ \t]*(["']?)(?P<key>kg1-[0-9a-f]{32})\1[ \t]*="""
_HEAD = r"[ \t]*\[[ \t]*accepted[ \t]*\][ \t]*(?:#.*)?"


def attributes(name: str) -> str:
    """Return what tells git to keep the lines of both sides (gitattributes(5)); the reader settles what is left."""
    return f"/{name} merge=union\n"


def quoted(text: str) -> str:
    """Return a text as TOML has it, in one line."""
    return f'"{text.translate(_ESCAPES)}"'


def text(lines: Mapping[str, str]) -> str:
    """Return the whole file for the lines of these fingerprints."""
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for key, line in sorted(lines.items()):
        buckets[int(key.partition("-")[2][:2], 16)].append(f"{line}\n")
    return HEADING + "".join(f"# {number:02x}\n{''.join(bucket)}" for number, bucket in enumerate(buckets))


def split(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the text with every heading and key once, and the further lines of the same keys with their numbers."""
    seen: dict[str, str] = {}
    kept, again = [], []
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(_ENTRY, line)
        name = found["key"] if found else "[accepted]" if re.fullmatch(_HEAD, line) else None
        if name is not None and name in seen:
            if found and line.strip() != seen[name]:
                again.append((number, line))
            kept.append("")
        else:
            kept.append(line)
            if name is not None:
                seen[name] = line.strip()
    return "\n".join(kept), again
