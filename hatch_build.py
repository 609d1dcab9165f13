"""Adds to a wheel what is made of the provider files: the catalogue as one file (see `keyguard.rules.compiled`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Writes the file into a temporary folder and tells the builder where it goes."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the file for a wheel; an editable install reads the provider files, which change."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from keyguard.rules import built, compiled, loader

        self._scratch = tempfile.TemporaryDirectory()
        file = Path(self._scratch.name, built.FILE.name)
        file.write_bytes(compiled.written(loader.believed(built.OWN), built.OWN))
        build_data["force_include"][str(file)] = f"keyguard/rules/{built.FILE.name}"
