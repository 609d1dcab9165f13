from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keyguard.rules import built


@pytest.fixture(autouse=True)
def found_by_hooks(installed_python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hooks that git starts be those of a KeyGuard that is installed."""
    monkeypatch.setattr(sys, "executable", installed_python)


@pytest.fixture
def of_wheel(installed: Path) -> Path:
    """What a wheel carries of the rules, which a working copy has not."""
    return installed / "keyguard" / "rules" / built.FILE.name
