"""The commit-msg hook: blocks a commit whose message holds a secret."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.model import Origin, ScanResult, Stats, Where
from keyguard.pipeline.scan import Scan
from keyguard.sources.content import content

_SHOWN = re.compile(rb"^[^\n]{1,8} -{24} >8 -{24}\n(?:[^\n]{0,200}\n){0,4}?diff --(?:git|cc|combined) ", re.MULTILINE)
"""Where `git commit --verbose` shows the change below the message: git cuts it off, and it is no part of it."""


def check(scan: Scan, path: Path, environ: Mapping[str, str]) -> ScanResult:
    """Return the verdict on the message in a file; raises `UsageError` where it cannot be read."""
    started = time.monotonic()
    try:
        message = path.read_bytes()
    except OSError as error:
        raise UsageError(f"the message {path} cannot be read: {error.strerror}") from None
    edited = environ.get("GIT_EDITOR") != ":"  # what git sets where the message was given, and keeps it whole
    shown = _SHOWN.search(message) if edited else None
    stats = Stats(bytes=len(message))
    read = io.BytesIO(message[: shown.start()] if shown else message).read
    collected = scan.collect(content(Origin(Where.COMMIT_MESSAGE), read, scan.engine.reach))
    return scan.judge(collected, stats, None, started)
