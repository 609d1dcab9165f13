"""Writes the catalogue as one file, and reads it in 6 ms: 138 files of TOML take 120 ms (measured).

The file is made when a wheel is built and lies beside the modules, as trusted as these are; a working copy has none.
Whatever is wrong with it only costs the time to read the TOML. What a scan seldom needs, examples and the tables of the
API, is still read from there.
"""

from __future__ import annotations

import io
import pickle
from functools import cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from keyguard.rules import built
from keyguard.rules.api.sections import Apis
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule
from keyguard.rules.checks import CHECKS
from keyguard.rules.examples import DeferredExamples
from keyguard.rules.patterns import DeferredPattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyguard.rules.api.values import Api
    from keyguard.rules.catalogue import Example


def written(catalogue: Catalogue, folder: Path) -> bytes:
    """Return a catalogue that was read from the provider files of a folder, as the content of `built.FILE`."""
    made = io.BytesIO()
    _Writer(made, catalogue).dump(catalogue)
    return built.dumped(gate_of(catalogue), folder) + made.getvalue()


def gate_of(catalogue: Catalogue) -> built.Gate:
    """Return what the rules of a catalogue are found by."""
    entries = dict.fromkeys(entry for rule in catalogue.rules for entry in rule.gate)
    others = {entry for rule in catalogue.rules if rule.kind is not Kind.ENTROPY for entry in rule.gate}
    return built.Gate(tuple(entries), frozenset(at for at, entry in enumerate(entries) if entry not in others))


def load(folder: Path, file: Path = built.FILE) -> Catalogue | None:
    """Return the catalogue, or None where there is none that was made of the provider files in the folder."""
    try:
        with file.open("rb") as data:
            if built.opened(data, folder) is None:
                return None
            catalogue = _Reader(data, folder).load()
    except (*built.UNREADABLE, pickle.UnpicklingError, AttributeError, ImportError, LookupError):
        return None
    return catalogue if isinstance(catalogue, Catalogue) else None


class _Writer(pickle.Pickler):
    """Writes a pattern as its source, a check as its name, and examples and APIs as where they stand."""

    def __init__(self, made: io.BytesIO, catalogue: Catalogue) -> None:
        super().__init__(made, protocol=pickle.HIGHEST_PROTOCOL)
        self._places: dict[int, tuple[str, ...]] = {id(check): ("check", name) for name, check in CHECKS.items()}
        for provider in catalogue.providers:
            self._places[id(provider.apis)] = ("apis", provider.id)
            for rule in provider.rules:
                for name in ("examples", "counter_examples"):
                    self._places[id(getattr(rule, name))] = (name, provider.id, rule.id)

    def persistent_id(self, value: object) -> tuple[str, ...] | None:
        """Return what stands for a value that is not written as it is."""
        if isinstance(value, DeferredPattern):
            return ("pattern", value.source)
        if isinstance(value, frozenset):  # has no order of its own, and every build is to be the same bytes
            return ("set", *sorted(value))
        return self._places.get(id(value))


class _Reader(pickle.Unpickler):
    """Reads what `_Writer` writes, and no class but KeyGuard's own."""

    def __init__(self, data: IO[bytes], folder: Path) -> None:
        super().__init__(data)
        self._folder = folder

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as the library has it)
        """Return a class of KeyGuard's; raises `UnpicklingError` for any other."""
        if not module.startswith("keyguard."):
            raise pickle.UnpicklingError(f"{module}.{name} is none of KeyGuard's")
        return super().find_class(module, name)

    def persistent_load(self, place: tuple[str, ...]) -> object:
        """Return the value that something stands for."""
        if place[0] == "set":
            return frozenset(place[1:])
        kind, name, *rule = place
        if kind == "pattern":
            return DeferredPattern(name)
        if kind == "check":
            return CHECKS[name]
        if kind == "apis":
            return Apis(partial(_apis, self._folder, name))
        return DeferredExamples(partial(_examples, self._folder, name, rule[0], kind))


@cache
def _provider(folder: Path, name: str) -> Provider:
    from keyguard.rules.loader import load_file

    return load_file(folder / f"{name}.toml", believed=True)


def _apis(folder: Path, provider: str) -> Mapping[str, Api]:
    return _provider(folder, provider).apis


def _examples(folder: Path, provider: str, rule: str, kind: str) -> tuple[Example, ...]:
    (own,) = (each for each in _provider(folder, provider).rules if each.id == rule)
    return tuple(_of(own, kind))


def _of(rule: Rule, kind: str) -> Sequence[Example]:
    return rule.examples if kind == "examples" else rule.counter_examples
