"""Many keys against stand-ins of their providers: each asked once, again where that may help, and within its time."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from keyguard.model import Live, LiveCheck, Secret
from keyguard.rules import loader
from keyguard.rules.api.values import Probe
from keyguard.verification.asking import Patience
from keyguard.verification.question import Question, questioned
from keyguard.verification.run import ask_all
from tests.support import keys
from tests.support.endpoints import anthropic, faults, openai
from tests.support.endpoints.limits import Allowance
from tests.support.endpoints.server import Answer, Fault, Seen, StandIn
from tests.support.keyguard_with_endpoints import Placed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
QUICK = Patience(overall=10, per_key=5, answer=2, pause=0.01, interval=0.0)
KEY = keys.project_key(random.Random(11))


def question(kind: str, key: str) -> Question:
    rule = loader.load().by_id[kind]
    made = questioned(rule.provider, loader.load().provider_by_id[rule.provider].apis[kind], Secret(key), {})
    assert isinstance(made, Question)
    return made


def ask(server: StandIn, kind: str, key: str, patience: Patience = QUICK) -> LiveCheck:
    asked = question(kind, key)
    return ask_all([asked], Placed({asked.provider: server.url}), patience).checks[asked]


@pytest.mark.parametrize(
    ("state", "means"),
    [
        (openai.Key.LIVE, Live.LIVE),
        (openai.Key.NO_MODELS_SCOPE, Live.RESTRICTED),
        (openai.Key.NO_SCOPES, Live.RESTRICTED),
        (openai.Key.OTHER_ADDRESS, Live.RESTRICTED),
        (openai.Key.NO_CREDIT, Live.NO_CREDIT),
        (openai.Key.BUSY, Live.LIVE),
        (openai.Key.REVOKED, Live.REVOKED),
        (openai.Key.DEACTIVATED, Live.UNKNOWN),
        (openai.Key.WRONG_COUNTRY, Live.UNKNOWN),
    ],
)
def test_the_states_of_openais_keys(state: openai.Key, means: Live):
    with StandIn(openai.OpenAI({KEY: state})) as server:
        check = ask(server, "openai-project-key", KEY)
    assert (check.state, check.hosts) == (means, ("api.openai.com",))
    assert check.at is not None
    assert not any(KEY[start : start + 8] in check.why for start in range(8, len(KEY) - 8))


@pytest.mark.parametrize(
    ("state", "means"),
    [
        (anthropic.Key.LIVE, Live.LIVE),
        (anthropic.Key.RESTRICTED, Live.RESTRICTED),
        (anthropic.Key.NO_CREDIT, Live.NO_CREDIT),
        (anthropic.Key.BUSY, Live.LIVE),
        (anthropic.Key.OVERLOADED, Live.UNKNOWN),
        (anthropic.Key.REVOKED, Live.REVOKED),
    ],
)
def test_the_states_of_anthropics_keys(state: anthropic.Key, means: Live):
    for kind, prefix in (("anthropic-api-key", "api03"), ("anthropic-admin-key", "admin01")):
        key = keys.anthropic_key(random.Random(2), prefix)
        with StandIn(anthropic.Anthropic({key: state})) as server:
            wanted = Live.UNKNOWN if state is anthropic.Key.NO_CREDIT and prefix == "admin01" else means
            assert ask(server, kind, key).state is wanted


def test_an_admin_key_is_asked_about_as_one():
    key = keys.admin_key(random.Random(4))
    with StandIn(openai.OpenAI({key: openai.Key.LIVE})) as server:
        assert ask(server, "openai-admin-key", key).state is Live.LIVE
    assert [each.path for each in server.seen] == ["/v1/organization/admin_api_keys"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.answered(500, {"error": {"message": "oops"}}),
        faults.page(502),
        faults.rate_limited(),
        faults.rate_limited("0"),
        faults.rate_limited("0", {"error": {"code": "rate_limit_exceeded"}}),
        faults.dropped,
        faults.cut,
    ],
)
def test_what_may_go_better_is_tried_again(fault: Fault):
    with StandIn(openai.OpenAI({KEY: openai.Key.NO_SCOPES})) as server:
        server.faults.append(fault)
        assert ask(server, "openai-project-key", KEY).state is Live.RESTRICTED
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (faults.answered(503, {}), 3),
        (faults.rate_limited("60"), 1),
        (faults.page(), 1),
        (faults.page(401), 1),
        (faults.answered(404, {"error": {"code": "not_found"}}), 1),
        (faults.answered(401, {"error": {"code": "never_heard_of"}}), 1),
        (faults.redirected("http://127.0.0.1:9/"), 1),
        (faults.dropped, 3),
    ],
)
def test_what_stays_unknown(fault: Fault, times: int):
    with StandIn(openai.OpenAI({KEY: openai.Key.LIVE}), always=fault) as server:
        check = ask(server, "openai-project-key", KEY)
    assert (check.state, len(server.seen)) == (Live.UNKNOWN, times)
    assert check.why


def test_it_waits_as_long_as_it_is_told_to():
    with StandIn(openai.OpenAI({KEY: openai.Key.LIVE})) as server:
        server.faults.append(faults.rate_limited("1"))
        assert ask(server, "openai-project-key", KEY).state is Live.LIVE
    assert server.times[1] - server.times[0] >= 1


def test_each_key_is_asked_about_once():
    other = keys.project_key(random.Random(12))
    asked = [question("openai-project-key", key) for key in (KEY, other, KEY, KEY)]
    with StandIn(openai.OpenAI({KEY: openai.Key.LIVE})) as server:
        answers = ask_all(asked, Placed({"openai": server.url}), QUICK)
    assert [answers.checks[each].state for each in asked] == [Live.LIVE, Live.REVOKED, Live.LIVE, Live.LIVE]
    assert len(server.seen) == 2


def test_requests_to_one_provider_are_apart_and_few_at_once():
    made = [keys.project_key(random.Random(seed)) for seed in range(6)]
    asked = [question("openai-project-key", key) for key in made]
    with StandIn(openai.OpenAI(), always=faults.slow(0.05)) as server:
        ask_all(asked, Placed({"openai": server.url}), replace(QUICK, interval=0.04))
    times = sorted(server.times)
    assert times[-1] - times[0] >= 5 * 0.04 - 0.01  # the clock's grain


def test_a_provider_that_counts_requests_is_asked_more_slowly():
    made = [keys.project_key(random.Random(seed)) for seed in range(4)]
    asked = [question("openai-project-key", key) for key in made]
    provider = openai.OpenAI(dict.fromkeys(made, openai.Key.NO_SCOPES), Allowance(3, 0.5))
    with StandIn(provider) as server:
        answers = ask_all(asked, Placed({"openai": server.url}), QUICK)
    assert {each.state for each in answers.checks.values()} == {Live.RESTRICTED}


def test_the_run_has_its_time_and_what_was_answered_counts():
    slow, quick = (
        question("openai-project-key", KEY),
        question("anthropic-api-key", keys.anthropic_key(random.Random(3))),
    )
    waiting = [question("openai-project-key", keys.project_key(random.Random(seed))) for seed in range(3)]
    with (
        StandIn(openai.OpenAI({KEY: openai.Key.LIVE}), always=faults.slow(30)) as stuck,
        StandIn(anthropic.Anthropic()) as fine,
    ):
        started = time.monotonic()
        places = Placed({"openai": stuck.url, "anthropic": fine.url})
        answers = ask_all([slow, *waiting, quick], places, replace(QUICK, overall=0.5))
        assert time.monotonic() - started < 3
    assert answers.checks[quick].state is Live.REVOKED
    assert [answers.checks[each].state for each in (slow, *waiting)] == [Live.UNKNOWN] * 4
    assert answers.checks[slow].hosts == ("api.openai.com",)  # it may have arrived
    assert answers.checks[waiting[-1]].hosts == ()


class TestSeveralHosts:
    """A key of one region is a stranger in the others: alive if one knows it, dead only if none does."""

    KEY = "sk-" + keys.text(random.Random(8), keys.ALNUM, 48)

    def ask(self, answers: list[Answer]) -> tuple[LiveCheck, int]:
        left = iter(answers)
        with StandIn(lambda _seen: next(left)) as server:
            check = ask(server, "moonshot-key", self.KEY)
        return check, len(server.seen)

    def probe(self) -> Probe:
        probe = loader.load().provider_by_id["moonshot"].apis["moonshot-key"].verify
        assert isinstance(probe, Probe)
        assert len(probe.also) == 1
        return probe

    def test_they_are_asked_one_after_the_other(self):
        probe = self.probe()
        live, dead = (
            Answer({"object": "list", "data": []}),
            Answer({"error": {"type": "invalid_authentication_error"}}, 401),
        )
        ill = Answer({"error": "x"}, 418)
        both = (probe.request.host, *probe.also)
        for given, state, hosts in (
            ([live], Live.LIVE, both[:1]),
            ([dead, live], Live.LIVE, both),
            ([ill, live], Live.LIVE, both),
            ([dead, dead], Live.REVOKED, both),
            ([dead, ill], Live.UNKNOWN, both),
            ([ill, dead], Live.UNKNOWN, both),
        ):
            check, count = self.ask(given)
            assert (check.state, check.hosts, count) == (state, hosts, len(given))


def test_a_dead_token_that_may_be_of_an_installation_of_ones_own_says_so():
    def github(_seen: Seen) -> Answer:
        return Answer({"message": "Bad credentials"}, 401)

    with StandIn(github) as server:
        check = ask(server, "github-pat-classic", "ghp_" + "a1B2" * 9)
    assert check.state is Live.REVOKED
    assert "installation of your own" in check.why


def test_a_mistake_of_ours_in_a_thread_is_told_without_its_text(capfd: pytest.CaptureFixture[str]):
    def broken(_provider: str, _url: str) -> str:
        raise ValueError(KEY)

    asked = question("openai-project-key", KEY)
    check = ask_all([asked], broken, QUICK).checks[asked]
    assert check == LiveCheck(Live.UNKNOWN, "internal error (ValueError)")
    assert capfd.readouterr() == ("", "")
