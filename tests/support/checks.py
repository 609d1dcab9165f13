"""What the tests of checks share."""

from __future__ import annotations

from keyguard.rules.checks import CHECKS


def said(name: str, text: str) -> bool | None:
    """Return whether a check's evidence holds; None where it says nothing."""
    evidence = CHECKS[name](text)
    return evidence.holds if evidence else None


def reason(name: str, text: str) -> str:
    """Return what a check says in words."""
    evidence = CHECKS[name](text)
    assert evidence is not None
    return evidence.reason


def changed(text: str, at: int) -> str:
    """Return the text with another character of the same kind at one place."""
    old = text[at]
    new = {"0": "1", "a": "b", "A": "B", "-": "_", "_": "-"}.get(old)
    if new is None:
        new = "0" if old.isdigit() else "a" if old.islower() else "A" if old.isupper() else "x"
    return text[:at] + new + text[at + 1 :]
