"""`keyguard rules show`: what is known of a kind of key, its provider's API included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keyguard.language import Language
from keyguard.reporting import api_text
from keyguard.reporting.words import Words
from keyguard.rules import loader
from tests.conftest import RunKeyguard
from tests.support.languages import same_steps


def shown(run: RunKeyguard, rule: str, language: str = "en") -> dict[str, list[str]]:
    """The lines under each name."""
    ran = run("rules", "show", rule, "--lang", language)
    assert (ran.code, ran.stderr) == (0, "")
    facts: dict[str, list[str]] = {}
    for line in ran.stdout.splitlines():
        name = line[:12].strip() or list(facts)[-1]
        facts.setdefault(name, []).append(line[12:])
    return facts


def test_a_kind_that_is_never_checked_says_why(run_keyguard: RunKeyguard, run_here: RunKeyguard):
    facts = shown(run_keyguard, "openai-codex-refresh-token")
    assert facts["check"] == ["never checked: using it exchanges it for another one and logs its owner out"]
    assert "replace" not in facts
    assert shown(run_here, "aws-secret-access-key")["check"][1] == "to check it yourself: aws sts get-caller-identity"


def test_the_check_is_shown_with_what_its_answers_mean(run_here: RunKeyguard):
    check = shown(run_here, "openai-project-key")["check"]
    assert check[:2] == ["GET https://api.openai.com/v1/models", "Authorization: Bearer {secret}"]
    assert '401, error.code = "invalid_api_key": revoked' in check
    assert (
        '401 or 403, error.message holds "missing scopes" or "insufficient permissions": live, with few rights' in check
    )
    assert check[-2:] == ["anything else: unknown", "sure, https://platform.openai.com/docs/guides/error-codes"]


def test_all_that_a_check_needs_is_shown(run_here: RunKeyguard):
    twilio = shown(run_here, "twilio-auth-token")["check"]
    assert "Basic authentication {account}:{secret}" in twilio
    assert "needs {account} as well" in twilio
    assert any(line.startswith("also at api.dublin.ie1.twilio.com") for line in twilio)
    assert "sends credentials={secret}" in shown(run_here, "nvidia-key")["check"]
    assert 'sends {"query": "query { viewer { id } }"}' in shown(run_here, "linear-api-key")["check"]
    assert any("the part that matches pa-" in line for line in shown(run_here, "voyage-key")["check"])
    assert any("installation of your own" in line for line in shown(run_here, "github-pat-classic")["check"])


def test_who_may_revoke_it_and_whether_for_good(run_keyguard: RunKeyguard, run_here: RunKeyguard):
    openai = shown(run_keyguard, "openai-project-key")["revoke"]
    assert openai[0].startswith("DELETE https://api.openai.com/v1/organization/projects/{project}/api_keys/{key-id}")
    assert openai[2].startswith("first find it: GET https://")
    assert openai[3:5] == [
        "with another key, one that may manage keys, cannot be undone",
        "it worked: 200, deleted = true",
    ]
    github = shown(run_here, "github-pat-classic")["revoke"]
    assert "by anyone who has the key, without other credentials, cannot be undone" in github
    azure = shown(run_here, "azure-openai-key")
    assert azure["revoke"][0].startswith("az cognitiveservices account keys regenerate ")
    assert "by whoever is logged in at the provider, the old one dies at that moment" in azure["replace"]
    assert "by whoever is logged in at the provider, can be undone" in shown(run_here, "aws-access-key-id")["revoke"]
    assert shown(run_here, "groq-key")["revoke"] == ["no API for it is known; by hand: https://console.groq.com/keys"]


def test_where_the_new_key_stands(run_here: RunKeyguard):
    replace = shown(run_here, "openai-project-key")["replace"]
    assert replace[0] == "POST https://api.openai.com/v1/organization/projects/{project}/service_accounts"
    assert "with another key, one that may manage keys, the new key is api_key.value of the answer" in replace


@pytest.mark.parametrize(
    "rule",
    [
        "openai-project-key",
        "gitlab-pat",
        "slack-webhook",
        "voyage-key",
        "github-pat-classic",
        "ai21-key",
        "deepseek-key",
        "mine",
    ],
)
def test_chinese_says_the_same(run_here: RunKeyguard, tmp_path: Path, rule: str):
    own = tmp_path / "rules.toml"
    own.write_text("[[rule]]\nid = 'mine'\npattern = 'mine-[a-z]{20}'\npath = 'x'\nmin-entropy = 3.5\n")
    given = ("rules", "show", rule, "--rules", own)
    english, chinese = (run_here(*given, "--lang", each).stdout for each in ("en", "zh"))
    same_steps(english, chinese)
    assert [line for line in chinese.splitlines() if re.match("[a-z]+ ", line)] == []


@pytest.mark.parametrize("option", ["--no-repo-config", "--api"])
def test_the_lists_are_in_chinese(run_here: RunKeyguard, option: str):
    english, chinese = (run_here("rules", "list", option, "--lang", each).stdout for each in ("en", "zh"))
    same_steps(english, chinese)
    middle = [line.split()[1] for line in chinese.splitlines()]
    assert [each for each in middle if each.isascii()] == []


def test_a_terminal_without_chinese_gets_english(run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("keyguard.cli.output.speaks", lambda text, _stream=None: text.isascii())
    assert run_here("rules", "list", "--lang", "zh").stdout == run_here("rules", "list", "--lang", "en").stdout


def test_every_rule_can_be_shown_in_both_languages():
    for provider in loader.load().providers:
        for api in provider.apis.values():
            english, chinese = (dict(api_text.facts(api, provider.console, Words(language))) for language in Language)
            assert "check" in english
            assert english.keys() == chinese.keys()


def test_the_table_of_what_apis_can_do(run_here: RunKeyguard):
    head, *rows = run_here("rules", "list", "--api").stdout.splitlines()
    columns = [head.index(name) for name in ("rule", "revoke", "replace", "check")]
    table = {
        row.split()[0]: [row[start:end].strip() for start, end in zip(columns, [*columns[1:], None], strict=True)][1:]
        for row in rows
    }
    assert len(table) == len(loader.load().rules)
    assert table["openai-project-key"] == ["admin-key", "admin-key", "api.openai.com"]
    assert table["github-refresh-token"][2] == "never: single-use"
    assert table["twilio-auth-token"][2].endswith("(with account)")
    assert table["moonshot-key"][2] == "api.moonshot.ai, api.moonshot.cn"
