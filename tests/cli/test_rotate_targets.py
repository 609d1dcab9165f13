"""Where `keyguard rotate` puts a new key: what fails there, and what is refused before there is one."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

import pytest

from keyguard.rotation.targets import processes
from tests.support.endpoints import faults, openai
from tests.support.rotating import ADMIN, INTO, MARK, OLD, OTHER, World

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
class TestTargets:
    def test_gh_and_a_command_get_the_key_on_standard_input_alone(self, world: World, tmp_path: Path):
        gh = tmp_path / "bin" / "gh"
        gh.parent.mkdir()
        lines = ["#!/bin/sh", f"cd {tmp_path}", "cat > stored", "env > env", 'echo "$@" > args', "cat stored"]
        gh.write_text("\n".join(lines) + "\n")
        gh.chmod(0o755)
        world.monkeypatch.setenv("PATH", f"{gh.parent}{os.pathsep}{os.environ['PATH']}")
        ran = world(MARK, "--into", "gh:a/b:KEY", "--into", f"command:cat > {tmp_path}/other", "--yes")
        assert ran.code == 0
        (new,) = world.app.named("keyguard-")
        assert (tmp_path / "stored").read_text() == (tmp_path / "other").read_text() == new.text
        assert (tmp_path / "args").read_text() == "secret set KEY --repo a/b\n"
        told = (tmp_path / "env").read_text()
        assert new.text not in told
        assert ADMIN not in told

    def test_it_is_gone_on_with_where_it_was_begun(self, world: World, tmp_path: Path):
        assert world(MARK, *INTO, "--into", "command:exit 1", "--yes").code == 3
        world.monkeypatch.chdir(tmp_path)
        ran = world(MARK, "--yes")
        assert (ran.code, str(world.repo.top) in ran.stderr) == (2, True)
        assert world.app.keys[OLD] is openai.Key.LIVE

    def test_a_target_that_fails_leaves_the_old_key_and_is_begun_anew(self, world: World, tmp_path: Path):
        flag = tmp_path / "flag"
        command = f"command:cat > {tmp_path}/stored; cat {tmp_path}/stored; test -e {flag}"
        ran = world(MARK, *INTO, "--into", command, "--yes")
        assert (ran.code, "failed with code 1" in ran.stderr) == (3, True)
        assert f"go on with: keyguard rotate {MARK}" in ran.stderr
        assert world.app.keys[OLD] is openai.Key.LIVE
        assert world(MARK, "--into", command, "--yes").code == 2  # the file has a key of the first attempt
        flag.touch()
        assert world(MARK, "--yes").code == 0
        world.check_rotated()
        assert (tmp_path / "stored").read_text() in world.env

    def test_what_a_failed_command_may_have_stored_lives_until_something_else_is_stored(
        self, world: World, tmp_path: Path
    ):
        stored, flag = tmp_path / "stored", tmp_path / "flag"
        command = f"command:cat > {stored}; test -e {flag}"
        assert world(MARK, "--into", command, "--yes").code == 3
        first = stored.read_text()
        world.server.always = lambda handler, seen: seen.method == "POST" and faults.dropped(handler, seen)
        assert world(MARK, "--yes").code == 3
        assert world.app.keys[first] is openai.Key.LIVE
        world.server.always = None
        flag.touch()
        assert world(MARK, "--yes").code == 0
        assert world.app.keys[first] is openai.Key.REVOKED
        assert world.app.keys[stored.read_text()] is openai.Key.LIVE

    def test_where_it_stays_in_the_same_file_is_told(self, world: World):
        world.repo.write(".env", f"OPENAI_API_KEY={OLD}\nOTHER={OLD}\n")
        ran = world(MARK, *INTO, terminal="n\n")
        assert (".env:OTHER, and stays there" in ran.stdout, ran.code) == (True, 3)
        ran = world(MARK, *INTO, "--into", ".env:OTHER", "--yes")
        assert ("stays there" in ran.stdout, ran.code) == (False, 0)
        (new,) = world.app.named("keyguard-")
        assert world.env == f"OPENAI_API_KEY={new.text}\nOTHER={new.text}\n"

    def test_a_command_that_hangs_or_quotes_the_key_in_another_form(self, world: World):
        world.monkeypatch.setattr(processes, "SECONDS", 0.2)
        ran = world(MARK, "--into", "command:exec sleep 60", "--yes")
        assert (ran.code, "did not end within" in ran.stderr) == (3, True)
        world.monkeypatch.setattr(processes, "SECONDS", 60.0)
        ran = world(MARK, "--into", "command:base64 -w0; exit 7", "--yes")
        assert (ran.code, "failed with code 7" in ran.stderr) == (3, True)
        (_, made) = world.app.named("keyguard-")
        assert base64.b64encode(made.text.encode()).decode()[20:60] not in ran.stderr

    def test_a_command_that_was_written_wrongly_can_be_written_anew(self, world: World, tmp_path: Path):
        ran = world(MARK, "--into", "command:exit 1", "--yes")
        assert (ran.code, len(world.app.named("keyguard-"))) == (3, 1)
        assert world(MARK, "--into", f"command:cat > {tmp_path}/stored", "--yes").code == 0
        (new,) = world.app.named("keyguard-")
        assert (tmp_path / "stored").read_text() == new.text

    def test_what_cannot_be_put_there_is_refused_before_there_is_a_key(self, world: World):
        world.monkeypatch.setenv("PATH", str(Path(sys.executable).parent) + os.pathsep + "/usr/bin")
        world.repo.write("other.env", "OPENAI_API_KEY=something-else\n")
        for spec in (
            "gh:KEY",
            "nowhere.env:K",
            "other.env:OPENAI_API_KEY",
            "KEY",
            "gh:a b",
            "command: ",
            f"command:x {OTHER}",
        ):
            assert world(MARK, "--into", spec, "--yes").code == 2, spec
        assert world(MARK, "--yes").code == 2
        assert world.app.named("keyguard-") == []
