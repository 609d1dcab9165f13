"""A repository with a pull request, as every CI system gets it."""

from __future__ import annotations

import random

import pytest

from tests.conftest import Copied
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(8))


@pytest.fixture
def origin(copied: Copied) -> Repo:
    """A repository in which a pull request from `side` adds a key, as a file of a hostile name, to `main`."""
    return copied(asked_for)


def asked_for(repo: Repo) -> None:
    repo.save("a", "root")
    repo.branch("side")
    repo.checkout("side")
    repo.save("config,x:y%.py", f"key = '{KEY}'\n")
    repo.checkout("main")
    repo.save("b", "more")
    repo.push()
