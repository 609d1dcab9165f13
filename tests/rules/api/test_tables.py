"""What the reader makes of sound tables, for whom they hold, and when they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.model import Live
from keyguard.rules.api import sections
from keyguard.rules.api.answers import read_answers
from keyguard.rules.api.values import (
    Answer,
    Api,
    Caller,
    Condition,
    Creation,
    NoCall,
    NoProbe,
    Probe,
    Revocation,
)
from keyguard.rules.api.why import Why
from keyguard.rules.fields import Fields
from keyguard.rules.loader import load_file
from tests.rules.api.sample import COMMAND, CREATE, REVOKE, SOUND, VERIFY, of_rule
from tests.rules.sample import GUIDE, HEAD, RULE, written

SECOND = RULE.replace('"acme-key"', '"acme-other"')


def apis(folder: Path, text: str, *, believed: bool = False) -> dict[str, Api]:
    return dict(load_file(written(folder, text), believed=believed).apis)


def test_nothing_is_known_where_nothing_is_said(tmp_path: Path):
    assert apis(tmp_path, HEAD + RULE + GUIDE) == {"acme-key": Api()}


def test_a_check_arrives_as_it_is_written(tmp_path: Path):
    probe = apis(tmp_path, SOUND)["acme-key"].verify
    assert isinstance(probe, Probe)
    request = probe.request
    assert (request.method, request.host) == ("POST", "api.acme.example")
    assert request.url == "https://api.acme.example/v1/{account}/whoami?limit=1"
    assert request.headers == {"X-Key": "{secret}", "Acme-Version": "2"}
    assert request.body == {"query": "query { me { id } }", "deep": [{"flag": True, "count": 3}]}
    assert request.part is not None
    assert request.part.search(b"x=acme_" + b"0" * 20)
    assert request.placeholders == ("account", "secret")
    assert (probe.needs, probe.also, probe.self_hosted) == (("account",), ("eu.acme.example",), False)
    assert (probe.sureness, probe.source) == ("likely", "https://acme.example/docs/whoami")


def test_answers_keep_their_order_and_their_conditions(tmp_path: Path):
    probe = apis(tmp_path, SOUND)["acme-key"].verify
    assert isinstance(probe, Probe)
    live = Condition((200,), {("ok",): (True, 1), ("data", "0", "kind"): ("key",)}, {}, (("data", "id"),))
    assert probe.answers[0] == Answer(live, Live.LIVE)
    assert probe.answers[1].when.holds == {("error", "message"): ("scope", "right")}
    assert [answer.means.value for answer in probe.answers[1:]] == [
        "live-restricted", "revoked", "live-no-credit", "unknown",
    ]  # fmt: skip
    assert [answer.when.plain for answer in probe.answers] == [False, False, False, True, True]


def test_calls_arrive_as_they_are_written(tmp_path: Path):
    api = apis(tmp_path, SOUND)["acme-key"]
    revoke, create = api.revoke, api.create
    assert isinstance(revoke, Revocation)
    assert isinstance(create, Creation)
    assert revoke.request is not None
    assert create.request is not None
    assert (revoke.by, revoke.irreversible, revoke.command) == (Caller.ADMIN_KEY, False, None)
    assert revoke.find == "GET https://api.acme.example/v1/keys?limit=9"
    assert (revoke.request.basic, revoke.request.form) == ("admin:{admin-key}", {"why": "leaked {key-id}"})
    assert revoke.success == Condition((200, 204), {("deleted",): (True,)}, {}, ())
    assert (create.by, create.request.method, create.ends_old) == (Caller.LOGIN, "PUT", True)
    assert (create.secret_at, create.find) == (("key", "value"), None)


def test_a_command_takes_the_place_of_a_request(tmp_path: Path):
    revoke = apis(tmp_path, SOUND.replace(REVOKE, COMMAND))["acme-key"].revoke
    assert isinstance(revoke, Revocation)
    assert (revoke.command, revoke.request, revoke.success) == ("acme keys delete {key-id}", None, None)
    assert revoke.find == "acme keys list"


def test_a_rules_own_table_replaces_the_providers(tmp_path: Path):
    own = of_rule('[verify]\nnone = "single-use"\ncommand = "acme whoami"\n') + of_rule("[revoke]\nnone = true\n")
    found = apis(tmp_path, HEAD + RULE + own + SECOND + VERIFY + REVOKE + CREATE + GUIDE)
    assert found["acme-key"].verify == NoProbe(Why.SINGLE_USE, "acme whoami")
    assert found["acme-key"].revoke == NoCall()
    assert isinstance(found["acme-key"].create, Creation)
    assert isinstance(found["acme-other"].verify, Probe)
    assert isinstance(found["acme-other"].revoke, Revocation)


@pytest.mark.parametrize("why", Why)
def test_every_reason_may_be_given(tmp_path: Path, why: Why):
    assert apis(tmp_path, SOUND.replace(VERIFY, f'[verify]\nnone = "{why}"\n'))["acme-key"].verify == NoProbe(why)


def test_a_believed_file_is_read_when_somebody_asks(tmp_path: Path):
    broken = written(tmp_path, SOUND.replace("DELETE https", "DELETE http"))
    with pytest.raises(RuleError, match="revoke: request"):
        load_file(broken)
    provider = load_file(broken, believed=True)
    with pytest.raises(RuleError, match="revoke: request"):
        provider.apis["acme-key"]


def test_it_is_read_as_one_that_is_not_believed(tmp_path: Path):
    text = HEAD + RULE + of_rule(VERIFY) + SECOND + REVOKE + CREATE + GUIDE
    late, at_once = apis(tmp_path, text, believed=True), apis(tmp_path, text)
    assert repr(late) == repr(at_once)  # patterns equal only what is the same object


@pytest.mark.parametrize("end", ["", "\n", "\n# the end"])
def test_only_the_sections_of_the_api_are_left_out(end: str):
    text = f"{HEAD}{RULE}{of_rule(VERIFY)}{SECOND}{REVOKE}{GUIDE}[verifying]\na = 1\n[guide.create]\n{CREATE}"
    left = sections.without(text.rstrip("\n") + end)
    assert left == f"{HEAD}{RULE}{SECOND}{GUIDE}[verifying]\na = 1\n[guide.create]"
    assert sections.without(left) == left


LIVE = {"status": 204, "means": "live"}


def answers(*given: dict[str, object]) -> tuple[Answer, ...]:
    return read_answers(Fields({"answers": [*given, LIVE]}, "a"))


@pytest.mark.parametrize("status", [200, 299, 400, 402, 499])
def test_a_code_that_says_something_of_the_key(status: int):
    assert answers({"status": status, "means": "unknown"})[0].when.status == (status,)


@pytest.mark.parametrize("status", [0, 199, 300, 399, 500, [], [200, 500], "200", 200.0, True, None])
def test_a_code_that_says_nothing_of_the_key(status: object):
    with pytest.raises(RuleError, match="has to be a code"):
        answers({"status": status, "means": "unknown"})


@pytest.mark.parametrize(("status", "proves"), [(200, True), (299, True), (402, True), (400, False), (499, False)])
def test_by_its_code_alone_only_success_or_a_debt_proves_life(status: int, proves: bool):
    for means in ("live", "live-restricted", "live-no-credit"):
        if proves:
            assert answers({"status": status, "means": means})[0].means.value == means
        else:
            with pytest.raises(RuleError, match="prove life"):
                answers({"status": status, "means": means})
        assert answers({"status": status, "has": ["a.b"], "means": means})[0].when.has == (("a", "b"),)


def test_an_answer_is_reached_as_long_as_one_of_its_codes_is_open():
    plain, both = {"status": 401, "means": "unknown"}, {"status": [401, 404], "has": ["a"], "means": "unknown"}
    other = {"status": 404, "means": "unknown"}
    assert len(answers(plain, both, other)) == 4
    assert len(answers(both, both, plain, other)) == 5
    for unreached in ((plain, other, both), (plain, plain), (other, plain, plain)):
        with pytest.raises(RuleError, match=f"number {len(unreached)} is never reached"):
            answers(*unreached)
