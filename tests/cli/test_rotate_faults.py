"""A fault at every request of a rotation, of every kind; going on ends right, and at no moment was there no key."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from keyguard.pipeline import lookup
from keyguard.rotation.issuers.openai import sdk, usage
from tests.support import keys
from tests.support.crashing import Forks
from tests.support.endpoints import faults, openai
from tests.support.endpoints.organization import Organization
from tests.support.endpoints.server import Fault, Handler, Seen, StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
OLD = keys.service_account_key(random.Random(1))
ADMIN = keys.admin_key(random.Random(3))
MARK = Secret(OLD).fingerprint
KEYS = "/v1/organization/projects/proj_app/api_keys"
ACCOUNTS = [("GET", "/v1/organization/usage/completions", 1), ("GET", "/v1/organization/costs", 1)]
"""What the key did: a rotation goes on without it."""
READS = [
    ("GET", "/v1/organization/projects", 1),
    ("GET", KEYS, 1),
    ("GET", "/v1/organization/audit_logs", 1),
    ("GET", "/v1/models", 1),
    ("GET", KEYS, 2),
    ("GET", KEYS, 3),
    ("GET", "/v1/models", 2),
]
"""What else only asks, and which of the requests of that kind is meant."""
CHANGES = [
    ("POST", "/v1/organization/projects/proj_app/service_accounts/svc_ci/api_keys", 1),
    ("DELETE", f"{KEYS}/key_0001", 1),
]
STEPS = [*ACCOUNTS, *READS, *CHANGES]
LISTS = [each for each in READS if each[1] != "/v1/models"]
"""What OpenAI's package asks; the models are asked as `keyguard verify` does it, whose tests have its time-outs."""
Where = tuple[str, str, int]


@dataclass
class At:
    """Lets a fault happen at one request, so many times in a row."""

    where: Where
    fault: Fault
    times: int = 1
    seen: int = 0
    happened: int = 0

    def __call__(self, handler: Handler, seen: Seen) -> bool:
        method, path, number = self.where
        if (seen.method, seen.path) != (method, path):
            return False
        self.seen += 1
        if self.seen < number or self.happened >= self.times:
            return False
        self.happened += 1
        return self.fault(handler, seen)


@dataclass
class Stage:
    """One place for all cases: the server and the repository stay, what they hold begins anew."""

    repo: Repo
    server: StandIn

    def begin(self) -> Organization:
        app = Organization({ADMIN: openai.Key.LIVE}, projects={"proj_app": "App"})
        app.add(OLD)
        self.server.app, self.server.always = app, None
        self.repo.write(".env", f"OPENAI_API_KEY={OLD}\n")
        shutil.rmtree(os.environ["XDG_STATE_HOME"], ignore_errors=True)
        return app

    @property
    def bases(self) -> dict[str, str]:
        return {"openai": f"{self.server.url}/v1"}

    def here(self, *arguments: str) -> int:
        return main(["rotate", MARK, *arguments], Placed(self.bases))


@pytest.fixture
def stage(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", ADMIN)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.0)
    monkeypatch.setattr(sdk, "SECONDS", 0.5)
    monkeypatch.setattr(usage, "USAGE", ("completions",))
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    repo.save("app.py", f"k = '{OLD}'\n")
    found = cache(lookup.looked_for)
    monkeypatch.setattr(lookup, "looked_for", lambda wanted, settings, *_: found(tuple(wanted), settings))
    with StandIn(Organization()) as server:
        yield Stage(repo, server)


def check_ended(stage: Stage, app: Organization, case: object) -> None:
    working = [each.text for each in app.owned.values()]
    assert len(working) == 1, case
    assert (stage.repo.top / ".env").read_text() == f"OPENAI_API_KEY={working[0]}\n", case
    assert app.keys[OLD] is openai.Key.REVOKED, case
    assert all(app.alive), case
    left = [each.name for each in stage.repo.top.iterdir() if each.name not in (".git", ".env", "app.py")]
    assert left == [], case
    kept = "".join(each.read_text() for each in Path(os.environ["XDG_STATE_HOME"]).rglob("*.json"))
    assert not any(key[20:40] in kept for key in app.keys), case


def go_through(
    stage: Stage, wheres: list[Where], fault: Fault, run: Callable[..., int], codes: set[int], times: int = 1
):
    for where in wheres:
        app = stage.begin()
        at = At(where, fault, times)
        stage.server.always = at
        first = run("--into", ".env:OPENAI_API_KEY", "--yes")
        assert at.happened == times, where
        assert first in codes, (where, first)
        assert stage.here("--into", ".env:OPENAI_API_KEY", "--yes") == 0, where
        check_ended(stage, app, where)


ILL = faults.answered(500, {"error": {"message": "ill", "type": "server_error", "code": None}})


def test_the_list_of_requests_is_whole(stage: Stage):
    app = stage.begin()
    assert stage.here("--into", ".env:OPENAI_API_KEY", "--yes") == 0
    check_ended(stage, app, "no fault")
    paths = {(seen.method, seen.path) for seen in stage.server.seen}
    assert paths == {(method, path) for method, path, _ in (*ACCOUNTS, *READS, *CHANGES)}


def test_answers_of_an_ill_server(stage: Stage):
    go_through(stage, ACCOUNTS, ILL, stage.here, {0}, times=3)
    go_through(stage, READS, ILL, stage.here, {0, 3}, times=3)
    go_through(stage, CHANGES, ILL, stage.here, {3})


def test_changes_that_are_made_and_answered_by_nothing(stage: Stage):
    go_through(stage, CHANGES, faults.done_then(ILL), stage.here, {3})
    go_through(stage, CHANGES, faults.done_then(faults.dropped), stage.here, {3})
    go_through(stage, CHANGES, faults.done_then(faults.slow(5)), stage.here, {3})


def test_answers_that_come_too_late_are_asked_for_again(stage: Stage):
    go_through(stage, LISTS, faults.slow(5), stage.here, {0})


def test_answers_about_the_past_that_do_not_come(stage: Stage):
    go_through(stage, ACCOUNTS, faults.slow(5), stage.here, {0}, times=3)
    go_through(stage, ACCOUNTS, faults.dropped, stage.here, {0}, times=3)


def test_ctrl_c(stage: Stage):
    go_through(stage, STEPS, faults.interrupting, stage.here, {130})
    go_through(stage, CHANGES, faults.done_then(faults.interrupting), stage.here, {130})


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_crash_of_our_own_process(stage: Stage):
    with Forks() as forks:
        kill = faults.killing(forks.process)

        def there(*arguments: str) -> int:
            return forks.run(["rotate", MARK, *arguments], stage.bases)

        go_through(stage, STEPS, kill, there, {-9})
        go_through(stage, CHANGES, faults.done_then(kill), there, {-9})
        _between_two_targets(stage, there)


def _between_two_targets(stage: Stage, run: Callable[..., int]) -> None:
    app, flag, stored = stage.begin(), stage.repo.top.parent / "flag", stage.repo.top.parent / "stored"
    command = f"command:cat > {stored}; test -e {flag} || {{ touch {flag}; kill -9 $PPID; }}"
    assert run("--into", ".env:OPENAI_API_KEY", "--into", command, "--yes") == -9
    assert len(app.owned) == 2
    assert stage.here("--yes") == 0
    check_ended(stage, app, "between two targets")
    assert stored.read_text() in app.keys
    assert stored.read_text() in (stage.repo.top / ".env").read_text()
