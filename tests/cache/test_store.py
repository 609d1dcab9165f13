from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard import cache
from keyguard.cache import store


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "_place", lambda: tmp_path / "cache" / "keyguard")
    return tmp_path / "cache" / "keyguard"


def test_nothing_is_kept_at_first(base: Path) -> None:
    assert cache.read("kind-a") is None


def test_what_is_written_is_read_back_and_the_users_alone(base: Path) -> None:
    cache.write("kind-a", b"one")
    cache.write("kind-a", b"two")
    assert cache.read("kind-a") == b"two"
    assert [path.name for path in base.iterdir()] == ["kind-a"]
    assert base.stat().st_mode & 0o777 == 0o700
    assert (base / "kind-a").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 40])
def test_what_is_not_as_it_was_written_is_not_there(base: Path, damage: bytes) -> None:
    cache.write("kind-a", b"one")
    (base / "kind-a").write_bytes(damage)
    assert cache.read("kind-a") is None


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_folder_that_others_may_enter_is_not_used(base: Path, mode: int) -> None:
    base.mkdir(parents=True)
    base.chmod(mode)
    cache.write("kind-a", b"one")
    (base / "kind-b").write_bytes(b"planted")
    assert (cache.folder(), cache.read("kind-a"), cache.read("kind-b")) == (None, None, None)


def test_neither_folder_nor_file_may_be_a_link(base: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "elsewhere" / "kind-a").write_bytes(b"planted")
    base.parent.mkdir()
    base.symlink_to(tmp_path / "elsewhere")
    assert cache.read("kind-a") is None
    base.unlink()
    cache.write("kind-b", b"one")
    (base / "kind-a").symlink_to(tmp_path / "elsewhere" / "kind-a")
    assert (cache.read("kind-a"), cache.read("kind-b")) == (None, b"one")


def test_where_there_can_be_no_folder_nothing_is_kept(base: Path) -> None:
    base.parent.write_bytes(b"a file in its place")
    cache.write("kind-a", b"one")
    assert (cache.folder(), cache.read("kind-a")) == (None, None)


def test_the_oldest_of_a_kind_go(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 2)
    cache.write("other-1", b"")
    for age, name in ((30, "kind-1"), (20, "kind-2"), (10, "kind-3")):
        cache.write(name, b"")
        if (base / name).exists():
            os.utime(base / name, (1e9 - age, 1e9 - age))
    assert sorted(path.name for path in base.iterdir()) == ["kind-2", "kind-3", "other-1"]


def test_the_folder_is_where_the_system_has_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() == tmp_path / ".cache" / "keyguard"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert cache.folder() == tmp_path / "own" / "keyguard"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache.folder() == tmp_path / "Library" / "Caches" / "keyguard"
