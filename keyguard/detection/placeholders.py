"""Tells keys that people made up from random ones."""

from __future__ import annotations


def looks_made_up(text: str, known: tuple[str, ...] = ()) -> str | None:
    """Return why a text is no random key, or None; `known` parts of it are not judged."""
    body = text
    for part in known:
        body = body.replace(part, "") if part else body
    return "it repeats itself" if len(set(body)) <= 4 else None
