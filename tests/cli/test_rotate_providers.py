"""`keyguard rotate` for other providers than OpenAI: by the calls that their files state, as far as these reach."""

from __future__ import annotations

import io
import json
import random
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from keyguard.cli.main import main
from keyguard.model import Secret
from tests.conftest import Ran
from tests.support import keys
from tests.support.credentials import base62_token
from tests.support.endpoints import anthropic, faults
from tests.support.endpoints.limits import paged
from tests.support.endpoints.server import Answer, App, Seen, StandIn
from tests.support.endpoints.simple import Simple
from tests.support.endpoints.xai import MANAGEMENT, Xai, xai_key
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def rotate(repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Rotate this key of this provider, whose server this is."""
    monkeypatch.chdir(repo.top)

    def run(provider: str, server: StandIn, key: str, *arguments: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["rotate", Secret(key).fingerprint, "--yes", *arguments], Placed({provider: server.url}))
        said = capsys.readouterr()
        assert key[10:30] not in said.out + said.err
        return Ran(code, said.out, said.err)

    return run


@contextmanager
def serving(app: App) -> Iterator[StandIn]:
    with StandIn(app) as server:
        yield server


def leak(repo: Repo, key: str, name: str = "API_KEY") -> None:
    repo.save("config.py", f'{name} = "{key}"\n')
    repo.write(".env", f"{name}={key}\n")


def test_anthropic_sets_the_old_one_inactive_and_takes_the_new_one_by_hand(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old, new = (keys.anthropic_key(random.Random(seed)) for seed in (1, 2))
    admin = keys.anthropic_key(random.Random(3), "admin01")
    leak(repo, old, "ANTHROPIC_API_KEY")
    app = anthropic.Anthropic(dict.fromkeys((old, new, admin), anthropic.Key.LIVE))
    with serving(app) as server:
        assert rotate("anthropic", server, old, "--into", ".env:ANTHROPIC_API_KEY").code == 2  # no admin key
        monkeypatch.setenv("ANTHROPIC_ADMIN_KEY", admin)
        ran = rotate("anthropic", server, old, "--into", ".env:ANTHROPIC_API_KEY", stdin=f"{new}\n")
    assert ran.code == 0, ran
    assert (repo.top / ".env").read_text() == f"ANTHROPIC_API_KEY={new}\n"
    assert (app.keys[old], app.keys[new]) == (anthropic.Key.REVOKED, anthropic.Key.LIVE)
    changes = [seen for seen in server.seen if seen.method != "GET"]
    assert [json.loads(seen.body) for seen in changes] == [{"status": "inactive"}]


def openrouter(app: Simple, seen: Seen) -> Answer | None:
    shown = [
        {"hash": f"h{number}", "id": f"h{number}", "name": name, "label": f"{text[:12]}...{text[-3:]}"}
        for number, (name, text) in enumerate(app.made)
        if text in app.alive
    ]
    if seen.path == "/api/v1/keys" and seen.method == "GET":
        offset = int(seen.query.get("offset", 0))
        return Answer({"data": shown[offset : offset + 2]})
    if seen.path == "/api/v1/keys":
        name = json.loads(seen.body)["name"]
        return Answer({"data": {}, "key": app.make(name, keys.openrouter_key(random.Random(len(app.made))))}, 201)
    if seen.method == "DELETE":
        app.alive.remove(app.made[int(seen.path.rpartition("/h")[2])][1])
        return Answer({"deleted": True})
    if seen.path == "/api/v1/key" and seen.bearer in app.alive:
        return Answer({"data": {"label": "x"}})
    return Answer({"error": {"code": 401}}, 401)


def test_openrouter_by_its_management_key_and_again_after_a_lost_answer(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old = keys.openrouter_key(random.Random(77))
    leak(repo, old)
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", "m" * 40)
    app = Simple([], openrouter)
    for number in range(3):
        app.make(f"other {number}", keys.openrouter_key(random.Random(100 + number)))
    app.make("old", old)

    def lost(handler: Any, seen: Seen) -> bool:
        return seen.method == "POST" and faults.done_then(faults.dropped)(handler, seen)

    with serving(app) as server:
        server.always = lost
        assert rotate("openrouter", server, old, "--into", ".env:API_KEY").code == 3
        server.always = None
        assert len(app.alive) == 5
        assert rotate("openrouter", server, old).code == 0
    assert len(app.alive) == 4
    assert old not in app.alive
    assert (repo.top / ".env").read_text() == f"API_KEY={app.alive[-1]}\n"


XAI = ("--into", ".env:XAI_API_KEY", "--with", "team=team-1")


def xai_with(repo: Repo, monkeypatch: pytest.MonkeyPatch, old: str) -> Xai:
    leak(repo, old, "XAI_API_KEY")
    monkeypatch.setenv("XAI_MANAGEMENT_KEY", MANAGEMENT)
    app = Xai()
    for number, text in enumerate((xai_key(1), xai_key(2), xai_key(3), old)):
        app.make(f"key {number}", text)
    return app


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_xai_by_its_management_key_which_no_command_is_given(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old = xai_key(5)
    app = xai_with(repo, monkeypatch, old)
    told = repo.top.parent / "told"
    with serving(app) as server:
        assert rotate("xai", server, old, *XAI[:2]).code == 2  # which team?
        assert rotate("xai", server, old, *XAI, "--scope", "chat").code == 2
        assert rotate("xai", server, old, *XAI, "--expires-in", "9").code == 2
        ran = rotate("xai", server, old, *XAI, "--into", f"command:env > {told}")
    assert ran.code == 0, ran
    assert old not in app.alive
    assert (repo.top / ".env").read_text() == f"XAI_API_KEY={app.alive[-1]}\n"
    assert len(app.alive) == 4
    assert MANAGEMENT not in told.read_text()
    changes = [f"{seen.method} {seen.path}" for seen in server.seen if seen.method != "GET"]
    assert changes == ["POST /auth/teams/team-1/api-keys", "DELETE /auth/api-keys/id-3"]


def test_the_command_that_goes_on_has_what_it_needs(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old = xai_key(5)
    xai_with(repo, monkeypatch, old)
    (repo.top / ".env").unlink()
    repo.write(".gitignore", "*.env\n")
    repo.write("my own.env", f"XAI_API_KEY={old}\n")
    with serving(Xai()) as server:
        server.app = app = xai_with(repo, monkeypatch, old)
        server.always = lambda handler, seen: seen.method == "POST" and faults.answered(500, {})(handler, seen)
        ran = rotate("xai", server, old, "--into", "my own.env:XAI_API_KEY", *XAI[2:], "--path", "my own.env")
        assert ran.code == 3
        (command,) = [line.partition("go on with: ")[2] for line in ran.stderr.splitlines() if "go on with" in line]
        mark = Secret(old).fingerprint
        assert command == f"keyguard rotate {mark} --path 'my own.env' --with team=team-1"
        server.always = None
        assert rotate("xai", server, old, *shlex.split(command)[3:]).code == 0
    assert old not in app.alive


def test_xai_keys_with_the_same_ends_are_not_guessed(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old = xai_key(5)
    app = xai_with(repo, monkeypatch, old)
    twin = app.make("twin", old[:4] + xai_key(6)[4:-4] + old[-4:])
    with serving(app) as server:
        ran = rotate("xai", server, old, *XAI)
        assert (ran.code, "--key-id: id-3, id-4" in ran.stderr) == (2, True)
        for ends in ("{start}****", "{end}", ""):
            app.ends = ends
            ran = rotate("xai", server, old, *XAI)
            assert (ran.code, "lists no key" in ran.stderr) == (2, True)
        assert {seen.method for seen in server.seen} == {"GET"}
        app.ends = "{start}**{end}"
        assert rotate("xai", server, old, *XAI, "--key-id", "id-3").code == 0
    assert twin in app.alive
    assert old not in app.alive


def test_xai_goes_on_where_the_last_key_is_gone_and_the_answer_was_lost(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old = xai_key(5)
    leak(repo, old, "XAI_API_KEY")
    monkeypatch.setenv("XAI_MANAGEMENT_API_KEY", MANAGEMENT)
    app = Xai()
    app.make("old", old)

    def lost(handler: Any, seen: Seen) -> bool:
        return seen.method == "DELETE" and faults.done_then(faults.dropped)(handler, seen)

    with serving(app) as server:
        server.always = lost
        assert rotate("xai", server, old, *XAI, "--revoke-first").code == 3
        assert app.alive == []
        server.always = None
        ran = rotate("xai", server, old, *XAI[2:])
    assert ran.code == 0, ran
    assert (repo.top / ".env").read_text() == f"XAI_API_KEY={app.alive[0]}\n"


@pytest.mark.parametrize(
    "document",
    [
        [], {"apiKeys": None}, {"apiKeys": {}}, {"apiKeys": ["x"]}, {"apiKeys": [{"name": "no id"}]}, {"error": "x"},
    ],
)  # fmt: skip
def test_a_list_that_is_not_understood_ends_it_before_anything_is_changed(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, document: Any
):
    old = xai_key(5)
    leak(repo, old, "XAI_API_KEY")
    monkeypatch.setenv("XAI_MANAGEMENT_API_KEY", MANAGEMENT)
    with serving(lambda _seen: Answer(document)) as server:
        ran = rotate("xai", server, old, *XAI)
        assert (ran.code, "not understood" in ran.stderr) == (3, True)
        assert {seen.method for seen in server.seen} == {"GET"}


def perplexity(app: Simple, seen: Seen) -> Answer | None:
    if seen.bearer not in app.alive:
        return Answer({"error": "unauthorized"}, 401)
    if seen.path == "/generate_auth_token":
        name = json.loads(seen.body)["token_name"]
        return Answer({"auth_token": app.make(name, "pplx-" + keys.text(random.Random(5), keys.ALNUM, 48))})
    if seen.path == "/revoke_auth_token":
        app.alive.remove(json.loads(seen.body)["auth_token"])
        return Answer({})
    return None


def test_perplexity_by_the_leaked_key_itself_whose_death_is_not_seen(repo: Repo, rotate: Callable[..., Ran]):
    old = "pplx-" + keys.text(random.Random(4), keys.ALNUM, 48)
    leak(repo, old, "PPLX_API_KEY")
    app = Simple([old], perplexity)
    with serving(app) as server:
        ran = rotate("perplexity", server, old, "--into", ".env:PPLX_API_KEY")
    assert ran.code == 0, ran
    assert "its death was not seen" in ran.stdout
    assert app.alive == [app.made[0][1]]
    assert (repo.top / ".env").read_text() == f"PPLX_API_KEY={app.made[0][1]}\n"


def test_perplexity_lists_no_keys_so_that_a_lost_one_is_told_by_its_name(repo: Repo, rotate: Callable[..., Ran]):
    old = "pplx-" + keys.text(random.Random(4), keys.ALNUM, 48)
    leak(repo, old, "PPLX_API_KEY")
    app = Simple([old], perplexity)
    with serving(app) as server:
        server.always = lambda handler, seen: (
            seen.path == "/generate_auth_token" and faults.done_then(faults.dropped)(handler, seen)
        )
        assert rotate("perplexity", server, old, "--into", ".env:PPLX_API_KEY").code == 3
        server.always = None
        ran = rotate("perplexity", server, old)
    assert (ran.code, f"a key named {app.made[0][0]}," in ran.stdout) == (0, True)
    assert app.made[0][0] != app.made[1][0]


def test_perplexity_goes_on_after_a_lost_answer_and_makes_no_key_with_a_dead_one(
    repo: Repo, rotate: Callable[..., Ran]
):
    old, new = ("pplx-" + keys.text(random.Random(seed), keys.ALNUM, 48) for seed in (4, 6))
    leak(repo, old, "PPLX_API_KEY")
    app = Simple([old, new], perplexity)

    def lost(handler: Any, seen: Seen) -> bool:
        return seen.path == "/revoke_auth_token" and faults.done_then(faults.dropped)(handler, seen)

    with serving(app) as server:
        server.always = lost
        assert rotate("perplexity", server, old, "--into", ".env:PPLX_API_KEY", "--revoke-first").code == 3
        assert app.alive == [new]
        server.always = None
        ran = rotate("perplexity", server, old, stdin=f"{new}\n")
    assert ran.code == 0, ran
    assert app.made == []
    assert (repo.top / ".env").read_text() == f"PPLX_API_KEY={new}\n"


def public(app: Simple, seen: Seen) -> Answer | None:
    """Take back whatever anybody sends, as GitHub and Hugging Face do, and say who somebody is."""
    if seen.path.endswith("credentials/revoke"):
        assert "authorization" not in seen.headers
        app.alive = [each for each in app.alive if each not in json.loads(seen.body)["credentials"]]
        return Answer({}, 202)
    if seen.path == "/oauth/revoke":
        app.alive.remove(json.loads(seen.body)["token"])
        return Answer({})
    if seen.bearer in app.alive:
        return Answer({"name": "ada", "login": "ada", "type": "user", "auth": {}})
    return Answer({"error": "Invalid username or password.", "message": "Bad credentials"}, 401)


def test_hugging_face_by_the_public_address(repo: Repo, rotate: Callable[..., Ran]):
    old, new = (keys.huggingface_token(random.Random(seed)) for seed in (1, 2))
    leak(repo, old, "HF_TOKEN")
    app = Simple([old, new], public)
    with serving(app) as server:
        ran = rotate("huggingface", server, old, "--into", ".env:HF_TOKEN", stdin=f"{new}\n")
    assert ran.code == 0, ran
    assert app.alive == [new]
    assert (repo.top / ".env").read_text() == f"HF_TOKEN={new}\n"


def test_github_by_the_public_address_and_by_hand_from_start_to_end(
    repo: Repo, rotate: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
):
    old, new = (base62_token(random.Random(seed)) for seed in (1, 2))
    leak(repo, old, "GITHUB_TOKEN")
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    app = Simple([old, new], public)
    into = ("--into", ".env:GITHUB_TOKEN")
    with serving(app) as server:
        assert rotate("github", server, old, *into).code == 3  # nothing was pasted
        assert rotate("github", server, old, *into, stdin=f"{old}\n").code == 3
        assert (repo.top / ".env").read_text() == f"GITHUB_TOKEN={old}\n"
        assert opened == []
        ran = rotate("github", server, old, "--open", stdin=f"{new}\n")
    assert ran.code == 0, ran
    assert app.alive == [new]
    assert (repo.top / ".env").read_text() == f"GITHUB_TOKEN={new}\n"
    assert [f"{seen.method} {seen.path}" for seen in server.seen] == [
        "GET /user",
        "POST /credentials/revoke",
        "GET /user",
    ]
    assert json.loads(server.seen[1].body) == {"credentials": [old]}
    assert opened == ["https://github.com/settings/tokens"]


def test_a_login_of_codex_is_revoked_and_made_anew_by_hand(repo: Repo, rotate: Callable[..., Ran]):
    old = "rt_" + keys.text(random.Random(1), keys.ALNUM, 44) + "." + keys.text(random.Random(2), keys.ALNUM, 43)
    repo.save("auth.json", json.dumps({"tokens": {"refresh_token": old, "account_id": None}}))
    app = Simple([old], public)
    with serving(app) as server:
        ran = rotate("openai", server, old, "--revoke-first")
    assert ran.code == 0, ran
    assert app.alive == []


@pytest.mark.parametrize(
    ("provider", "variable", "key", "commands"),
    [
        (
            "azure",
            "AZURE_OPENAI_API_KEY",
            keys.azure_key,
            ["az cognitiveservices account keys regenerate", "az cognitiveservices account keys list"],
        ),
        (
            "aws",
            "AWS_SECRET_ACCESS_KEY",
            lambda rng: keys.text(rng, keys.ALNUM, 40),
            ["aws iam create-access-key", "aws iam update-access-key", "aws iam list-access-keys"],
        ),
        (
            "google",
            "GEMINI_API_KEY",
            keys.google_key,
            ["gcloud services api-keys create", "gcloud services api-keys delete", "gcloud services api-keys list"],
        ),
    ],
    ids=["azure", "aws", "google"],
)
def test_what_no_api_rotates_is_guided(
    repo: Repo,
    rotate: Callable[..., Ran],
    provider: str,
    variable: str,
    key: Callable[[random.Random], str],
    commands: list[str],
):
    old = key(random.Random(1))
    leak(repo, old, variable)
    with serving(lambda _seen: Answer(paged([], {}))) as server:
        ran = rotate(provider, server, old, "--into", f".env:{variable}")
        assert server.seen == []
    assert ran.code == 3
    assert [each for each in commands if each not in ran.stdout] == []
    assert "Page: https://" in ran.stdout
