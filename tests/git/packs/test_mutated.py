"""Whatever happens to a pack and its index: what is read is what git reads, and everything else is left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.git.packs.reader import Contents, delivered, history, oracle
from tests.support.repository import Repo


@dataclass(frozen=True)
class Sample:
    repo: Repo
    contents: Contents
    files: dict[str, bytes]
    folder: Path


@pytest.fixture(scope="module", params=["by offset", "by id"])
def sample(request, tmp_path_factory):
    repo = Repo(tmp_path_factory.mktemp("sample") / "repo")
    history(repo, 8)
    offsets = "true" if request.param == "by offset" else "false"
    repo.git("-c", f"repack.useDeltaBaseOffset={offsets}", "repack", "-adfq")
    folder = repo.git_dir / "objects/pack"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".idx", ".pack")}
    return Sample(repo, oracle(repo), files, folder)


@st.composite
def damage(draw: st.DrawFn, files: dict[str, bytes]) -> dict[str, bytes]:
    damaged = dict(files)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(files)))
        data = bytearray(damaged[name])
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(["flip", "flip", "flip", "set", "cut", "insert", "swap"])):
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "set":
                data[at : at + 8] = draw(st.binary(min_size=1, max_size=8))
            case "cut":
                del data[at:]
            case "insert":
                data[at:at] = draw(st.binary(max_size=30))
            case "swap":
                other = draw(st.integers(0, max(len(data) - 1, 0)))
                data[at : at + 20], data[other : other + 20] = data[other : other + 20], data[at : at + 20]
        damaged[name] = bytes(data)
    return damaged


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_damaged_packs(sample, data):
    shutil.rmtree(sample.folder)
    sample.folder.mkdir()
    for name, content in data.draw(damage(sample.files)).items():
        (sample.folder / name).write_bytes(content)
    found, _ = delivered(sample.repo, sample.contents, parts=2)
    odd = {each for each, content in found.items() if content != sample.contents[each]}
    assert {each: found[each] for each in odd} == (oracle(sample.repo, odd) if odd else {})
