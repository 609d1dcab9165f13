from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.rules import built


@pytest.fixture(autouse=True)
def found_by_hooks(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hooks that git starts find KeyGuard, as they would where it is installed."""
    monkeypatch.setenv("PYTHONPATH", str(installed))


@pytest.fixture
def of_wheel(installed: Path) -> Path:
    """What a wheel carries of the rules, which a working copy has not."""
    return installed / "keyguard" / "rules" / built.FILE.name
