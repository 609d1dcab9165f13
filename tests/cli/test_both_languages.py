"""Commands that act say in Chinese, line by line, what they say in English."""

from __future__ import annotations

import random

import pytest

from tests.cli.test_purge import archive
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.languages import same_steps
from tests.support.repository import Repo

RNG = random.Random(61)
KEY, OTHER, GROQ = keys.project_key(RNG), keys.anthropic_key(RNG), keys.groq_key(RNG)
LEFT = {
    "a.ts": f'const k = "{KEY}"\n', ".github/workflows/ci.yml": f"env: {{K: {KEY}}}\n", "main.tf": f'k = "{KEY}"\n',
    "Dockerfile": f"ENV K={KEY}\n", "a.nix": f'k = "{KEY}";\n', "a.html": f"<b>{KEY}</b>\n", "c.yaml": f"k: {KEY}\n",
    ".gitlab-ci.yml": f"k: {KEY}\n", "azure-pipelines.yml": f"k: {KEY}\n", ".travis.yml": f"k: {KEY}\n",
    "bitbucket-pipelines.yml": f"k: {KEY}\n", "n.py": f'"""{KEY}"""\nurl = "https://{KEY}@h"\n',
    "broken.py": f'k = "{KEY}\n', "made.py": f'# DO NOT EDIT\nk = "{KEY}"\n', "note.py": f"# {KEY}\n",
    "kind.py": f'def f(x: "{KEY}"):\n    match x:\n        case "{OTHER}":\n            return f"{GROQ}{{x}}"\n',
    "future.py": f'"""x"""; k = "{KEY}"\n', f"dir/{GROQ}.txt": "a name\n",
}  # fmt: skip


def test_fix(repo: Repo, run_here: RunKeyguard):
    assert [run_here("fix", "--lang", lang, cwd=repo.top).code for lang in ("en", "zh")] == [0, 0]
    for path, text in LEFT.items():
        repo.write(path, text)
    repo.write("app.py", f'k = "{KEY}"\n')
    repo.save("deploy.env", f"GROQ_API_KEY={GROQ}\nA.B={KEY}\n")
    repo.write("local.env", f"K={GROQ}\n")
    repo.write(".env", "A=1\n").chmod(0o644)
    (repo.top / "link.py").symlink_to("app.py")
    said = []
    for lang in ("en", "zh"):
        ran = run_here("fix", "--dry-run", "--lang", lang, cwd=repo.top)
        said.append(ran.stdout + ran.stderr)
    same_steps(*said)
    assert said[0].count("left: ") > len(LEFT) - 2
    before = {path: (repo.top / path).read_bytes() for path in ("app.py", "deploy.env", ".env")}
    done = []
    for lang in ("en", "zh"):
        done.append(run_here("fix", "--yes", "--lang", lang, cwd=repo.top).stdout)
        for path, data in before.items():
            (repo.top / path).write_bytes(data)
        (repo.top / ".gitignore").unlink()
    same_steps(*done)
    assert "\ndone: " in done[0]


def test_fix_of_a_tracked_env_file_and_of_nothing(repo: Repo, run_here: RunKeyguard):
    same_steps(*(run_here("fix", "--lang", lang, cwd=repo.top).stdout for lang in ("en", "zh")))
    repo.save(".env", f"GROQ_API_KEY={GROQ}\n")
    same_steps(*(run_here("fix", "--dry-run", "--lang", lang, cwd=repo.top).stdout for lang in ("en", "zh")))


@pytest.mark.parametrize("host", ["gitlab.com", "github.com"])
def test_purge(repo: Repo, run_here: RunKeyguard, host: str):
    assert run_here("purge", cwd=repo.top).code == 0
    repo.save("app.py", f'k = "{KEY}"\n', f"Add {KEY}")
    repo.save("a.zip", archive())
    repo.save(f"dir/{OTHER}.txt", "a name\n")
    repo.push("main")
    repo.git("fetch", "--quiet")
    repo.tag(f"t-{OTHER}")
    repo.git("tag", "of-a-file", repo.blob(f"k = '{KEY}'\n"))
    repo.write("app.py", f'k = "{GROQ}"\n')
    repo.stash()
    repo.write("app.py", f'k = "{OTHER}"\n')
    repo.stage("app.py")
    repo.git("remote", "set-url", "origin", f"https://{host}/a/b.git")
    plans, said = [], []
    for lang in ("en", "zh"):
        into = repo.top.with_name("out")
        ran = run_here("purge", "--dry-run", "--lang", lang, cwd=repo.top)
        plans.append(ran.stdout)
        ran = run_here("purge", "--yes", "--revoked", "--lang", lang, "--into", into, cwd=repo.top)
        assert (ran.code, ran.stderr) == (0, "")
        said.append(ran.stdout)
        into.rename(repo.top.with_name(f"out-{lang}"))
    same_steps(*plans)
    same_steps(*said)
    assert said[0].count("\n6. ") == 0
    assert said[0].count("\n5. ") == 1


def test_purge_of_nothing(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", "x = 1\n")
    same_steps(*(run_here("purge", "--lang", lang, cwd=repo.top).stdout for lang in ("en", "zh")))
    repo.write("b.py", f'k = "{KEY}"\n')
    repo.stage("b.py")
    same_steps(*(run_here("purge", "--lang", lang, cwd=repo.top).stdout for lang in ("en", "zh")))
