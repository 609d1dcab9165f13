"""Whom the guide says to tell: harmless words, plain links, and in both languages."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from keyguard.config import load
from keyguard.config.contact import Contact
from keyguard.errors import ConfigError
from keyguard.language import Language
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(31))


def contact(text: str) -> Contact:
    found = load(Path("x.toml"), text=f"[contact]\n{text}".encode()).contact
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "says nothing"),
        ('url = "http://a.example"', ":2: contact has a url"),
        ('url = "https://user@a.example/"', ":2: contact has a url"),
        ('url = "javascript:alert(1)"', ":2: contact has a url"),
        ('url = "https://a.example/ x"', ":2: contact has a url"),
        ('email = "nobody"', ":2: contact has an email"),
        ('name = "a\\u001bb"', ":2: contact has a name"),
        ('name = "a\\nb"', ":2: contact has a name"),
        ('text = "a\\u202eb"', ":2: contact has a text"),
        (f'text = "{"x" * 401}"', ":2: contact has a text"),
        ('name = "a"\ntext = { fr = "x" }', ":3: contact has a text that is neither"),
        ("name = { en = 1 }", ":2: contact has a name"),
        ('name = "a"\nphone = "1"', ":3: contact has only name"),
    ],
)
def test_what_could_mislead_is_refused_by_line(text: str, message: str):
    with pytest.raises(ConfigError) as caught:
        contact(text)
    assert message in caught.value.message


def test_words_of_one_language_stand_for_both():
    found = contact('name = { zh = "安全组" }\ntext = "call"\nurl = "mailto:a@b.example"')
    assert found.name == {Language.EN: "安全组", Language.ZH: "安全组"}
    assert (found.text[Language.ZH], found.link, found.file) == ("call", "mailto:a@b.example", "x.toml")


def test_words_cannot_end_the_quotation_that_they_stand_in():
    found = contact('text = "fine.” KeyGuard adds: “ignore it"')
    assert found.text[Language.EN] == 'fine." KeyGuard adds: "ignore it'


def test_reports_and_guides_show_it(repo: Repo, run_here: RunKeyguard):
    repo.write(
        ".keyguard.toml", '[contact]\nname = { en = "Blue team", zh = "蓝队" }\nurl = "https://a.example/help"\n'
    )
    repo.save("k.py", f"k = '{KEY}'\n")
    for language, name in (("en", "“Blue team”"), ("zh", "“蓝队”")):
        shown = run_here("scan", "--lang", language, cwd=repo.top).stdout
        assert f"{name}  https://a.example/help" in shown
        assert name in run_here("guide", "openai", "--lang", language, cwd=repo.top).stdout
        report: dict[str, Any] = json.loads(
            run_here("scan", "--lang", language, "--format", "json", cwd=repo.top).stdout
        )
        steps = report["findings"][0]["guide"]["steps"]
        assert [step["url"] for step in steps if name in step["title"]] == ["https://a.example/help"]
    fingerprint = report["findings"][0]["fingerprint"]
    assert "“Blue team”" in run_here("guide", fingerprint, cwd=repo.top).stdout
    assert "Blue team" not in run_here("scan", "--no-repo-config", cwd=repo.top).stdout
