from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from keyguard.errors import ConfigError, UsageError
from keyguard.git.repository import Repository, discover
from keyguard.incidents.identity import simple
from keyguard.incidents.ledger import Ledger
from keyguard.incidents.state import Kept, place
from keyguard.model import Incident
from tests.support.repository import Repo

ONE = Incident("kg1-" + "1" * 32, "openai-project-key")
KEPT = Ledger().having([ONE])


def at(folder: Path) -> Repository:
    found = discover(folder)
    assert found is not None
    return found


def kept_for(folder: Path) -> Ledger:
    return Kept(at(folder)).load()


@pytest.fixture
def known(repo: Repo) -> Repo:
    """A repository with a commit, a remote and an incident."""
    repo.save("a", "a")
    repo.git("remote", "add", "origin", "https://example.org/a/b.git")
    Kept(at(repo.top)).save(KEPT)
    return repo


def test_nothing_is_kept_at_first_and_reading_makes_nothing(repo: Repo):
    assert kept_for(repo.top) == Ledger()
    assert not place().exists()


def test_what_is_kept_is_the_users_alone(known: Repo):
    assert kept_for(known.top) == KEPT
    (file,) = place().iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (place(), place().parent)} == {0o700}


def test_another_repository_has_other_incidents(known: Repo, tmp_path: Path):
    other = Repo(tmp_path / "other")
    assert kept_for(other.top) == Ledger()
    other.save("b", "b")
    other.git("remote", "add", "origin", "https://example.org/a/b.git")
    assert kept_for(other.top) == Ledger()
    Kept(at(other.top)).save(Ledger())
    assert kept_for(known.top) == KEPT


def test_of_another_repository_only_whose_incidents_they_are_is_read(known: Repo, tmp_path: Path):
    """Each scan with a finding opens all that is kept on the machine, which may be of very many repositories."""
    (file,) = place().iterdir()
    other = Repo(tmp_path / "other")
    other.save("b", "b")
    Kept(at(other.top)).save(KEPT)
    file.write_bytes(file.read_bytes() + b"no incident\n")
    assert kept_for(other.top) == KEPT
    with pytest.raises(ConfigError, match=file.name):
        kept_for(known.top)


def test_a_fork_a_copy_and_a_clone(known: Repo, tmp_path: Path):
    for name, address, expected in (
        ("clone", "git@example.org:a/b", KEPT),
        ("fork", "https://example.org/c/b.git", Ledger()),
    ):
        shutil.copytree(known.top, tmp_path / name)
        Repo(tmp_path / name).git("remote", "set-url", "origin", address)
        assert kept_for(tmp_path / name) == expected, name


def test_one_that_was_moved_or_pushed_elsewhere(known: Repo, tmp_path: Path):
    known.git("remote", "set-url", "origin", "https://example.org/new/home")
    assert kept_for(known.top) == KEPT
    known.git("remote", "remove", "origin")
    Kept(at(known.top)).save(KEPT)
    shutil.copytree(known.top, tmp_path / "copy")
    assert kept_for(tmp_path / "copy") == Ledger()
    moved = known.top.rename(tmp_path / "moved")
    assert kept_for(moved) == KEPT


def test_one_that_was_made_anew_in_the_same_place(known: Repo):
    shutil.rmtree(known.top)
    other = Repo(known.top)
    assert kept_for(other.top) == Ledger()


def test_an_incident_of_before_the_first_commit_stays(repo: Repo):
    Kept(at(repo.top)).save(KEPT)
    repo.save("a", "a")
    assert kept_for(repo.top) == KEPT


@pytest.mark.parametrize("spoil", [lambda folder: folder.chmod(0o755), lambda folder: folder.rename(f"{folder}-x")])
def test_a_folder_of_others_is_not_used(known: Repo, spoil):
    spoil(place())
    if not place().exists():
        place().symlink_to(f"{place()}-x")
    assert kept_for(known.top) == Ledger()
    with pytest.raises(UsageError):
        Kept(at(known.top)).save(KEPT)


@pytest.mark.parametrize("text", ["x", "[repository]\n", "[repository]\nhome = ''\nplace = 1\n", "open = 1\n"])
def test_a_file_of_somebody_else_is_an_error_that_names_it(known: Repo, text: str):
    (file,) = place().iterdir()
    file.write_text(text)
    with pytest.raises(ConfigError, match=file.name):
        kept_for(known.top)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://user:pw@Example.org:8443/a/b.git/", "example.org/a/b"),
        ("ssh://git@example.org:22/a/b", "example.org/a/b"),
        ("git@example.org:a/b.git", "example.org/a/b"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("../a.git", "../a.git"),
        ("", ""),
    ],
)
def test_addresses_are_compared_by_what_stays(address: str, expected: str):
    assert simple(address) == expected
