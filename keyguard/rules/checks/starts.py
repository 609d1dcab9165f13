"""Marks that the keys of a vendor carry at a fixed place. They hold or say nothing, since a new kind may lack them."""

from __future__ import annotations

import re

from keyguard.rules.checks.evidence import Evidence

_GROQ = re.compile(r"gsk_[A-Za-z0-9]{20}WGdyb3FY[A-Za-z0-9]{24}")
"""The marker is base64 of XgroqX."""
_GOOGLE = re.compile(r"AIzaSy[A-D][A-Za-z0-9_-]{32}")


def groq(text: str) -> Evidence | None:
    """Hold for keys with Groq's marker between 20 and 24 characters."""
    return Evidence(True, "marker of an issued key") if _GROQ.fullmatch(text) else None


def google(text: str) -> Evidence | None:
    """Hold for keys that begin as all keys do that Google has issued."""
    return Evidence(True, "start of an issued key") if _GOOGLE.fullmatch(text) else None
