"""Somebody who rotates a leaked key of OpenAI's at a command line, and all that there is around."""

from __future__ import annotations

import io
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from keyguard.pipeline.request import Verdict
from tests.conftest import Ran
from tests.support import keys
from tests.support.endpoints import openai
from tests.support.endpoints.organization import Organization
from tests.support.endpoints.server import StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

OLD = keys.service_account_key(random.Random(1))
OTHER = keys.service_account_key(random.Random(2))
ADMIN = keys.admin_key(random.Random(3))
MARK = Secret(OLD).fingerprint
INTO = ("--into", ".env:OPENAI_API_KEY")


@dataclass
class World:
    """A repository with a leaked key, the organisation that it belongs to, and the user at a command line."""

    repo: Repo
    app: Organization
    server: StandIn
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    printed: str = ""
    codes: list[int] = field(default_factory=list)

    def __call__(self, *arguments: str, terminal: str | None = None, stdin: str = "") -> Ran:
        """Run `keyguard rotate`; `terminal` is what somebody types there, `stdin` what comes from a pipe."""
        text = io.TextIOWrapper(io.BytesIO((stdin if terminal is None else terminal).encode()))
        self.monkeypatch.setattr(text, "isatty", lambda: terminal is not None, raising=False)
        self.monkeypatch.setattr(sys, "stdin", text)
        code = main(["rotate", *arguments], Placed({"openai": f"{self.server.url}/v1"}))
        said = self.capsys.readouterr()
        self.printed += said.out + said.err
        self.check_no_secret()
        self.codes.append(code)
        return Ran(code, said.out, said.err)

    def check_no_secret(self) -> None:
        """Nothing that was printed or kept holds a piece of a key; only the target files do."""
        kept = "".join(each.read_text() for each in self.journals)
        for key in (*self.app.keys, ADMIN):
            pieces = [key[start : start + 12] for start in range(14, len(key) - 14)]
            assert not any(piece in self.printed or piece in kept for piece in pieces)

    @property
    def journals(self) -> list[Path]:
        folder = Path(os.environ["XDG_STATE_HOME"]) / "keyguard" / "rotations"
        return sorted(folder.glob("*.json")) if folder.is_dir() else []

    @property
    def env(self) -> str:
        return (self.repo.top / ".env").read_text()

    @property
    def calls(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.server.seen]

    def check_rotated(self) -> None:
        """One working key beside the strangers', in the file; the old one is dead; at no moment was there none."""
        working = [each for each in self.app.owned.values() if each.account == "svc_ci"]
        assert [f"OPENAI_API_KEY={each.text}\n" for each in working] == [self.env]
        assert self.app.keys[OLD] is openai.Key.REVOKED
        assert all(alive for alive in self.app.alive)


FOUND: dict[Path, dict[str, Verdict]] = {}


def begun(place: Path) -> Repo:
    """Return the repository, with nothing in it but the file of the first commit."""
    if not place.exists():
        Repo(place).save("app.py", f"k = '{OLD}'\n")
    for path in place.iterdir():
        if path.name not in (".git", "app.py"):
            path.unlink()
    return Repo(place)


@contextmanager
def world_of(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", ADMIN)
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    repo.write(".env", f"OPENAI_API_KEY={OLD}\n")
    app = Organization({ADMIN: openai.Key.LIVE})
    app.add(OTHER, "svc_other", "proj_other")
    app.add(OLD)
    with StandIn(app) as server:
        yield World(repo, app, server, capsys, monkeypatch)
