"""The catalogue in one file says what the provider files say."""

from __future__ import annotations

import dataclasses
import hashlib
import marshal
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from keyguard.detection.gate import distinct
from keyguard.rules import built, compiled
from keyguard.rules.catalogue import Catalogue, Rule
from keyguard.rules.patterns import DeferredPattern
from tests.conftest import PROJECT
from tests.support import catalogues

ORIGINAL, WRITTEN = catalogues.believed(), catalogues.written()
GATE = compiled.gate_of(ORIGINAL)
HEAD = built.dumped(GATE, built.OWN)
SELDOM = ("examples", "counter_examples")


def test_two_builds_are_the_same_bytes():
    """Sets have another order in every process, unless told otherwise."""
    program = "import hashlib; from keyguard.rules import built, compiled, loader; "
    program += "print(hashlib.sha256(compiled.written(loader.believed(built.OWN), built.OWN)).hexdigest())"
    command = [sys.executable, "-P", "-c", program]
    environ = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(WRITTEN).hexdigest()


def plain(value: object) -> object:
    """A value in which patterns are their sources, since two patterns are never equal."""
    if isinstance(value, DeferredPattern):
        return value.source
    return fields(value) if isinstance(value, Rule) else value


def fields(rule: Rule) -> dict[str, object]:
    return {each.name: plain(getattr(rule, each.name)) for each in dataclasses.fields(rule) if each.name not in SELDOM}


@pytest.fixture
def read(tmp_path: Path) -> Catalogue:
    file = tmp_path / "catalogue.bin"
    file.write_bytes(WRITTEN)
    catalogue = compiled.load(built.OWN, file)
    assert catalogue is not None
    return catalogue


def test_everything_is_the_same(read: Catalogue) -> None:
    assert [provider.id for provider in read.providers] == [provider.id for provider in ORIGINAL.providers]
    for one, other in zip(read.providers, ORIGINAL.providers, strict=True):
        assert (one.name, one.console, one.docs, one.checked) == (other.name, other.console, other.docs, other.checked)
        assert one.advice == other.advice
        assert [fields(rule) for rule in one.rules] == [fields(rule) for rule in other.rules]


def test_what_is_read_late_is_the_same(read: Catalogue) -> None:
    for provider in ORIGINAL.providers[:3]:
        other = read.provider_by_id[provider.id]
        assert repr(dict(other.apis)) == repr(dict(provider.apis))
        for rule in provider.rules:
            own = read.by_id[rule.id]
            assert len(own.examples) == len(rule.examples) > 1
            assert [each.secret and len(each.secret) for each in own.counter_examples] == [None] * len(
                rule.counter_examples
            )


def test_other_provider_files_make_it_worthless(tmp_path: Path) -> None:
    folder, file = tmp_path / "providers", tmp_path / "catalogue.bin"
    folder.mkdir()
    (folder / "zz.toml").write_text("id = 'zz'\n")
    file.write_bytes(WRITTEN)
    assert compiled.load(folder, file) is None


@pytest.mark.parametrize("damage", [WRITTEN[:5], HEAD[:-5], HEAD, WRITTEN[:-3000], HEAD + b"no pickle"])
def test_so_does_damage(damage: bytes, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.bin"
    assert compiled.load(built.OWN, file) is None
    file.write_bytes(damage)
    assert compiled.load(built.OWN, file) is None


def test_nothing_but_keyguard_s_own_classes_is_made(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.bin"
    for harmful in (Path.cwd, print):
        file.write_bytes(HEAD + pickle.dumps(harmful))
        assert compiled.load(built.OWN, file) is None


def test_what_a_commit_is_looked_at_with_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.bin"
    assert built.gate(built.OWN, file) is None
    file.write_bytes(WRITTEN)
    assert built.gate(built.OWN, file) == GATE
    assert built.gate(tmp_path, file) is None
    assert GATE.entries == distinct(rule.gate for rule in ORIGINAL.rules)
    for damaged in (WRITTEN[:5], HEAD[:-5], marshal.dumps(built.state(built.OWN)) + marshal.dumps([1])):
        file.write_bytes(damaged)
        assert built.gate(built.OWN, file) is None
