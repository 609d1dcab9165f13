"""`--proxy` of `rotate` and `verify`: everything goes through a tunnel of the proxy, and without it nothing does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from tests.support import keys, tls
from tests.support.endpoints import faults, openai
from tests.support.endpoints.organization import Organization
from tests.support.endpoints.server import Answer, StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
OLD = keys.service_account_key(random.Random(1))
ADMIN = keys.admin_key(random.Random(3))
MARK = Secret(OLD).fingerprint


def test_a_rotation_and_a_check_through_a_proxy(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    own = tls.certificate(tmp_path, "own")
    monkeypatch.chdir(repo.top)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", ADMIN)
    monkeypatch.setenv("SSL_CERT_FILE", f"{own}.crt")
    repo.write(".env", f"OPENAI_API_KEY={OLD}\n")
    app = Organization({ADMIN: openai.Key.LIVE}, projects={"proj_app": "App"})
    app.add(OLD)
    rotate = ["rotate", MARK, "--into", ".env:OPENAI_API_KEY", "--yes"]
    with (
        StandIn(lambda _seen: Answer({}), always=faults.tunnelling) as between,
        StandIn(app, certificate=own) as server,
    ):
        addresses = Placed({"openai": f"{server.url}/v1"})
        assert main([*rotate, "--proxy"], addresses) == 2  # nothing says which
        monkeypatch.setenv("HTTPS_PROXY", between.url)
        assert main(["verify", MARK, "--path", ".env"], addresses) == 1
        assert (len(server.seen), between.seen) == (1, [])
        assert main(["verify", MARK, "--path", ".env", "--proxy"], addresses) == 1
        assert (len(server.seen), len(between.seen)) == (2, 1)
        assert main([*rotate, "--proxy"], addresses) == 0
        assert app.keys[OLD] is openai.Key.REVOKED
        assert len(server.seen) - 2 == len(between.seen) - 1
        assert {seen.method for seen in between.seen} == {"CONNECT"}
        assert not any(key in str(between.seen) for key in app.keys)
