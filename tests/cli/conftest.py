"""What the tests of `keyguard rotate` share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from keyguard.pipeline import lookup
from keyguard.pipeline.request import Verdict
from keyguard.pipeline.setup import Settings
from tests.support.repository import Repo
from tests.support.rotating import FOUND, OLD, World, begun, world_of


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a repository that the tests of this file share: each finds it as `begun` leaves it."""
    return tmp_path_factory.mktemp("place") / "repo"


@pytest.fixture
def world(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with world_of(begun(place), capsys, monkeypatch) as made:
        really, found = lookup.looked_for, FOUND.setdefault(place, {})

        def looked_for(wanted: Sequence[str], settings: Settings, *more: Any) -> Verdict:
            """Look for the same in the same files only once."""
            files = [(each.name, each.read_bytes()) for each in sorted(place.iterdir()) if each.is_file()]
            asked = repr((Path.cwd(), wanted, more, files))
            if asked not in found:
                found[asked] = really(wanted, settings, *more)
            return found[asked]

        monkeypatch.setattr(lookup, "looked_for", looked_for)
        yield made


@pytest.fixture
def own_world(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The same with a repository of its own, in which the key is really looked for each time."""
    repo.save("app.py", f"k = '{OLD}'\n")
    with world_of(repo, capsys, monkeypatch) as made:
        yield made
