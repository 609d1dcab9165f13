"""The macaroons that PyPI and TestPyPI give out as tokens: https://docs.pypi.org/api/secrets/."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.evidence import Evidence

_PREFIX = "pypi-"
_VERSION = 2
_END, _LOCATION, _IDENTIFIER, _SIGNATURE = 0, 1, 2, 6
_SIGNATURE_BYTES = 32
_LONGEST = 1 << 13
_PROJECTS = 1
"""The caveat of today that names projects: [1, […]]."""
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
_MOST_NAMES = 3


def pypi(text: str) -> Evidence | None:
    """Say of which index a token is, and of which projects if it says so; nothing of text that is no macaroon."""
    fields = list(_fields(decoded(text.removeprefix(_PREFIX)) or b"")) if _is_candidate(text) else []
    kinds = [kind for kind, _ in fields]
    if not fields or kinds[:3] != [_LOCATION, _IDENTIFIER, _END] or kinds[-1] != _SIGNATURE:
        return None
    if len(fields[-1][1]) != _SIGNATURE_BYTES:
        return None
    location = fields[0][1].decode("ascii", "replace")
    if not _SAFE.fullmatch(location):
        return None
    projects = [name for kind, data in fields[3:] if kind == _IDENTIFIER for name in _projects(data)]
    only = f", for {', '.join(projects[:_MOST_NAMES])}" if projects else ""
    return Evidence(True, f"macaroon of {location}{only}")


def _is_candidate(text: str) -> bool:
    return text.startswith(_PREFIX) and len(text) < _LONGEST


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the fields up to the signature; what cannot be read ends them without one."""
    at = 1
    if data[:1] != bytes([_VERSION]):
        return
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == _END:
            yield kind, b""
            continue
        length, at = _number(data, at)
        if at + length > len(data):
            return
        yield kind, data[at : at + length]
        at += length
        if kind == _SIGNATURE:
            return


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number in groups of seven bits, lowest first, and where it ends."""
    number = shift = 0
    while at < len(data):
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at
    return number, len(data) + 1


def _projects(caveat: bytes) -> list[str]:
    """Return the projects that a caveat names, in the form of today or the one before."""
    try:
        said = json.loads(caveat)
    except (ValueError, RecursionError):
        return []
    if isinstance(said, list) and len(said) == 2 and said[0] == _PROJECTS:
        names = said[1]
    else:
        permissions = said.get("permissions") if isinstance(said, dict) else None
        names = permissions.get("projects") if isinstance(permissions, dict) else None
    listed = names if isinstance(names, list) else []
    return [name for name in listed if isinstance(name, str) and _SAFE.fullmatch(name)]
