"""The tables of KeyGuard's own providers: what they promise of every key that is sent somewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keyguard.language import Language
from keyguard.model import Live
from keyguard.rules import built, loader
from keyguard.rules.api import sections
from keyguard.rules.api.request import PLACEHOLDERS
from keyguard.rules.api.values import Api, Call, Caller, NoProbe, Probe, Request, Revocation
from keyguard.rules.api.why import Why
from keyguard.rules.catalogue import Kind, Provider
from tests.support import catalogues

CATALOGUE = catalogues.checked()
FILES = sorted(built.OWN.glob("*.toml"))
RULES = [(provider, rule) for provider in CATALOGUE.providers for rule in provider.rules]
PROBED = [(provider, rule) for provider, rule in RULES if isinstance(provider.apis[rule.id].verify, Probe)]
CALLED = [
    (provider, rule)
    for provider, rule in RULES
    if isinstance(provider.apis[rule.id].revoke, Call) or isinstance(provider.apis[rule.id].create, Call)
]
SISTERS = {
    "anthropic": {"anthropic.com"},  # its pages are at claude.com
    "aws": {"amazonaws.com"},
    "coze": {"coze.cn"},
    "datadog": {"datadoghq.eu"},
    "hubspot": {"hubapi.com"},
    "minimax": {"minimaxi.com"},
    "moonshot": {"moonshot.cn"},
    "siliconflow": {"siliconflow.com"},
    "zhipu": {"z.ai"},
}
"""Other domains of a provider than those of its pages."""


def site(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def sites(provider: Provider) -> set[str]:
    """The domains of the provider's own pages, as its file links and names them."""
    steps = [*provider.advice.values(), *(step for rule in provider.rules for step in rule.advice.values())]
    texts = [provider.console, provider.docs, *(f"{step.url} {step.text[Language.EN]}" for step in steps)]
    return {site(host) for text in texts for host in re.findall(r"https://([a-z0-9.-]+[a-z])", text)}


def requests(api: Api) -> Iterator[Request]:
    for call in (api.verify, api.revoke, api.create):
        if isinstance(call, Probe | Call) and call.request is not None:
            yield call.request


def tables(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the API as it stands in a file."""
    own = tomllib.loads(file.read_text(encoding="utf-8"))
    for table in [own, *own["rule"]]:
        yield from ((name, table[name]) for name in sections.TABLES if name in table)


def test_every_kind_has_a_check_or_a_reason_why_not():
    assert [rule.id for provider, rule in RULES if provider.apis[rule.id].verify is None] == []
    assert len(PROBED) > len(RULES) / 3


def test_a_check_sends_the_key_to_its_own_provider_and_to_nobody_else():
    for provider, rule in PROBED:
        probe = provider.apis[rule.id].verify
        assert isinstance(probe, Probe)
        own = sites(provider) | SISTERS.get(provider.id, set())
        assert {site(host) for host in (probe.request.host, *probe.also)} <= own, rule.id
        assert probe.request.host not in probe.also, rule.id


def test_so_does_a_call_that_revokes_or_creates():
    for provider, rule in CALLED:
        own = sites(provider) | SISTERS.get(provider.id, set())
        assert {site(request.host) for request in requests(provider.apis[rule.id])} <= own, rule.id


def test_a_host_is_literal_and_the_key_stands_in_no_query():
    for file in FILES:
        for name, table in tables(file):
            for field in ("request", "find"):
                if "https:" in table.get(field, ""):
                    method, url = table[field].split(" ")
                    host, _, rest = url.removeprefix("https://").partition("/")
                    assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", host), file.name
                    assert "secret" not in rest.partition("?")[2], file.name
                    if name == "verify" or field == "find":
                        assert method == "GET" or (method == "POST" and table["read-only"]), file.name
            assert not any("://" in host or "{" in host for host in table.get("also", [])), file.name


def test_neither_403_nor_429_nor_a_server_that_is_ill_says_that_a_key_is_dead():
    for file in FILES:
        for name, table in tables(file):
            for answer in table.get("answers", []):
                status = answer["status"] if isinstance(answer["status"], list) else [answer["status"]]
                assert name == "verify", file.name
                assert answer["means"] != "revoked" or not {403, 429} & {*status}, file.name
                assert all(each < 500 for each in status), file.name


def test_a_key_that_is_not_surely_the_providers_is_not_sent():
    """Lesson of a scanner whose check sent one vendor's keys to another: a shape alone names no vendor."""
    for _, rule in PROBED:
        assert not rule.candidates, rule.id
        assert rule.sureness != "guess", rule.id
        if rule.prefix == "sk-":
            assert rule.near or rule.kind is Kind.ENTROPY or b"T3BlbkFJ" in rule.gate[0].literal, rule.id


@pytest.mark.parametrize(
    "kind",
    [
        "openai-codex-refresh-token", "anthropic-oauth-refresh-token", "github-refresh-token", "slack-config-token",
        "openai-webhook-secret", "openai-ephemeral-key", "shared-sk-hex-key", "shared-sk-alnum-key", "slack-webhook",
        "azure-openai-key", "databricks-pat", "snowflake-pat", "litellm-key", "database-url-password",
        "pem-private-key", "anthropic-session-key", "openai-assigned-key",
    ],
)  # fmt: skip
def test_what_a_check_would_harm_or_betray_is_never_sent(kind: str):
    rule = CATALOGUE.by_id[kind]
    assert isinstance(CATALOGUE.provider_by_id[rule.provider].apis[kind].verify, NoProbe)


def test_the_part_of_a_key_that_is_sent_stands_in_its_examples():
    for provider, rule in RULES:
        for request in requests(provider.apis[rule.id]):
            if request.part is not None:
                assert any(request.part.search((example.secret or "").encode()) for example in rule.examples), rule.id


def test_nothing_that_changes_something_is_a_guess():
    for provider, rule in CALLED:
        calls = (provider.apis[rule.id].revoke, provider.apis[rule.id].create)
        assert {call.sureness for call in calls if isinstance(call, Call)} <= {"sure", "likely"}, rule.id


def verdicts(kind: str) -> list[tuple[tuple[int, ...], str, Live]]:
    """The answers of a kind's check: status, what stands where, and the verdict."""
    probe = CATALOGUE.provider_by_id[CATALOGUE.by_id[kind].provider].apis[kind].verify
    assert isinstance(probe, Probe)
    return [
        (answer.when.status, str({**answer.when.equal, **answer.when.holds}), answer.means) for answer in probe.answers
    ]


@pytest.mark.parametrize(
    ("kind", "status", "said", "means"),
    [
        ("openai-project-key", 401, "invalid_api_key", Live.REVOKED),
        ("openai-project-key", 401, "missing scopes", Live.RESTRICTED),
        ("openai-project-key", 403, "missing scopes", Live.RESTRICTED),
        ("openai-project-key", 429, "insufficient_quota", Live.NO_CREDIT),
        ("openai-project-key", 429, "rate_limit_exceeded", Live.LIVE),
        ("anthropic-api-key", 401, "authentication_error", Live.REVOKED),
        ("anthropic-api-key", 403, "permission_error", Live.RESTRICTED),
        ("deepseek-key", 402, "", Live.NO_CREDIT),
        ("xai-key", 200, "api_key_blocked", Live.REVOKED),
        ("google-api-key", 400, "API_KEY_INVALID", Live.REVOKED),
        ("google-api-key", 403, "API_KEY_SERVICE_BLOCKED", Live.RESTRICTED),
        ("elevenlabs-key", 401, "missing_permissions", Live.RESTRICTED),
        ("slack-bot-token", 200, "token_revoked", Live.REVOKED),
        ("pinecone-key", 403, "FORBIDDEN", Live.RESTRICTED),
        ("gitlab-pat", 401, "invalid_token", Live.REVOKED),
    ],
)
def test_what_was_learned_of_each_provider_is_told_apart(kind: str, status: int, said: str, means: Live):
    assert (means in {found for codes, text, found in verdicts(kind) if status in codes and said in text}) is True


def test_restricted_keys_are_known_before_dead_ones():
    """Both are refused with 401; the first answer that fits decides."""
    for kind in ("openai-project-key", "openai-admin-key", "elevenlabs-key", "stripe-secret-key", "resend-key"):
        means = [found for _, _, found in verdicts(kind)]
        assert means.index(Live.RESTRICTED) < means.index(Live.REVOKED)


def test_every_word_of_the_schema_is_documented():
    docs = (built.OWN.parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    words = [*(f"{{{name}}}" for name in PLACEHOLDERS), *Why, *Caller, *Live]
    assert [word for word in words if f"`{word}`" not in docs] == []


def test_reasons_are_all_in_use():
    given = (provider.apis[rule.id].verify for provider, rule in RULES)
    assert {each.why for each in given if isinstance(each, NoProbe)} == set(Why)


def test_a_switch_that_can_be_undone_is_not_called_final():
    revocations = {rule.id: provider.apis[rule.id].revoke for provider, rule in RULES}
    final = {kind: call.irreversible for kind, call in revocations.items() if isinstance(call, Revocation)}
    assert not final["anthropic-api-key"]
    assert not final["aws-secret-access-key"]
    assert final["openai-project-key"]
    assert final["github-pat-classic"]


def test_leaving_the_sections_out_leaves_the_rest_as_it_is():
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        whole, left = tomllib.loads(text), tomllib.loads(sections.without(text))
        for table in (whole, *whole["rule"]):
            for name in sections.TABLES:
                table.pop(name, None)
        assert left == whole, file.name


def test_the_catalogue_of_every_day_knows_the_same():
    """It reads the tables late, this test's at once."""
    believed = loader.load()
    for provider in CATALOGUE.providers:
        same = believed.provider_by_id[provider.id].apis
        assert repr(dict(same)) == repr(dict(provider.apis))  # patterns equal only what is the same object
        assert list(same) == [rule.id for rule in provider.rules]
