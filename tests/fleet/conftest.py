"""What the tests of fleets stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.fleets import TheFleet


@pytest.fixture
def fleet(tmp_path: Path) -> TheFleet:
    folder = tmp_path / "fleet"
    folder.mkdir(mode=0o700)
    return TheFleet(folder)
