from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.rules import built


@pytest.fixture
def of_wheel(installed: Path) -> Path:
    """What a wheel carries of the rules, which a working copy has not."""
    return installed / "keyguard" / "rules" / built.FILE.name
