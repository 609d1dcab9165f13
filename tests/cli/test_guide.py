"""The guide as a person asks for it."""

from __future__ import annotations

import json
import random

import pytest

from keyguard.model import Secret
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(5))


def fingerprint(repo: Repo, run_here: RunKeyguard) -> str:
    ran = run_here("scan", "--worktree", "--history", "--format", "json", cwd=repo.top)
    value: str = json.loads(ran.stdout)["findings"][0]["fingerprint"]
    return value


def test_a_finding_is_found_again_by_its_fingerprint(repo: Repo, run_here: RunKeyguard):
    repo.save("gone.env", KEY)
    repo.remove("gone.env")
    repo.commit()
    known = fingerprint(repo, run_here)
    for given in (known, known[:12]):
        ran = run_here("guide", given, cwd=repo.top)
        assert ran.code == 0
        assert "platform.openai.com" in ran.stdout
        assert "gone.env" in ran.stdout or repo.git("rev-parse", "HEAD~1")[:12] in ran.stdout
        assert KEY not in ran.stdout


def test_it_ends_with_the_proof_where_there_can_be_one(repo: Repo, run_here: RunKeyguard):
    assert "keyguard verify FINGERPRINT" in run_here("guide", "openai-project-key", cwd=repo.top).stdout
    assert "keyguard verify" not in run_here("guide", "openai-webhook-secret", cwd=repo.top).stdout


@pytest.mark.parametrize("at", [0, 1])
def test_the_history_is_rewritten_by_a_command_that_works(repo: Repo, run_here: RunKeyguard, at: int):
    for number in range(3):
        repo.save(f"{number}.py", f'key = "{KEY}"\n' if number == at else "pass\n")
    told = run_here("guide", fingerprint(repo, run_here), cwd=repo.top).stdout
    (command,) = [line.strip().removeprefix("$ ") for line in told.splitlines() if "git rebase" in line and "$" in line]
    assert command == ("git rebase -i --root" if at == 0 else f"git rebase -i {repo.git('rev-parse', 'HEAD~1')[:12]}^")
    edit = {"GIT_SEQUENCE_EDITOR": "sed -i -e '1s/^pick/edit/'"}
    repo.git(*command.split()[1:], environ=edit)
    repo.write(f"{at}.py", "pass\n")
    repo.stage()
    repo.git("commit", "--quiet", "--amend", "--no-edit")
    repo.git("rebase", "--continue", environ={"GIT_EDITOR": "true"})
    assert KEY not in repo.git("log", "-p")


@pytest.mark.parametrize("ignored", [True, False])
def test_of_a_key_that_is_not_found_again_it_is_that_of_its_kind(repo: Repo, run_here: RunKeyguard, ignored: bool):
    """A report names the fingerprint of a key in an ignored file, and the first step is to take a key out."""
    repo.save(".gitignore", ".env\n" if ignored else "x\n")
    repo.write(".env", f"A={KEY}\n")
    assert run_here("scan", ".env", cwd=repo.top).code == 1
    if not ignored:
        (repo.top / ".env").unlink()
    for lang, said in (("en", "the guide for openai-project-key"), ("zh", "以下是 openai-project-key 的指引")):
        ran = run_here("guide", Secret(KEY).fingerprint[:16], "--lang", lang, cwd=repo.top)
        assert (ran.code, said in ran.stderr) == (0, True)
        assert "platform.openai.com/api-keys" in ran.stdout


def test_what_nobody_issues_gets_a_variable_that_says_what_it_is(repo: Repo, run_here: RunKeyguard):
    password = keys.text(random.Random(8), keys.ALNUM, 14)
    repo.write("a.py", f'db = "postgres://admin:{password}@db.prod.acme.io:5432/app"\n')
    assert "read DATABASE_URL_PASSWORD instead" in run_here("scan", cwd=repo.top).stdout


def test_a_fingerprint_that_is_not_here(repo: Repo, run_here: RunKeyguard):
    ran = run_here("guide", "kg1-" + "0" * 32, cwd=repo.top)
    assert (ran.code, ran.stdout) == (2, "")


@pytest.mark.parametrize("subject", ["openai", "openai-admin-key", "anthropic", "azure-openai-key"])
def test_a_kind_of_key_in_both_languages(repo: Repo, run_here: RunKeyguard, subject: str):
    english = run_here("guide", subject, cwd=repo.top)
    chinese = run_here("guide", subject, "--lang", "zh", cwd=repo.top)
    assert english.code == chinese.code == 0
    links = [line.strip() for line in english.stdout.splitlines() if line.strip().startswith("https://")]
    assert links
    assert links == [line.strip() for line in chinese.stdout.splitlines() if line.strip().startswith("https://")]
    assert "吊销" in chinese.stdout


def test_without_a_subject_the_first_provider_is_shown(repo: Repo, run_here: RunKeyguard):
    ran = run_here("guide", cwd=repo.top)
    assert ran.code == 0
    assert "OpenAI" in ran.stdout
    assert "anthropic" in ran.stderr


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "吊销"), ("en_US.UTF-8", "Revoke"), ("C", "Revoke")])
def test_the_locale_decides_the_language(run_here: RunKeyguard, locale: str, word: str):
    environ = {"LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
    assert word in run_here("guide", "openai", environ=environ).stdout


def test_a_console_without_chinese_gets_english(run_keyguard: RunKeyguard):
    ran = run_keyguard("guide", "openai", "--lang", "zh", environ={"PYTHONIOENCODING": "ascii"})
    assert ran.stdout.isascii()
    assert "Revoke" in ran.stdout
