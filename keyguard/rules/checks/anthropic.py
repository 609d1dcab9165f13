"""What the text of an Anthropic key tells."""

from __future__ import annotations

import re

from keyguard.rules.checks.evidence import Evidence

_ISSUED = re.compile(r"sk-ant-[a-z]{2,12}[0-9]{1,3}-[A-Za-z0-9_-]{93}AA")


def known_length(text: str) -> Evidence | None:
    """Hold for the length and the ending that issued keys have; say nothing of others."""
    return Evidence(True, "length and ending of an issued key") if _ISSUED.fullmatch(text) else None
