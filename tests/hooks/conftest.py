from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.rules import built, compiled, loader


@pytest.fixture(scope="session")
def of_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel carries of the rules, which a working copy has not."""
    file = tmp_path_factory.mktemp("wheel") / built.FILE.name
    file.write_bytes(compiled.written(loader.believed(built.OWN), built.OWN))
    return file
