"""Whatever a repository calls its things, every report of a real scan shows it as text."""

from __future__ import annotations

import csv
import io
import os
import random
import re
from pathlib import Path

import pytest

from keyguard.cli.output import Format
from tests.conftest import RunKeyguard
from tests.reporting.forms import read
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(41))
NAMES = [
    b"\x1b[2J\x1b]0;owned\x07", "\u202egnp.\u2066exe".encode(), b"line\nbreak\r::error::x", b"::error file=x::y",
    b"=cmd|' /C calc'!A0", b"@SUM(1)", b"+1-1", b"<script>alert(1)</script>", b"'\"><img src=x onerror=alert(1)>",
    b"[x](javascript:alert(1))", b"| a | b |", b"`rm -rf`$(id)", b"%0A::set-output name=x::y", b"]]><x/>",
    b"\xff\xfe\x80", b"javascript:alert(1)", b"a\\b%2f..%2f", "\ud55c\u200b\ufeff\u2028x".encode(),
]  # fmt: skip
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.fixture
def hostile(repo: Repo) -> Repo:
    """A repository in which each name is that of a file, an author, a message, a branch and a link."""
    for number, name in enumerate(NAMES):
        text = os.fsdecode(name)
        path = os.fsencode(f"{number}") + b"/" + name.replace(b"/", b"_")
        repo.write(path, f"key = '{KEY}'  # {text}\n".encode("utf-8", "surrogateescape"))
        (repo.top / f"link{number}").symlink_to(text.replace("/", "_"))
        if number % 4 == 0:  # a commit costs more than all else here
            plain = re.sub(r"[\n<>\0]", "_", text)
            repo.stage()
            repo.commit(b"\n".join(NAMES) + KEY.encode(), author=f"{plain} <{plain}@x>")
    repo.git("branch", "b/=1|\u202e<b>`x`".replace("|", "-"))
    return repo


def test_no_form_of_the_report_obeys_a_repository(hostile: Repo, run_here: RunKeyguard, tmp_path: Path):
    ran = run_here(
        "scan", "--worktree", "--history", *(f"--output={each}={tmp_path / each}" for each in Format), cwd=hostile.top
    )
    assert ran.code == 1
    for form, text in [
        ("stdout", ran.stdout),
        ("stderr", ran.stderr),
        *((each, (tmp_path / each).read_text("utf-8")) for each in Format),
    ]:
        assert not CONTROL.search(text), form
        if form in list(Format):
            read(Format(form), text)
    commands = [line for line in (tmp_path / "github").read_text().splitlines() if line.startswith("::")]
    assert {line.split("::")[1].split()[0] for line in commands} <= {"error", "warning", "notice"}
    assert "set-output" not in {line.split("::")[1].split()[0] for line in commands}
    cells = [cell for row in csv.reader(io.StringIO((tmp_path / "csv").read_text())) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")]
    page = (tmp_path / "html").read_text()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
