"""What people are shown around a key that they decide on holds no key."""

from __future__ import annotations

import base64
import random

import pytest

from keyguard.detection.engine import Engine
from keyguard.git.repository import discover
from keyguard.model import Finding
from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings
from keyguard.pipeline.surroundings import around
from keyguard.rules import loader
from tests.support import credentials, keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(41))
OTHER = keys.anthropic_key(random.Random(42))


def shown(repo: Repo, *, history: bool = False) -> dict[str, list[tuple[int, str]]]:
    """Return what is shown around each key of a repository."""
    repository = discover(repo.top)
    assert repository is not None
    request = Request(paths=(repo.top,), worktree=not history, history=history)
    findings: tuple[Finding, ...] = run(request, Settings()).result.findings
    engine = Engine(loader.load(), bulk=False)
    return {each.secret.reveal(): around(each, repository, engine) for each in findings}


@pytest.mark.parametrize("history", [False, True])
def test_keys_are_taken_out_and_the_rest_is_left(repo: Repo, history: bool):
    encoded = base64.b64encode(OTHER.encode()).decode()
    repo.save("k.py", f"one\n密 = '{KEY}'; x\nthree = '{encoded}'\nfour\nfive\n")
    found = shown(repo, history=history)
    assert found[KEY] == [(1, "one"), (2, "密 = '…'; x"), (3, "three = '…'"), (4, "four")]
    assert found[OTHER][2] == (3, "three = '…'")


def test_nothing_is_shown_where_that_cannot_be_told_for_sure(repo: Repo):
    repo.write("wide", f"k = '{KEY}'\n".encode("utf-16"))
    repo.write("long", "x" * 600 + f" {OTHER}\n")
    assert list(shown(repo).values()) == [[], []]


def test_key_of_several_lines_is_taken_out_of_all_of_them(repo: Repo):
    pem = credentials.ed25519_pem(random.Random(1))
    repo.write("k.pem", f"before\n{pem}after\n")
    (lines,) = shown(repo).values()
    assert [line for _, line in lines if line != "…"] == ["before", "after", ""]
