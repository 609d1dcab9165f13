"""Says where on this machine lies what a user needs kept: unlike a cache, losing it would cost more than time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "keyguard"


def place(folder: str) -> Path:
    """Return `$XDG_STATE_HOME/keyguard/FOLDER` or `~/.local/state/keyguard/FOLDER`; nothing is made.

    On macOS it is below `~/Library/Application Support`, on Windows below `%LOCALAPPDATA%`. Raises `RuntimeError` where
    there is no home folder.
    """
    return _base() / NAME / folder


def _base() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    base = os.environ.get("XDG_STATE_HOME")
    return Path(base) if base and base.startswith("/") else Path.home() / ".local" / "state"
