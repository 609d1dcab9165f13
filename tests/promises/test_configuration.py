"""What a scanned repository says of itself neither runs, sends nor lowers anything."""

from __future__ import annotations

import random

import pytest

from keyguard.config.settings import READERS
from keyguard.errors import ConfigError
from tests.conftest import RunKeyguard
from tests.rules.users.sample import ACME, catalogue
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(31))
GATELESS = "exclude-paths = ['*.py']\nexclude-rules = ['openai-project-key']\nmin-confidence = 'high'\n"


@pytest.fixture
def leaky(repo: Repo, run_here: RunKeyguard) -> Repo:
    """A key that configuration, baseline and a comment of the repository accept, and the commit before those."""
    repo.save("README", "read me\n")
    repo.tag("base")
    repo.save("a.py", f"key = '{KEY}'  # keyguard: allow\n")
    assert run_here("baseline", "create", "--no-repo-config", cwd=repo.top).code == 0
    repo.save(".keyguard.toml", GATELESS)
    repo.stage()
    repo.commit("accept it all")
    return repo


def test_by_itself_it_counts_and_that_is_told(leaky: Repo, run_here: RunKeyguard):
    ran = run_here("scan", "--history", cwd=leaky.top)
    assert (ran.code, "hidden by this repository" in ran.stdout) == (0, True)


@pytest.mark.parametrize(
    "options",
    [
        ["--no-repo-config"],
        ["--no-repo-config", "--history"],
        ["--no-repo-config", "--range", "base..HEAD"],
        ["--config-from", "base"],
        ["--config-from", "base", "--history"],
        ["--range", "base..HEAD"],
    ],
    ids=" ".join,
)
def test_it_lowers_nothing_that_was_asked_for(leaky: Repo, run_here: RunKeyguard, options: list[str]):
    assert run_here("scan", *options, cwd=leaky.top).code == 1


def test_a_file_that_the_user_names_takes_the_place_of_its_own(leaky: Repo, run_here: RunKeyguard):
    for name, text in (("mine.toml", ""), ("mine-baseline.toml", "[accepted]\n")):
        (leaky.top.parent / name).write_text(text)
    (leaky.top / "a.py").write_text(f"key = '{KEY}'\n")
    mine = ["--config", leaky.top.parent / "mine.toml", "--baseline", leaky.top.parent / "mine-baseline.toml"]
    assert run_here("scan", *mine, cwd=leaky.top).code == 1


def test_what_the_command_line_says_goes_before_it(repo: Repo, run_here: RunKeyguard):
    repo.write("a.py", f"secret = '{keys.text(random.Random(5), keys.ALNUM, 32)}'\n")
    repo.write(".keyguard.toml", "min-confidence = 'high'\nlang = 'zh'\n")
    ran = run_here("scan", "--min-confidence=low", "--lang=en", cwd=repo.top)
    assert "Checked" in ran.stdout or "found" in ran.stdout
    assert ran.code == run_here("scan", "--min-confidence=low", "--no-repo-config").code


def test_it_has_no_word_for_a_program_or_an_address():
    """Whoever adds an option decides here whether a stranger may set it."""
    assert set(READERS) == {
        "min-confidence", "exclude-rules", "exclude-paths", "baseline", "lang", "rule", "refuse", "accept-unread",
        "contact",
    }  # fmt: skip
    for name in ("verify", "check", "probe", "api", "request", "revoke", "require", "plugin", "command", "url"):
        with pytest.raises(ConfigError):
            catalogue(ACME | {name: "x"})
