"""What is sent where, for every check of the catalogue, and what is sent nowhere."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import unquote, urlsplit

import pytest

from keyguard.model import Live, Secret
from keyguard.rules import loader
from keyguard.rules.api.values import Api, Condition, Path, Probe
from keyguard.verification.answers import judged
from keyguard.verification.client import Call, Reply
from keyguard.verification.question import Question, call_of, questioned

CATALOGUE = loader.load()
PROBED = [
    (provider, rule, probe)
    for provider in CATALOGUE.providers
    for rule in provider.rules
    if isinstance(probe := provider.apis[rule.id].verify, Probe)
]


def asked(provider: str, probe: Probe, secret: str) -> list[Call]:
    """The calls at all its hosts; what a check needs besides the key is x."""
    question = questioned(provider, Api(verify=probe), Secret(secret), dict.fromkeys(probe.needs, "x"))
    assert isinstance(question, Question)
    urls = [f"https://{host}{probe.request.target}" for host in question.hosts]
    return [call_of(probe.request, url, {**question.values, "secret": question.sent}) for url in urls]


def test_every_check_sends_its_key_whole_over_https_to_its_own_hosts():
    for provider, rule, probe in PROBED:
        part = probe.request.part
        made = [each.secret for each in rule.examples if each.secret]
        secret = next(each for each in made if part is None or part.search(each.encode()))
        if probe.needs:
            assert isinstance(questioned(provider.id, Api(verify=probe), Secret(secret), {}), str)
        found = part.search(secret.encode()) if part else None
        sent = found["secret"].decode() if found else secret
        for call, host in zip(asked(provider.id, probe, secret), (probe.request.host, *probe.also), strict=True):
            address = urlsplit(call.url)
            assert (address.scheme, address.netloc) == ("https", host), rule.id
            basic = call.headers.get("Authorization", "").removeprefix("Basic ")
            pair = base64.b64decode(basic).decode() if probe.request.basic else ""
            body = (call.body or b"").decode()
            everything = [unquote(address.path), *call.headers.values(), pair, unquote(body)]
            assert sum(sent in text for text in everything) == 1, rule.id
            assert sent not in address.query, rule.id
            assert not re.search(r"\{[a-z-]+\}", "".join([call.url, *everything])), rule.id
            assert all(value.isascii() and value.isprintable() for value in call.headers.values()), rule.id
            assert "Cookie" not in call.headers


def document(when: Condition) -> object:
    """The smallest answer that a condition fits; `[*]` where the path has a number."""
    leaves: dict[Path, object] = dict.fromkeys(when.has, "x")
    leaves |= {path: texts[-1].upper() + "!" for path, texts in when.holds.items()}
    leaves |= {path: values[-1] for path, values in when.equal.items()}
    root: dict[str, object] = {}
    for path, value in leaves.items():
        here = root
        for name in path[:-1]:
            here = here.setdefault(name, {})  # type: ignore[assignment]
        here[path[-1]] = value
    return listed(root)


def listed(value: object) -> object:
    """Make lists of the tables whose names are numbers."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"0"}:
        return [listed(value["0"])]
    return {name: listed(each) for name, each in value.items()}


def test_every_answer_of_the_catalogue_means_what_its_table_says():
    for _, rule, probe in PROBED:
        secret = Secret(next(each.secret for each in rule.examples if each.secret))
        for number, answer in enumerate(probe.answers):
            for status in answer.when.status:
                reply = Reply(status, "application/json", None, json.dumps(document(answer.when)).encode())
                check = judged(probe, reply, secret)
                earlier = [each.means for each in probe.answers[:number] if status in each.when.status]
                assert check.state in (answer.means, *earlier), rule.id
                assert check.state is answer.means or number, rule.id
                assert check.why.startswith(f"HTTP {status}"), rule.id


def test_no_check_takes_a_refusal_a_limit_or_a_strange_answer_for_death():
    """The most that a firewall, a country, a missing right, a limit or a server that is ill may say is: unknown."""
    strange: list[object] = [{}, [], {"error": "x"}, {"error": {"code": 1}}, {"errors": [1]}, {"message": None}]
    for _, rule, probe in PROBED:
        for status in (403, 429, 500, 503, 302, 404, 200):
            for each in strange:
                reply = Reply(status, "application/json", None, json.dumps(each).encode())
                assert judged(probe, reply, Secret("x" * 40)).state is not Live.REVOKED, (rule.id, status)
        for status in (401, 200, 403):
            reply = Reply(status, "text/html", None, b"<html></html>")
            assert judged(probe, reply, Secret("x" * 40)).state is Live.UNKNOWN, rule.id


def openai() -> Probe:
    probe = CATALOGUE.provider_by_id["openai"].apis["openai-project-key"].verify
    assert isinstance(probe, Probe)
    return probe


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("account_deactivated", True),
        ("Unauthorized", True),
        ("sk-proj-" + "a" * 20, False),
        ("secretpart", False),
        ("x" * 60, False),
        ("has spaces", False),
        ("\x1b[31mred", False),
        ("code1234", False),
        ({"nested": 1}, False),
    ],
)
def test_the_code_of_an_error_is_shown_only_if_it_is_surely_one(code: object, shown: bool):
    secret = Secret("sk-proj-asecretpartof")
    reply = Reply(401, "application/json", None, json.dumps({"error": {"code": code}}).encode())
    check = judged(openai(), reply, secret)
    assert check.state is Live.UNKNOWN
    assert (str(code) in check.why) is shown


def test_one_is_not_true():
    probe = CATALOGUE.provider_by_id["slack"].apis["slack-bot-token"].verify
    assert isinstance(probe, Probe)
    for value, state in ((True, Live.LIVE), (1, Live.UNKNOWN), ("true", Live.UNKNOWN)):
        reply = Reply(200, "application/json", None, json.dumps({"ok": value}).encode())
        assert judged(probe, reply, Secret("x" * 30)).state is state


@pytest.mark.parametrize("text", ["sk-a\r\nX: y", "sk-a\tb", "sk-ä", "sk-密钥", "sk-\udcff", "sk-\0"])
def test_a_key_that_would_not_stay_in_its_header_is_not_sent(text: str):
    assert questioned("openai", Api(verify=openai()), Secret(text), {}) == (
        "not sent: it holds characters that cannot be sent"
    )


def test_in_a_path_a_key_stays_one():
    probe = CATALOGUE.provider_by_id["telegram"].apis["telegram-bot-token"].verify
    assert isinstance(probe, Probe)
    (call,) = asked("telegram", probe, "123:a?b#c%2F@evil.example")
    assert urlsplit(call.url).netloc == "api.telegram.org"
    assert urlsplit(call.url).path == "/bot123:a%3Fb%23c%252F%40evil.example/getMe"
    assert urlsplit(call.url).query == ""


def test_what_no_check_is_known_of_is_sent_nowhere():
    assert questioned("custom", None, Secret("x" * 30), {}) == "not sent: no check of this kind of key is known"
