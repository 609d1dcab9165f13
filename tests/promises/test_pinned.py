"""What tests and checks are run with is pinned by hash."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import PROJECT

LOCK = (PROJECT / "requirements-dev.txt").read_text("utf-8")
NAME = re.compile(r"[A-Za-z0-9._-]+")


def normal(requirement: str) -> str:
    found = NAME.match(requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def pinned() -> dict[str, str]:
    """Return the entries of the lock file by name: its version, its hashes and who needs it."""
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    return {normal(each): each for each in entries}


def test_every_requirement_is_pinned_by_hash():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = [*project["project"]["dependencies"], *groups["test"], *groups["lint"]]
    wanted += [each for each in groups["dev"] if isinstance(each, str)]
    wanted += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    locked = pinned()
    assert {normal(each) for each in wanted} <= set(locked), "write it anew with the command at its top"
    assert [name for name, entry in locked.items() if not re.match(r"\S+==\S+.*\\\n    --hash=sha256:", entry)] == []
