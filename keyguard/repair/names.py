"""Chooses the variable of the environment that takes a key in."""

from __future__ import annotations

import re
from collections.abc import Collection

from keyguard.errors import UsageError
from keyguard.model import Finding, Secret
from keyguard.remediation.guide import usual_variable
from keyguard.repair.env_file import NAME
from keyguard.rules.catalogue import Catalogue

LONGEST = 64


def check(name: str) -> None:
    """Raise `UsageError` for what is no name of a variable; it is not quoted, since it could be a key."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise UsageError("--name takes the name of a variable", f"letters, digits and _, at most {LONGEST}")


def chosen(finding: Finding, assigned: str | None, catalogue: Catalogue, taken: Collection[str]) -> str:
    """Return a variable that is not taken: the one that the provider's libraries read, or one after its own name.

    `assigned` is the name that the file has for it.
    """
    own = derived(assigned or "", finding.secret)
    wished = [usual_variable(finding, catalogue), own, derived(finding.rule, finding.secret) or "SECRET"]
    names = [name for name in wished if name]
    return next((name for name in names if name not in taken), None) or _numbered(names[0], taken)


def derived(name: str, secret: Secret) -> str | None:
    """Return a name as variables are written, `apiKey` as `API_KEY`; None where nothing is left, or it is the key."""
    if secret.reveal() in name:
        return None
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    words = re.sub(r"[^A-Z0-9]+", "_", words.upper()).strip("_").lstrip("0123456789_")
    return words if 1 < len(words) <= LONGEST else None


def _numbered(name: str, taken: Collection[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
