"""`keyguard fix` as a person uses it: it shows, asks, and writes all or nothing."""

from __future__ import annotations

import random
import stat
import subprocess
from pathlib import Path

import pytest

from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.languages import same_steps
from tests.support.repository import Repo

RNG = random.Random(21)
KEY, OTHER = keys.project_key(RNG), keys.project_key(RNG)
GROQ = keys.groq_key(RNG)
APP = f'import sys\n\nKEY = "{KEY}"\n'
FIXED = 'import os\nimport sys\n\nKEY = os.environ["OPENAI_API_KEY"]\n'


def contents(repo: Repo) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in repo.top.rglob("*") if path.is_file() and ".git/" not in str(path)}


def test_nothing_to_fix(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", "x = 1\n")
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, ran.stdout) == (0, "no key was found: there is nothing to fix\n")


def test_keys_that_were_accepted_are_told(repo: Repo, run_here: RunKeyguard):
    repo.save("app.py", APP)
    assert run_here("baseline", "create", cwd=repo.top).code == 0
    said = [run_here("fix", "--dry-run", "--lang", each, cwd=repo.top) for each in ("en", "zh")]
    assert (said[0].code, "1 key is accepted" in said[0].stdout, "no other key" in said[0].stdout) == (0, True, True)
    same_steps(*(each.stdout for each in said))
    assert "environ" in run_here("fix", "--dry-run", "--no-repo-config", cwd=repo.top).stdout


def test_a_key_moves_from_python_into_an_ignored_private_file(repo: Repo, run_here: RunKeyguard):
    repo.save("app.py", APP)
    (repo.top / "app.py").chmod(0o755)
    before = contents(repo)
    ran = run_here("fix", "--dry-run", cwd=repo.top)
    assert (ran.code, contents(repo)) == (1, before)
    assert '+KEY = os.environ["OPENAI_API_KEY"]' in ran.stdout
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert ran.code == 0
    assert KEY not in ran.stdout + ran.stderr
    assert "keyguard guide kg1-" in ran.stdout
    assert (repo.top / "app.py").read_text() == FIXED
    assert stat.S_IMODE((repo.top / "app.py").stat().st_mode) == 0o755
    assert (repo.top / ".env").read_text() == f"OPENAI_API_KEY={KEY}\n"
    assert stat.S_IMODE((repo.top / ".env").stat().st_mode) == 0o600
    assert (repo.top / ".gitignore").read_text() == ".env\n"
    assert repo.git("status", "--porcelain") == " M app.py\n?? .gitignore"
    assert run_here("scan", cwd=repo.top).code == 0


def test_a_key_in_a_name_is_not_shown(repo: Repo, run_here: RunKeyguard):
    repo.save(f"{GROQ}/app.py", APP)
    repo.save(f"{GROQ}.ts", f'const k = "{KEY}"\n')
    repo.save(f"{OTHER}.env", f"A={KEY}\n")
    repo.write(f"{GROQ}/local.env", f"A={KEY}\n")
    for more in (["--dry-run"], ["--yes", "--env-file", f"{GROQ}/x.env"]):
        ran = run_here("fix", *more, cwd=repo.top)
        assert "app.py" in ran.stdout
        assert not any(key[14:40] in ran.stdout + ran.stderr for key in (KEY, GROQ, OTHER)), ran


def test_without_a_terminal_it_does_not_go_ahead(repo: Repo, run_here: RunKeyguard):
    repo.save("app.py", APP)
    ran = run_here("fix", cwd=repo.top)
    assert ran.code == 2
    assert "--yes" in ran.stderr
    assert (repo.top / "app.py").read_text() == APP


def test_env_files_that_git_tracks(repo: Repo, run_here: RunKeyguard):
    repo.save("deploy/prod.env", f"A=1\nGROQ_API_KEY='{GROQ}'\n")
    repo.save(".env.example", f"GROQ_API_KEY={GROQ}\n")
    repo.write("local.env", f"GROQ_API_KEY={GROQ}\n")
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, GROQ in ran.stdout) == (0, False)
    assert (repo.top / "deploy/prod.env").read_text() == 'A=1\nGROQ_API_KEY="${GROQ_API_KEY}"\n'
    assert (repo.top / ".env.example").read_text() == "GROQ_API_KEY=\n"
    assert (repo.top / "local.env").read_text() == f"GROQ_API_KEY={GROQ}\n"
    assert (repo.top / ".env").read_text() == f"GROQ_API_KEY={GROQ}\n"
    assert (repo.top / ".gitignore").read_text() == "/local.env\n.env\n"


def test_a_value_moves_as_it_is_written(repo: Repo, run_here: RunKeyguard):
    url = f'"https://$HOST/?k={GROQ}&d=\\\\"'
    repo.save("prod.env", f"\ufeffURL={url} # c\nexport A='{KEY}'\n")
    assert run_here("fix", "--yes", cwd=repo.top).code == 0
    assert (repo.top / ".env").read_text() == f"A={KEY}\nURL={url}\n"
    assert (repo.top / "prod.env").read_text() == '\ufeffURL="${URL}" # c\nexport A="${A}"\n'


def test_the_env_file_itself_is_tracked(repo: Repo, run_here: RunKeyguard):
    repo.save(".env", f"GROQ_API_KEY={GROQ}\nB=2\n")
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert ran.code == 1
    assert "git rm --cached -- :/.env" in ran.stdout
    assert (repo.top / ".env.example").read_text() == "GROQ_API_KEY=\nB=\n"
    assert (repo.top / ".gitignore").read_text() == ".env\n"
    repo.save("app.py", APP)
    ran = run_here("fix", "--yes", "app.py", cwd=repo.top)
    assert (ran.code, "git tracks .env" in ran.stderr) == (2, True)
    assert "git rm --cached -- :/.env" in ran.stderr
    assert (repo.top / "app.py").read_text() == APP


def test_other_languages_get_the_line_that_reads_it(repo: Repo, run_here: RunKeyguard):
    repo.save("a.ts", f'const k = "{KEY}"\n')
    repo.save(".github/workflows/ci.yml", f"env: {{K: {KEY}}}\n")
    repo.save("main.tf", f'k = "{KEY}"\n')
    repo.save("a.json", f'{{"k": "{KEY}"}}\n')
    repo.save("n.py", f'"""{KEY}"""\nurl = "https://{KEY}@h"\n')
    ran = run_here("fix", cwd=repo.top)
    assert ran.code == 1
    for each in ("process.env.OPENAI_API_KEY", "${{ secrets.OPENAI_API_KEY }}", "TF_VAR_openai_api_key", "docstring"):
        assert each in ran.stdout
    assert KEY not in ran.stdout
    assert not (repo.top / ".env").exists()


def test_a_name_that_has_another_value_is_not_overwritten(repo: Repo, run_here: RunKeyguard):
    repo.save("app.py", APP)
    repo.write(".gitignore", "*\n")
    repo.write(".env", "# mine\nOPENAI_API_KEY=other")
    before = contents(repo)
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, contents(repo)) == (2, before)
    assert "--name OTHER" in ran.stderr
    assert run_here("fix", "--yes", "--name", "MY_KEY", cwd=repo.top).code == 0
    assert (repo.top / ".env").read_text() == f"# mine\nOPENAI_API_KEY=other\nMY_KEY={KEY}\n"
    assert (repo.top / ".gitignore").read_text() == "*\n"


def test_two_keys_get_two_names_and_a_known_value_keeps_its_own(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", f'first = "{KEY}"\nbillingKey = "{OTHER}"\n')
    repo.save("b.py", f'x = "{GROQ}"\n')
    repo.write(".env", f"MINE={GROQ}\n")
    assert run_here("fix", "--yes", "a.py", "b.py", cwd=repo.top).code == 0
    assert (repo.top / ".env").read_text() == f"MINE={GROQ}\nOPENAI_API_KEY={KEY}\nBILLING_KEY={OTHER}\n"
    assert 'os.environ["MINE"]' in (repo.top / "b.py").read_text()


def test_all_names_that_a_key_has_are_told(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", f'OPENAI_API_KEY = "{KEY}"\n')
    repo.save("prod.env", f"B={KEY}\n")
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert ran.code == 0
    assert "done: OPENAI_API_KEY, B in .env;" in ran.stdout


def test_commands_work_where_the_user_stands(repo: Repo, run_here: RunKeyguard):
    repo.save("sub dir/x", "x\n")
    repo.save(".env", f"GROQ_API_KEY={GROQ}\n")
    below = repo.top / "sub dir"
    told = run_here("fix", "--dry-run", "../.env", cwd=below).stdout
    (command,) = [line.removeprefix("to do: ") for line in told.splitlines() if "rm --cached" in line]
    assert subprocess.run(["bash", "-ec", command], cwd=below, capture_output=True, check=False).returncode == 0
    assert repo.git("ls-files", ".env") == ""
    (repo.top / ".env").chmod(0o644)
    repo.save("a.py", APP)
    told = run_here("fix", "--yes", "../a.py", cwd=below).stdout
    (command,) = [line.partition(": ")[2] for line in told.splitlines() if "chmod" in line]
    assert subprocess.run(["bash", "-ec", command], cwd=below, check=False).returncode == 0
    assert stat.S_IMODE((repo.top / ".env").stat().st_mode) == 0o600


def test_links_and_what_lies_outside_are_refused(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    repo.save("app.py", APP)
    outside = tmp_path / "outside"
    outside.write_text("")
    (repo.top / ".env").symlink_to(outside)
    assert run_here("fix", "--yes", cwd=repo.top).code == 2
    assert run_here("fix", "--yes", "--env-file", outside, cwd=repo.top).code == 2
    assert run_here("fix", "--yes", "--env-file", ".git/env", cwd=repo.top).code == 2
    assert run_here("fix", "--yes", "--name", KEY, cwd=repo.top).code == 2
    assert (outside.read_text(), (repo.top / "app.py").read_text()) == ("", APP)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_fault_at_any_file_leaves_all_as_it_was(
    repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, error: BaseException
):
    repo.save("app.py", APP)
    before = contents(repo)
    replace = Path.replace
    for after in range(3):
        done: list[Path] = []

        def failing(self: Path, target: Path, done: list[Path] = done, after: int = after) -> Path:
            done.append(target)
            if len(done) == after + 1:
                raise error
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", failing)
        ran = run_here("fix", "--yes", cwd=repo.top)
        assert ran.code == (130 if isinstance(error, KeyboardInterrupt) else 2)
        assert ("interrupted: all is as it was" if ran.code == 130 else "nothing was changed") in ran.stderr
        assert contents(repo) == before
        assert KEY not in ran.stdout + ran.stderr


def test_a_gitignore_further_down_that_undoes_it(repo: Repo, run_here: RunKeyguard):
    repo.save("sub/app.py", APP)
    repo.save("sub/.gitignore", "!.env\n")
    before = contents(repo)
    ran = run_here("fix", "--yes", "--env-file", "sub/.env", cwd=repo.top)
    assert (ran.code, contents(repo)) == (2, before)
    assert "does not ignore sub/.env" in ran.stderr


def test_a_missing_extra_is_told(repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    import sys

    repo.save("app.py", APP)
    monkeypatch.setitem(sys.modules, "keyguard.repair.python", None)
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, "keyguard[fix]" in ran.stderr) == (2, True)


def test_a_value_is_not_moved_for_a_file_that_is_not_rewritten(repo: Repo, run_here: RunKeyguard):
    repo.save("app.py", f'"""Doc."""; KEY = "{KEY}"\n')
    before = contents(repo)
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, contents(repo)) == (1, before)
    assert "no import fits" in ran.stdout


def test_a_password_does_not_get_the_name_of_the_address_that_has_it(repo: Repo, run_here: RunKeyguard):
    password = "Xk29s" + "Lq8WzPq71Rt"
    repo.save("a/prod.env", f"DATABASE_URL=postgres://u:{password}@db.acme.io/x\n")
    repo.save("b.py", f'db_password = "{password}"\n')
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert password not in ran.stdout
    values = (repo.top / ".env").read_text().splitlines()
    assert values[0] == f"DATABASE_URL=postgres://u:{password}@db.acme.io/x"
    assert "DATABASE_URL" not in (repo.top / "b.py").read_text()


def test_files_of_another_repository(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    other = Repo(tmp_path / "other")
    for each in (repo, other, Repo(repo.top / "inner")):
        each.write("app.py", APP)
    assert run_here("fix", "--yes", other.top / "app.py", cwd=repo.top).code == 2
    assert run_here("fix", "--yes", "inner/app.py", cwd=repo.top).code == 2
    ran = run_here("fix", "--yes", cwd=repo.top)
    assert (ran.code, "run keyguard fix in inner" in ran.stdout) == (1, True)
    assert (repo.top / "app.py").read_text() == FIXED
    assert (repo.top / "inner/app.py").read_text() == (other.top / "app.py").read_text() == APP


def test_outside_git(tmp_path: Path, run_here: RunKeyguard):
    assert run_here("fix", cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []
