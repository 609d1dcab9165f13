"""Makes values from a hostile repository safe to stand in a sentence or in a shell command."""

from __future__ import annotations

import re
import shlex

from keyguard.model import Secret

LONGEST = 200
"""Values with more characters than this stand in no command and are cut in sentences."""


_ORDINARY = re.compile(r"[.\w][\w./ -]*")


def plain(value: str) -> str:
    """Return a value for a sentence: what cannot be printed becomes visible escapes, and too much is cut."""
    shown = "".join(each if each.isprintable() else _escape(each) for each in value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def shell(value: str) -> str:
    """Return a value as one word of a shell; what cannot be printed as `$'\\xNN'`, which bash and zsh read."""
    if value.isprintable():
        return shlex.quote(value)
    escaped = "".join(_shell_escape(each) for each in value)
    return f"$'{escaped}'"


def from_top(path: str) -> str:
    """Return a path from the top of a repository as one word that means this file to git, in whatever folder it runs.

    After `:/` git takes punctuation, the underscore too, for more of its magic, and `*`, `?` and `[` have a meaning.
    """
    ordinary = _ORDINARY.fullmatch(path) and not path.startswith("_")
    return shell(f":/{path}" if ordinary else f":(top,literal){path}")


def without(secret: Secret | None, value: str) -> str:
    """Return a value with the masked form where it holds the secret itself, as file names and addresses can."""
    return value.replace(secret.reveal(), secret.masked) if secret is not None and len(secret) else value


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _shell_escape(character: str) -> str:
    if character.isprintable():
        return f"\\{character}" if character in "\\'" else character
    errors = "surrogateescape" if 0xDC80 <= ord(character) <= 0xDCFF else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", errors))
