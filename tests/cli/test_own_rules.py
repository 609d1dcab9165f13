"""Rules of users, through the command line: in a configuration, in files, and what goes wrong with them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, RunKeyguard
from tests.rules.gitleaks.sample import CONFIG
from tests.support import keys
from tests.support.repository import Repo

RNG = keys.fresh()
KEY = "acme_" + keys.text(RNG, keys.ALNUM, 32)
PROJECT = keys.project_key(RNG)
RULE = """\
[[rule]]
id = "acme-key"
title = { en = "Acme key", zh = "阿克米密钥" }
prefix = "acme_"
pattern = 'acme_ [A-Za-z0-9]{32}'
examples = [{ secret = 'acme_<<alnum:32>>', text = '密钥<<secret>>。' }]
counter-examples = ['acme_your_key']
"""
GUIDE = """
[rule.guide.revoke]
url = "https://vault.acme.example/keys"
en = { title = "Ask the vault team to revoke it", text = "They answer within the hour." }
zh = { title = "请密钥管理团队吊销", text = "一小时内会有答复。" }
"""
EVIL = "[[rule]]\nid = \"evil\"\npattern = '(?P<secret>(?:a{1,50}){1,50})b'\nliterals = []\n"


@pytest.fixture
def acme(repo: Repo) -> Repo:
    """A repository with a rule, and a file that holds a key of its kind."""
    repo.write(".keyguard.toml", RULE + GUIDE)
    repo.write("src/a.py", f'VALUE = "{KEY}"\n')
    return repo


def findings(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.stdout)["findings"]
    return found


def test_without_a_key_nothing_is_found(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write(".keyguard.toml", RULE)
    repo.write("a.py", "VALUE = 'acme_your_key_here'\n")
    assert run_here("scan", cwd=repo.top).code == 0


def test_a_rule_in_the_configuration_finds_its_key_with_its_guide(acme: Repo, run_here: RunKeyguard) -> None:
    ran = run_here("scan", "--format", "json", "--lang", "en", cwd=acme.top)
    (finding,) = findings(ran)
    assert ran.code == 1
    assert (finding["rule"], finding["provider"], finding["title"]) == ("acme-key", "custom", "Acme key")
    assert (finding["severity"], finding["confidence"]) == ("high", "medium")
    assert finding["evidence"] == ["found by a rule of .keyguard.toml"]
    assert finding["secret"].startswith("acme_")
    assert KEY not in ran.stdout
    assert [step["url"] for step in finding["guide"]["steps"] if step["url"]] == ["https://vault.acme.example/keys"]
    assert "read ACME_KEY instead" in run_here("scan", "--lang", "en", cwd=acme.top).stdout
    chinese = run_here("scan", "--lang", "zh", cwd=acme.top).stdout
    assert "阿克米密钥" in chinese
    assert "由 .keyguard.toml 中的规则找到" in chinese


def test_the_hook_the_index_and_the_history_use_it(acme: Repo, run_here: RunKeyguard) -> None:
    acme.stage()
    assert run_here("hook", "run", cwd=acme.top).code == 1
    assert run_here("scan", "--staged", cwd=acme.top).code == 1
    acme.commit()
    acme.remove("src/a.py")
    acme.commit()
    assert run_here("scan", cwd=acme.top).code == 0
    assert run_here("scan", "--history", cwd=acme.top).code == 1


def test_without_the_repository_s_configuration_it_is_not_used(acme: Repo, run_here: RunKeyguard) -> None:
    assert run_here("scan", "--no-repo-config", cwd=acme.top).code == 0
    other = acme.top.parent / "ours.toml"
    other.write_text(RULE, encoding="utf-8")
    ran = run_here("scan", "--no-repo-config", "--config", other, "--format", "json", cwd=acme.top)
    assert [each["evidence"] for each in findings(ran)] == [[f"found by a rule of {other}"]]


def test_a_rule_can_be_chosen_left_out_and_allowed(acme: Repo, run_here: RunKeyguard) -> None:
    assert run_here("scan", "--rule", "acme-key", cwd=acme.top).code == 1
    assert run_here("scan", "--exclude-rule", "acme-key", cwd=acme.top).code == 0
    acme.write(".keyguard.toml", f'exclude-rules = ["acme-key"]\n{RULE}')
    assert run_here("scan", cwd=acme.top).code == 0
    acme.write(".keyguard.toml", RULE)
    acme.write("src/a.py", f'VALUE = "{KEY}"  # keyguard: allow acme-key\n')
    assert run_here("scan", cwd=acme.top).code == 0


def test_a_file_of_rules_named_on_the_command_line(repo: Repo, run_here: RunKeyguard) -> None:
    rules = repo.top.parent / "rules.toml"
    rules.write_text(f"{RULE}\n[[refuse]]\npaths = ['^docs/']\n", encoding="utf-8")
    repo.write("docs/a.md", KEY)
    assert run_here("scan", "--rules", rules, cwd=repo.top).code == 0
    repo.write("a.md", KEY)
    ran = run_here("scan", "--rules", rules, "--format", "json", cwd=repo.top)
    assert [(each["rule"], each["locations"][0]["path"]) for each in findings(ran)] == [("acme-key", "a.md")]
    assert run_here("scan", "--stdin", "--rules", rules, cwd=repo.top, stdin=KEY.encode()).code == 1


def test_the_path_decides_in_the_history_as_well(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write(".keyguard.toml", RULE.replace("prefix", "path = '[.]tf$'\nprefix"))
    repo.save("a.py", KEY)
    repo.remove("a.py")
    repo.commit()
    assert run_here("scan", "--history", cwd=repo.top).code == 0
    repo.save("b.tf", KEY)
    repo.remove("b.tf")
    repo.commit()
    ran = run_here("scan", "--history", "--format", "json", cwd=repo.top)
    assert [[place["path"] for place in each["locations"]] for each in findings(ran)] == [["b.tf"]]


def test_a_repository_s_rule_takes_nothing_from_a_key_of_openai(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write("a.py", f"OPENAI_API_KEY = '{PROJECT}'\n")
    before = run_here("scan", "--format", "json", "--lang", "en", cwd=repo.top)
    repo.write(
        ".keyguard.toml",
        "exclude-rules = ['sample']\n[[rule]]\nid = 'sample'\ntitle = 'A sample'\nseverity = 'low'\npriority = 99\n"
        "confidence = 'high'\npattern = 'sk-proj-[A-Za-z0-9_-]{20,200}'\n",
    )
    (one,), (other,) = (
        findings(before),
        findings(run_here("scan", "--format", "json", "--lang", "en", cwd=repo.top)),
    )
    for name in ("rule", "provider", "title", "severity", "confidence", "fingerprint", "status", "guide"):
        assert one[name] == other[name], name


REFUSED = [
    (RULE + "[rule.verify]\nrequest = 'GET https://evil.example'\n", "verify", "host that keys are sent to"),
    (RULE.replace("{32}", "{32"), "pattern", "no repeat"),
    (RULE.replace("acme-key", "openai-project-key"), "openai-project-key", "of its own"),
    (RULE.replace("pattern", "patern"), "patern", "pattern"),
    ("rule = 5\n", "rule", "[[rule]]"),
    ("[[rules]]\nid = 'a'\n", "rules", "did you mean rule"),
]


@pytest.mark.parametrize(("text", "field", "said"), REFUSED, ids=[each[1] for each in REFUSED])
def test_an_unfit_rule_stops_the_scan_before_it_begins(
    acme: Repo, run_here: RunKeyguard, text: str, field: str, said: str
) -> None:
    acme.write(".keyguard.toml", f'lang = "en"\n\n{text}' if not text.startswith("rule") else text)
    for arguments in (["scan"], ["hook", "run"], ["rules", "check"], ["guide", "openai"]):
        ran = run_here(*arguments, cwd=acme.top)
        assert (ran.code, ran.stdout) == (2, "")
        assert ".keyguard.toml" in ran.stderr
        assert field in ran.stderr
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr
    if text.startswith("[[rule]]"):
        assert ".keyguard.toml:3" in ran.stderr


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern has a tenth of a second."""
    monkeypatch.setattr("keyguard.detection.shaped._SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_never_ends_is_told_and_the_scan_is_not_complete(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write(".keyguard.toml", EVIL)
    repo.write("a.txt", "a" * 4000)
    ran = run_here("scan", "--format", "json", cwd=repo.top)
    assert ran.code == 3
    report = json.loads(ran.stdout)
    assert report["complete"] is False
    assert ["rule evil did not finish" in each["why"] for each in report["incomplete"]] == [True]
    repo.write("b.py", f"OPENAI_API_KEY = '{PROJECT}'\n")
    assert run_here("scan", cwd=repo.top).code == 1


def test_rules_are_listed_shown_and_explained(acme: Repo, run_here: RunKeyguard) -> None:
    listed = run_here("rules", "list", "--lang", "en", cwd=acme.top).stdout.splitlines()
    assert [line.split() for line in listed if "acme-key" in line] == [
        ["acme-key", "high", "Acme", "key", "(.keyguard.toml)"]
    ]
    shown = run_here("rules", "show", "acme-key", "--lang", "en", cwd=acme.top)
    assert shown.code == 0
    assert "Your own rules" in shown.stdout
    assert "a rule of .keyguard.toml" in shown.stdout
    guide = run_here("guide", "acme-key", "--lang", "en", cwd=acme.top).stdout
    assert "Ask the vault team to revoke it" in guide
    assert "These words stand in .keyguard.toml" in guide
    general = run_here("guide", "custom", "--lang", "zh", cwd=acme.top).stdout
    assert "先确认是谁签发的" in general
    assert run_here("guide", "acme-key", "--no-repo-config", cwd=acme.top).code == 2


def test_examples_are_held_to(acme: Repo, run_here: RunKeyguard) -> None:
    ran = run_here("rules", "check", cwd=acme.top)
    assert (ran.code, ran.stdout) == (0, "1 rule of your own, 2 examples: 0 problems\n")
    acme.write(".keyguard.toml", RULE.replace("acme_your_key", "acme_<<alnum:32>>"))
    ran = run_here("rules", "check", cwd=acme.top)
    assert ran.code == 2
    assert "acme-key:counter-example-1: the rule finds something in it" in ran.stderr
    acme.write(".keyguard.toml", RULE.replace("acme_<<alnum:32>>", "acme_<<alnum:31>>"))
    assert "is not what the pattern captures" in run_here("rules", "check", cwd=acme.top).stderr


def test_a_slow_rule_is_told_by_the_check(repo: Repo, run_here: RunKeyguard, request: pytest.FixtureRequest) -> None:
    repo.write(".keyguard.toml", "[[rule]]\nid = 'hexes'\npattern = 'zz[0-9a-f]{40}'\n")
    ran = run_here("rules", "check", cwd=repo.top)
    assert ran.code == 0
    assert "hexes: has no literal, so that it is run on everything, which is slow" in ran.stderr
    repo.write(".keyguard.toml", EVIL)
    request.getfixturevalue("impatient")
    ran = run_here("rules", "check", cwd=repo.top)
    assert ran.code == 2
    assert re.search("evil: (does not finish|takes more than)", ran.stderr)  # by how fast the machine is


def test_a_configuration_of_gitleaks_is_used_as_it_is(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write(".gitleaks.toml", CONFIG)
    token = keys.text(keys.fresh(), keys.LOWER + keys.DIGITS, 30)
    repo.write("a.env", f"ACME = {token}\n")
    ran = run_here("scan", "--rules", ".gitleaks.toml", "--format", "json", cwd=repo.top)
    assert ran.code == 1
    assert [each["rule"] for each in findings(ran)] == ["acme-token"]
    assert "keyguard: .gitleaks.toml: 3 of 6 rules carried over" in ran.stderr
    assert "not carried over: acme-file: it reports files by their names alone" in ran.stderr
    assert run_here("hook", "run", "--rules", ".gitleaks.toml", cwd=repo.top).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("min-confidence = 'low'\n", "no rules"),
        ("[[rule]]\nid = 'a'\npattern = 'acme'\n[options]\n", "unknown key options"),
        ("[[rule]\n", ":1:"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(repo: Repo, run_here: RunKeyguard, text: str, said: str) -> None:
    repo.write("rules.toml", text)
    ran = run_here("scan", "--rules", "rules.toml", cwd=repo.top)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert run_here("scan", "--rules", "missing.toml", cwd=repo.top).code == 2


def test_rules_of_several_repositories_are_told_apart(tmp_path: Path, run_here: RunKeyguard) -> None:
    one, other = Repo(tmp_path / "one"), Repo(tmp_path / "other")
    one.write(".keyguard.toml", RULE)
    for each in (one, other):
        each.write("a.py", f"VALUE = '{KEY}'\n")
    other.write("b.py", f"VALUE = '{KEY[:-1]}x'\n")
    ran = run_here("scan", one.top, other.top, "--format", "json", cwd=tmp_path)
    assert [(each["rule"], len(each["locations"])) for each in findings(ran)] == [("acme-key", 1)]
    other.write(".keyguard.toml", RULE.replace("acme-key", "acme-other"))
    ran = run_here("scan", one.top, other.top, "--format", "json", cwd=tmp_path)
    assert {each["rule"] for each in findings(ran)} == {"acme-key", "acme-other"}
    assert all(each["guide"]["steps"] for each in findings(ran))


def test_what_no_rule_shall_take_is_checked_without_a_rule(repo: Repo, run_here: RunKeyguard) -> None:
    repo.write(".keyguard.toml", "[[refuse]]\npaths = ['(']\n")
    ran = run_here("scan", cwd=repo.top)
    assert ran.code == 2
    assert ".keyguard.toml:1: refuse: paths: leaves a group open" in ran.stderr
