"""`keyguard rules import`: from gitleaks to a file of rules that finds the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import RunKeyguard
from tests.rules.gitleaks.sample import CONFIG
from tests.support import keys

SIMPLE = "[[rules]]\nid = 'acme-key'\nregex = '''acme_[a-z0-9]{32}'''\nkeywords = ['acme_']\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gitleaks.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def test_all_of_it_is_carried_over(tmp_path: Path, run_here: RunKeyguard) -> None:
    path = tmp_path / "simple.toml"
    path.write_text(SIMPLE, encoding="utf-8")
    ran = run_here("rules", "import", path)
    assert (ran.code, ran.stderr) == (0, "1 of 1 rules carried over\n")
    assert ran.stdout.startswith("# The rules of simple.toml, for KeyGuard")
    assert "pattern = 'acme_[0-9a-z]{32}'" in ran.stdout


def test_what_is_not_is_told_and_changes_the_exit_code(config: Path, run_here: RunKeyguard) -> None:
    ran = run_here("rules", "import", config)
    assert ran.code == 3
    assert ran.stderr.startswith("3 of 6 rules carried over\n\nchanged:\n")
    assert "\nnot carried over:\n" in ran.stderr
    assert "  acme-file: it reports files by their names alone" in ran.stderr


def test_there_and_back(config: Path, tmp_path: Path, run_here: RunKeyguard) -> None:
    rules = tmp_path / "rules.toml"
    assert run_here("rules", "import", config, "--output", rules).stdout == ""
    rng = keys.fresh()
    token, session = keys.text(rng, keys.LOWER + keys.DIGITS, 30), keys.text(rng, keys.HEX, 32)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.env").write_text(f"acme.key = '{token}'\n", encoding="utf-8")
    (folder / "b.yml").write_text(f"acme: sid-{session}\n", encoding="utf-8")
    (folder / "c.lock").write_text(f"acme = {token[::-1]}\n", encoding="utf-8")
    reports = [
        json.loads(run_here("scan", folder, "--rules", each, "--format", "json").stdout) for each in (config, rules)
    ]
    found = [{(each["rule"], each["fingerprint"]) for each in report["findings"]} for report in reports]
    assert found[0] == found[1]
    assert {rule for rule, _ in found[0]} == {"acme-token", "acme-session"}
    assert run_here("rules", "check", "--rules", rules).code == 0


def test_a_file_that_is_there_is_kept_unless_it_is_forced(config: Path, tmp_path: Path, run_here: RunKeyguard) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("mine", encoding="utf-8")
    ran = run_here("rules", "import", config, "--output", rules)
    assert ran.code == 2
    assert "already there" in ran.stderr
    assert rules.read_text(encoding="utf-8") == "mine"
    assert run_here("rules", "import", config, "--output", rules, "--force").code == 3
    assert "[[rule]]" in rules.read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_a_folder_or_link_is_not_replaced(config: Path, tmp_path: Path, run_here: RunKeyguard) -> None:
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(config)
    for output in (folder, link):
        assert run_here("rules", "import", config, "--output", output, "--force").code == 2
    assert os.path.islink(link)  # noqa: PTH114 (`is_symlink` says the same)
    assert config.read_text(encoding="utf-8") == CONFIG


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule]]\nid = 'a'\npattern = 'acme'\n", "--rules FILE"),
        ("", "no configuration of gitleaks"),
        ("[[rules]\n", ":1:"),
        ("\x00", "gitleaks.toml"),
    ],
)
def test_whatever_is_none_is_refused(config: Path, run_here: RunKeyguard, text: str, said: str) -> None:
    config.write_text(text, encoding="utf-8")
    ran = run_here("rules", "import", config)
    assert (ran.code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_names_in_the_file_reach_no_terminal_as_they_are(config: Path, run_here: RunKeyguard) -> None:
    config.write_text('[[rules]]\nid = "\\u001b[31ma\\u202e"\nregex = "("\n', encoding="utf-8")
    ran = run_here("rules", "import", config)
    assert ran.code == 3
    assert "\x1b" not in ran.stderr
    assert "\u202e" not in ran.stderr
