"""`keyguard baseline`: what was decided is kept, what matches nothing is told, other tools' lists are carried over."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from pathlib import Path

import pytest

from keyguard.suppression.baseline import FILE, Baseline, Decision, Entry
from tests.conftest import Copied, RunKeyguard
from tests.support import keys
from tests.support.languages import same_steps
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(21))
OTHER = keys.anthropic_key(random.Random(22))
THIRD = keys.project_key(random.Random(23))


def fingerprint(key: str) -> str:
    return f"kg1-{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def entries(repo: Repo) -> dict[str, Entry]:
    return dict(Baseline.load(repo.top / FILE).entries)


@pytest.fixture
def two(copied: Copied) -> Repo:
    """A repository with a key in a file, and another one that only the history holds."""
    return copied(leak)


def leak(repo: Repo) -> None:
    repo.save("old.py", f"k = '{OTHER}'\n")
    repo.remove("old.py")
    repo.save("k.py", f"# first\n\nk = '{KEY}'\n")


@pytest.fixture
def answer(two: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    """Run the audit as on a terminal, with these answers."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
        answers = "".join(f"{line}\n" for line in lines).encode()
        monkeypatch.setattr("keyguard.cli.baseline_audit.can_be_talked_to", lambda: True)
        ran = run_here("baseline", "audit", *options, cwd=two.top, stdin=answers)
        assert KEY not in ran.stdout + ran.stderr
        assert KEY[10:20] not in ran.stdout + ran.stderr
        return ran.code, ran.stdout + ran.stderr

    return run


def test_entries_that_match_nothing_are_listed_and_dropped_when_asked(two: Repo, run_here: RunKeyguard):
    assert run_here("baseline", "create", "--history", cwd=two.top).stdout.startswith("2 accepted")
    path = two.top / FILE
    gone = fingerprint(THIRD)
    path.write_text(path.read_text() + f'"{gone}" = {{ rule = "a-b", decision = "test-key", reason = "why" }}\n')
    assert "nothing any more" not in run_here("baseline", "update", cwd=two.top).stderr  # the history was not read
    ran = run_here("baseline", "update", "--history", cwd=two.top)
    assert "1 match nothing any more (keyguard baseline update --prune drops them)" in ran.stderr
    assert f"{gone}  a-b  why" in ran.stderr
    assert entries(two)[gone] == Entry("a-b", "why", Decision.TEST_KEY)
    assert run_here("baseline", "audit", "--check", cwd=two.top).code == 1
    assert run_here("baseline", "update", "--prune", "--rule", "openai-project-key", cwd=two.top).code == 2
    ran = run_here("baseline", "update", "--prune", cwd=two.top)
    assert "dropped" in ran.stderr
    assert entries(two).keys() == {fingerprint(KEY), fingerprint(OTHER)}


def test_entry_of_a_weak_finding_still_matches(two: Repo, run_here: RunKeyguard):
    two.save("tests/fixtures/weak.py", f"key = '{keys.webhook_secret(random.Random(24))}'\n")
    run_here("baseline", "create", "--history", "--min-confidence", "low", cwd=two.top)
    before = entries(two)
    shown = json.loads(run_here("scan", "--history", "--format", "json", cwd=two.top).stdout)
    assert shown["stats"]["weaker"] > 0
    run_here("baseline", "update", "--prune", cwd=two.top)
    assert entries(two) == before


def test_answers_are_kept_and_not_asked_again(two: Repo, answer, run_here: RunKeyguard):
    code, said = answer("f", "it is a sample", "r", "ours")
    assert code == 0
    assert "3 | k = '…'" in said
    assert "decided: 2; left: 0" in said
    kept = entries(two)
    assert {each.decision for each in kept.values()} == {Decision.FALSE_ALARM, Decision.REAL}
    assert answer() == (0, "decided: 0; left: 0\n")
    real = next(key for key, entry in kept.items() if entry.decision is Decision.REAL)
    found = json.loads(run_here("scan", "--history", "--format", "json", cwd=two.top).stdout)["findings"]
    assert {each["fingerprint"]: each["status"] for each in found}[real] == "open"
    run_here("baseline", "update", "--history", cwd=two.top)
    assert entries(two) == kept
    checked = run_here("baseline", "audit", "--check", cwd=two.top)
    assert (checked.code, f"real: {real}" in checked.stdout) == (1, True)


def test_all_is_said_in_both_languages(two: Repo, answer, run_here: RunKeyguard):
    two.write(".gitleaksignore", "a.py:openai-project-key:3\ngone.py:openai-project-key:1\n")
    said: dict[str, str] = {}
    for lang in ("en", "zh"):
        runs = [
            run_here("baseline", *arguments, "--lang", lang, cwd=two.top)
            for arguments in (["create"], ["audit", "--check"], ["update", "--history"], ["import", ".gitleaksignore"])
        ]
        said[lang] = "".join(ran.stdout + ran.stderr for ran in runs)
        for lines in (("t", "x", "r", "y"), ("v", "x", "s")):
            said[lang] += answer(*lines, options=("--all", "--lang", lang))[1]
        with (two.top / FILE).open("a") as file:
            file.write(f'"{fingerprint(THIRD)}" = {{ rule = "a-b", reason = "z" }}\n')
        for arguments in (["audit", "--check"], ["update", "--prune"]):
            ran = run_here("baseline", *arguments, "--lang", lang, cwd=two.top)
            said[lang] += ran.stdout + ran.stderr
        shutil.rmtree(two.top / ".keyguard")
    same_steps(said["en"], said["zh"])
    assert "已决定：2；剩余：0" in said["zh"]


def test_one_can_skip_go_back_change_and_quit(two: Repo, answer):
    code, said = answer("s", "b", "t", "", "q")
    assert (code, [each.decision for each in entries(two).values()]) == (0, [Decision.TEST_KEY])
    assert "decided: 1; left: 1" in said
    answer("v", "dead", "v", "dead", options=("--all",))
    assert {each.decision for each in entries(two).values()} == {Decision.REVOKED}


def test_audit_that_is_broken_off_keeps_what_was_decided(two: Repo, answer):
    code, said = answer("x", "f", "a" * 501, "fine")
    assert code == 130
    assert "what was decided is kept: 1" in said
    assert [each.reason for each in entries(two).values()] == ["fine"]


def test_audit_asks_nothing_where_nobody_answers(two: Repo, run_here: RunKeyguard):
    ran = run_here("baseline", "audit", cwd=two.top)
    assert ran.code == 2
    assert "no terminal" in ran.stderr


def test_no_audit_shows_an_encoded_key(two: Repo, answer, run_here: RunKeyguard):
    import base64

    encoded = base64.b64encode(THIRD.encode()).decode()
    two.save("k.py", f"a = 1\nb = '{encoded}'\nc = '{KEY}'\n")
    _, said = answer("s", "s", "s")
    assert encoded[8:24] not in said
    assert THIRD[10:24] not in said


class TestImport:
    def test_of_gitleaks(self, two: Repo, run_here: RunKeyguard, tmp_path: Path):
        first = two.git("rev-list", "--max-parents=0", "HEAD")
        lines = ["# ours", "", f"{first}:old.py:generic-api-key:1", "./k.py:some-rule:3", "gone.py:some-rule:7"]
        two.write(".gitleaksignore", "\r\n".join(lines))
        ran = run_here("baseline", "import", ".gitleaksignore", cwd=two.top)
        assert ran.code == 0
        assert "2 of 3 entries carried over" in ran.stderr
        assert "gone.py:7" in ran.stderr
        assert entries(two) == {
            fingerprint(KEY): Entry("openai-project-key", "imported from .gitleaksignore"),
            fingerprint(OTHER): Entry("anthropic-api-key", "imported from .gitleaksignore"),
        }
        assert run_here("scan", "--history", cwd=two.top).code == 0

    def test_of_value_fingerprints(self, two: Repo, run_here: RunKeyguard):
        values = [hashlib.sha256(key.encode()).hexdigest() for key in (KEY, THIRD)]
        two.write("ignored", f"{values[0]}\n{values[1]}\nhmac-sha256:{values[0][::-1]}\n")
        ran = run_here("baseline", "import", "ignored", cwd=two.top)
        assert (ran.code, set(entries(two))) == (0, {fingerprint(KEY)})
        assert "1 of 3 entries carried over" in ran.stderr
        assert "the fingerprint of line 2" in ran.stderr

    def test_of_a_line_with_two_keys_accepts_neither(self, two: Repo, run_here: RunKeyguard):
        two.save("k.py", f"k = '{KEY}', '{OTHER}'\n")
        two.write(".gitleaksignore", "k.py:some-rule:1\n")
        ran = run_here("baseline", "import", ".gitleaksignore", cwd=two.top)
        assert ran.code == 3
        assert "several keys stand there" in ran.stderr
        assert entries(two) == {}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
    def test_of_detect_secrets(self, two: Repo, run_here: RunKeyguard, encoding: str):
        def result(key: str, **more: object) -> dict[str, object]:
            digest = hashlib.sha1(key.encode()).hexdigest()
            return {"type": "x", "hashed_secret": digest, "is_verified": False, "line_number": 1, **more}

        two.write("l.py", f"k = '{THIRD}'\n")
        results = {"k.py": [result(KEY, is_secret=False)], "old.py": [result(OTHER, is_secret=True)]}
        results |= {"l.py": [result(THIRD)], "m.py": [result("another")]}
        text = json.dumps({"version": "1.5.0", "results": results}, indent=2)
        two.write(".secrets.baseline", text.encode(encoding))
        kept = Entry("openai-project-key", "mine", Decision.REVOKED)
        Baseline({fingerprint(THIRD): kept}).write(two.top / FILE, two.top)
        ran = run_here("baseline", "import", ".secrets.baseline", cwd=two.top)
        assert (ran.code, "m.py:1" in ran.stderr) == (0, True)
        source = "imported from .secrets.baseline"
        assert entries(two) == {
            fingerprint(KEY): Entry("openai-project-key", source, Decision.FALSE_ALARM),
            fingerprint(OTHER): Entry("anthropic-api-key", source, Decision.REAL),
            fingerprint(THIRD): kept,
        }

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("k.py:3\n", ":1: not an entry of an ignore file"),
            ("# a\n\nk.py:rule:x\n", ":3: not an entry"),
            ("k.py:r:1\n<<<<<<< HEAD\n", "merge conflict markers at line 2"),
            ('{\n  "results": {,\n', ":2:15: not JSON"),
            ('{"results": []}', "no table of results"),
            ('{\n "results": {\n  "a.py": [{"hashed_secret": "x"}]}}', ":3: a result without the SHA-1"),
            ('{"results": ' + "[" * 9999, "nested too deeply"),
        ],
    )
    def test_of_an_unfit_file_changes_nothing(self, two: Repo, run_here: RunKeyguard, text: str, message: str):
        two.write("file", text)
        ran = run_here("baseline", "import", "file", cwd=two.top)
        assert ran.code == 2
        assert message in ran.stderr
        assert not (two.top / ".keyguard").exists()


def test_broken_baseline_is_refused_by_line_and_not_overwritten(two: Repo, run_here: RunKeyguard):
    run_here("baseline", "create", cwd=two.top)
    path = two.top / FILE
    broken = path.read_text() + "<<<<<<< HEAD\n"
    path.write_text(broken)
    line = broken.count("\n")
    for command in (["baseline", "update"], ["baseline", "audit", "--check"], ["scan"], ["config", "check"]):
        ran = run_here(*command, cwd=two.top)
        assert ran.code == 2
        assert f"merge conflict markers at line {line}" in ran.stderr
        assert path.read_text() == broken


def test_config_check_says_what_is_read(two: Repo, run_here: RunKeyguard):
    assert run_here("config", "check", cwd=two.top).stdout.startswith("configuration: none\n")
    two.write(".keyguard.toml", 'exclude-rules = ["nope-nope"]\n')
    ran = run_here("config", "check", cwd=two.top)
    assert (ran.code, ".keyguard.toml:1: exclude-rules names" in ran.stderr) == (2, True)
    two.write(".keyguard.toml", '[[rule]]\nid = "acme-key"\npattern = "acme_[a-z]{32}"\n')
    assert "rules of your own: 1; accepted by the baseline: 0" in run_here("config", "check", cwd=two.top).stdout
