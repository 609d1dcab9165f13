"""Where a command that follows a finding cannot go on, it says so in Chinese as well: each message, and what to do."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyguard.cli.main import LONGEST, main
from keyguard.language import Language
from keyguard.reporting.words import Words
from tests.conftest import PROJECT, RunKeyguard
from tests.support import keys
from tests.support.languages import CHINESE

PACKAGE = PROJECT / "keyguard"
COMMANDS = ("verify", "guide", "fix", "purge", "rotate", "rotate_asked", "rotating", "incidents", "baseline", "here")
FILES = [PACKAGE / "cli" / f"{name}.py" for name in (*COMMANDS, "incidents_resolve", "baseline_audit", "talking")]
FILES += [PACKAGE / "pipeline" / f"{name}.py" for name in ("lookup", "account", "desk")]
FILES += [PACKAGE / "reporting" / "reading.py", PACKAGE / "suppression" / "imports.py", PACKAGE / "cli" / "output.py"]
FILES += [PACKAGE / "cli" / "hook.py", PACKAGE / "cli" / "agents.py", *(PACKAGE / "hooks").glob("*.py")]
FILES += [each for name in ("purge", "repair", "rotation", "incidents") for each in (PACKAGE / name).rglob("*.py")]
TYPED = re.compile(r"git (fetch|config) --[\w .-]+|pip install '[\w\[\]]+'")
"""A hint that is a command and nothing else."""


def texts(node: ast.expr, known: dict[str, ast.expr]) -> Iterator[str]:
    """Yield what an argument can be, with `x` for each value in it; nothing for what is worked out elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(each.value) if isinstance(each, ast.Constant) else "x" for each in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body, known), *texts(node.orelse, known))
    elif isinstance(node, ast.Name) and node.id in known:
        yield from texts(known[node.id], known)


def messages(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    known = {
        target.id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error"):
            for argument in node.args[:2]:
                yield from texts(argument, known)


def test_every_message_has_its_chinese():
    say = Words(Language.ZH)
    found = {text for file in FILES for text in messages(file)}
    assert len(found) > 150
    english = {text for text in found if not TYPED.fullmatch(text) and not CHINESE.search(say.phrase(text))}
    assert english == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",), ("verify", "abc"), ("guide", "no-such"), ("guide", "kg1-0000"), ("rotate",), ("fix", "no-such"),
        ("incidents", "show", "kg1-0000"), ("nonsense",), ("scan", "--jobs", "x"), ("scan", "--no-such"),
        ("rules", "show", "x"), ("rules", "list", "x"), ("rules", "show"), ("scan", "--jobs", "0"),
        ("scan", "--format", "x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", [("--lang", "zh"), ("--lang=zh",), ()])
def test_it_is_spoken(repo, run_here: RunKeyguard, arguments: tuple[str, ...], lang: tuple[str, ...]):
    environ = {} if lang else {"LC_ALL": "zh_CN.UTF-8"}
    ran = run_here(*arguments, *lang, cwd=repo.top, environ=environ)
    lines = ran.stderr.splitlines()
    assert (ran.code, ran.stdout, lines[0][:16]) == (2, "", "keyguard: error:")
    assert all(CHINESE.search(line) for line in lines if "://" not in line), lines


def test_what_hooks_say(repo, run_here: RunKeyguard):
    zh = {"LC_ALL": "zh_CN.UTF-8"}
    (repo.git_dir / "hooks").mkdir(exist_ok=True)
    before = repo.git_dir / "hooks" / "pre-commit"
    before.write_text("#!/bin/sh\n")
    before.chmod(0o755)
    said = [run_here("hook", name, cwd=repo.top, environ=zh).stdout for name in ("install", "uninstall")]
    assert [len(each.splitlines()) for each in said] == [2, 2]
    assert all(CHINESE.search(line) for each in said for line in each.splitlines())
    key = keys.project_key(random.Random(3))
    repo.save("a.py", f'k = "{key}"\n')
    repo.write("a.py", f'k = "{key}"\nx = 1\n')
    repo.stage("a.py")
    told = [run_here("hook", "run", "--lang", each, cwd=repo.top).stderr for each in ("en", "zh")]
    assert "these files had 1 key before this commit" in told[0]
    assert "本次提交之前已有 1 个密钥" in told[1]


def test_english_stays_english(repo, run_here: RunKeyguard):
    for environ in ({"LC_ALL": "C"}, {"LC_ALL": "en_US.UTF-8", "LANGUAGE": "en"}):
        ran = run_here("verify", cwd=repo.top, environ=environ)
        assert ran.stderr.startswith("keyguard: error: nothing says which keys\n  name fingerprints")
    assert not CHINESE.search(
        run_here("verify", "--lang", "en", cwd=repo.top, environ={"LC_ALL": "zh_CN.UTF-8"}).stderr
    )


def test_where_the_terminal_cannot_show_it_errors_are_english(repo, run_here: RunKeyguard, monkeypatch):
    monkeypatch.setattr("keyguard.cli.output.speaks", lambda text, _stream=None: text.isascii())
    assert "nothing says which keys" in run_here("verify", "--lang", "zh", cwd=repo.top).stderr


def test_where_it_cannot_show_it_nothing_else_is_chinese(repo, run_here: RunKeyguard, monkeypatch):
    """What keys are called was chosen for the language that was asked for, before anybody knew of the terminal."""
    monkeypatch.setattr("keyguard.cli.output.speaks", lambda text, _stream=None: text.isascii())
    repo.save("a.py", f'k = "{keys.project_key(random.Random(3))}"\n')
    for command in ("scan", "guide kg1-", "fix --dry-run", "purge --dry-run", "incidents list"):
        ran = run_here(*command.split(), "--lang", "zh", cwd=repo.top)
        assert CHINESE.findall(ran.stdout + ran.stderr) == [], command


def test_what_is_quoted_may_be_anything(capsys: pytest.CaptureFixture[str]):
    """Looked up or not, a long message comes out at once."""
    assert main(["guide", "--lang", "zh", " in x is written in a way " * LONGEST]) == 2
    assert "there is no rule or provider" in capsys.readouterr().err
