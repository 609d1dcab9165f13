"""Names what a secret stands in for programs that know files only: as a path, and as the URI of one."""

from __future__ import annotations

import re
from urllib.parse import quote

from keyguard.model import Place, Where
from keyguard.reporting.redaction import Redactor

_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Lone surrogates that stand for no byte, and so can be no part of a path."""


def artifact(redact: Redactor, place: Place) -> str:
    """Return the path of the file, or one that no file can have for what is none.

    Git keeps no file below `.git`, so what only git holds is named there: `.git/commit-message/ID`.
    """
    origin = place.origin
    path = redact.path(place)
    if path is not None:
        return f".git/{path}" if origin.where is Where.REF_NAME else path
    if origin.where is Where.STDIN:
        return "stdin"
    name = origin.blob if origin.where is Where.BLOB else place.commit or origin.commit or origin.blob
    within = f"{redact(place.repository)}/" if place.repository else ""
    return f"{within}.git/{origin.where.value}" + (f"/{redact(name)}" if name else "")


def uri(path: str) -> str:
    """Return a path as a URI, relative if the path is: all but letters, digits and `/-._~` as percent and a byte."""
    data = _NO_BYTE.sub("\ufffd", path).encode("utf-8", "surrogateescape")
    quoted = quote(data, safe="/")
    return f"file://{quoted}" if quoted.startswith("/") else quoted
