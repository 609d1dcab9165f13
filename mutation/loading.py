"""Puts a mutated module in the place of the real one, in memory: no file changes, none compiled before is used."""

from __future__ import annotations

from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType


def module_name(path: str) -> str:
    """Return the name that the module in a file is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Loader(SourceFileLoader):
    """Loads a text as if it stood in a file."""

    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Return the compiled text."""
        return compile(self._text, self.path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    """Finds one module, before anything else does."""

    def __init__(self, root: Path, path: str, text: str) -> None:
        self._name, self._file, self._text = module_name(path), root / path, text

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Return how that module is loaded, and None for others."""
        if fullname != self._name:
            return None
        loader = Loader(fullname, str(self._file), self._text)
        below = [str(self._file.parent)] if self._file.name == "__init__.py" else None
        return spec_from_file_location(fullname, self._file, loader=loader, submodule_search_locations=below)
