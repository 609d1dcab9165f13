"""Whatever may change what is found makes another KeyGuard, for which nothing is remembered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def told(folder: Path) -> str:
    command = "from keyguard.cache import identity; print(identity())"
    environ = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", command], env=environ, capture_output=True, text=True, check=True
    ).stdout


def test_so_does_another_version_of_a_library(tmp_path: Path) -> None:
    package = tmp_path / "hyperscan"
    package.mkdir()
    file = package / "__init__.py"
    file.write_text("old = True\n", "utf-8")
    first, again = told(tmp_path), told(tmp_path)
    file.write_text("newer = True\n", "utf-8")
    assert first == again != told(tmp_path)


def test_a_library_that_is_missing_or_broken_is_no_error(tmp_path: Path) -> None:
    package = tmp_path / "backports"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('of some other thing')\n", "utf-8")
    assert told(tmp_path) != told(tmp_path.parent)
