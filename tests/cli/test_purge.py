"""`keyguard purge` on real repositories: the clone is clean by a scan, and the repository is as it was."""

from __future__ import annotations

import base64
import io
import os
import random
import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyguard.cli.main import main
from keyguard.git.writer import Writer
from keyguard.model import Secret
from keyguard.purge import rewriting
from tests.conftest import RunKeyguard
from tests.support import keys, lfs
from tests.support.endpoints import openai
from tests.support.endpoints.server import StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.languages import same_steps
from tests.support.repository import Repo

RNG = random.Random(41)
KEY, OTHER = keys.project_key(RNG), keys.anthropic_key(RNG)
PUSH = "   git -C "


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.env", f"K={KEY}\n")
    return data.getvalue()


def fill(repo: Repo) -> str:
    """Put a key into everything that a history has: files, messages, names, notes, tags of tags, a stash.

    Returns the first commit that is to be changed.
    """
    first = repo.save("clean.txt", "hello\n")
    changed = repo.save("app.py", f'key = "{KEY}"\nx = 1\n')
    repo.save("wide.txt", f"\ufeffkey = {KEY}\r\n".encode("utf-16-le"))
    repo.save("b64.yaml", b"a: " + base64.b64encode(f"OPENAI_API_KEY={KEY}".encode()) + b"\nb: 1\n")
    repo.save("a.zip", archive())
    repo.save(f"dir/{KEY}.txt", "named\n", f"Add {KEY}, see {first}")
    repo.branch("feature")
    repo.save("f.txt", f'anthropic = "{OTHER}"\n')
    repo.checkout("main")
    repo.save("m.txt", "m\n")
    repo.merge("feature")
    repo.commit("An empty one")
    repo.tag("v1", "HEAD", f"release {KEY}")
    repo.tag("nested", "refs/tags/v1", f"tag of a tag {KEY}")
    repo.tag("light")
    repo.tag(f"leak-{KEY}")
    repo.git("branch", f"old-{KEY}", "HEAD~2")
    repo.git("notes", "add", "-m", f"a note with {KEY}", "HEAD~1")
    repo.git("notes", "add", "-m", "harmless", "HEAD")
    repo.push("main", "feature", "refs/tags/v1")
    repo.git("fetch", "--quiet")
    repo.write("m.txt", f"stashed {KEY}\n")
    repo.stash()
    repo.write("m.txt", f"{KEY} in a newer one\n")
    repo.git("stash", "push", "--quiet", "-m", f"it's {KEY}")
    repo.write("new.txt", "nothing in the newest\n")
    repo.stash(untracked=True)
    repo.save("unpushed.txt", "more\n")
    repo.git("replace", repo.git("rev-parse", "HEAD~2"), first)
    return changed


@dataclass(frozen=True)
class Purged:
    """A repository, what became of it, and what was said."""

    repo: Repo
    folder: Path
    before: str
    first: str
    stdout: str

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder / "repository.git"), *arguments], capture_output=True, check=True
        )
        return os.fsdecode(done.stdout).strip()


def state(repo: Repo) -> str:
    return (
        repo.git("for-each-ref")
        + repo.git("rev-parse", "HEAD")
        + repo.git("reflog", "--all")
        + str(sorted(path.name for path in repo.git_dir.iterdir()))
    )


def purge(repo: Repo, run_here: RunKeyguard) -> Purged:
    first = fill(repo)
    before = state(repo)
    ran = run_here("purge", "--yes", "--revoked", "--into", repo.top.with_name("out"), cwd=repo.top)
    assert (ran.code, ran.stderr) == (0, "")
    return Purged(repo, repo.top.with_name("out"), before, first, ran.stdout)


def test_a_history_with_everything(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    purged = purge(repo, run_here)
    is_clean(purged, run_here)
    is_backed_up(purged, tmp_path / "restored")
    is_cloned_with_its_stashes(purged, tmp_path / "new")
    commands_clean_the_remote(purged, tmp_path / "other")


def is_clean(purged: Purged, run_here: RunKeyguard) -> None:
    repo, clone = purged.repo, purged.folder / "repository.git"
    assert state(repo) == purged.before
    assert KEY not in purged.stdout
    assert "gone: " in purged.stdout
    scanned = run_here("scan", "--history", "--unreachable", clone)
    assert scanned.code == 0
    assert purged.git("fsck", "--full") == ""
    objects = purged.git("cat-file", "--batch-all-objects", "--batch")
    texts = [path.read_bytes().decode("latin-1") for path in clone.rglob("*") if path.is_file()]
    assert not any(KEY in text or OTHER in text for text in (objects, *texts))
    # the same shape, with the same people and dates
    fields = ("log", "--format=%an %at %ct %s", "--topo-order", "main")
    assert purged.git(*fields) == repo.git("--no-replace-objects", *fields).replace(KEY, "***REMOVED***")
    assert purged.git("rev-list", "--merges", "--count", "main") == "1"
    # contents: exactly the key is gone, what cannot lose it is a notice
    assert purged.git("show", "main:app.py") == 'key = "***REMOVED***"\nx = 1'
    assert purged.git("show", "main:b64.yaml").endswith("\nb: 1")
    assert "held a key" in purged.git("show", "main:a.zip")
    assert "inside an archive" in purged.stdout
    roots = ("--no-replace-objects", "rev-list", "--max-parents=0", "main")
    assert purged.git(*roots) == repo.git(*roots)
    # names, tags, notes, the stash
    refs = purged.git("for-each-ref", "--format=%(refname)").split("\n")
    short = next(ref for ref in refs if "leak-REMOVED-" in ref).rpartition("-")[2]
    assert f"refs/heads/old-REMOVED-{short}" in refs
    assert f"dir/REMOVED-{short}.txt" in purged.git("ls-tree", "-r", "--name-only", "main")
    assert not any(ref.startswith("refs/replace/") for ref in refs)
    assert "tag of a tag ***REMOVED***" in purged.git("cat-file", "-p", "nested")
    assert purged.git("rev-parse", "nested^{commit}") == purged.git("rev-parse", "main~1")
    assert purged.git("notes", "show", "main~1") == "harmless"
    assert purged.git("notes", "show", "main~2") == "a note with ***REMOVED***"
    assert [purged.git("show", f"refs/stash@{{{number}}}:m.txt") for number in (1, 2)] == [
        "***REMOVED*** in a newer one",
        "stashed ***REMOVED***",
    ]
    assert purged.git("show", "refs/stash^3:new.txt") == "nothing in the newest"
    assert not any(ref.startswith("refs/keyguard") for ref in refs)


def is_cloned_with_its_stashes(purged: Purged, new: Path) -> None:
    lines = [line.strip() for line in purged.stdout.splitlines() if "NEW_FOLDER" in line]
    assert [os.system(line.replace("NEW_FOLDER", str(new)) + f" >{os.devnull} 2>&1") for line in lines] == [0] * 6
    origin = subprocess.run(["git", "-C", new, "remote", "get-url", "origin"], check=True, capture_output=True)
    assert origin.stdout.decode().strip() == purged.repo.git("remote", "get-url", "origin")
    listed = subprocess.run(["git", "-C", new, "stash", "list", "--format=%gs"], check=True, capture_output=True)
    subjects = purged.repo.git("--no-replace-objects", "stash", "list", "--format=%s").replace(KEY, "***REMOVED***")
    number = r"(?<=WIP on main: )\w+"  # of the commit that it was made on, which is another one now
    assert re.sub(number, "", listed.stdout.decode().strip()) == re.sub(number, "", subjects)
    subprocess.run(["git", "-C", new, "stash", "apply", "--quiet", "stash@{1}"], check=True, capture_output=True)
    assert (new / "m.txt").read_text() == "***REMOVED*** in a newer one\n"


def test_a_stash_that_is_not_whole_is_told_and_left_out(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", f'k = "{KEY}"\n')
    for number in range(3):
        repo.write("a.py", f'k = "{KEY}" # {number}\n')
        repo.stash()
    lost = repo.git("rev-parse", "stash@{1}:a.py")
    (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
    out = repo.top.with_name("out")
    ran = run_here("purge", "--yes", "--although-live", "--into", out, cwd=repo.top)
    assert f"stash@{{1}} {repo.git('rev-parse', 'stash@{1}')[:12]}" in ran.stdout
    git = Purged(repo, out, "", "", ran.stdout).git
    assert [git("show", f"refs/stash@{{{number}}}:a.py")[-1] for number in (0, 1)] == ["2", "0"]
    assert ran.code == 0


def commands_clean_the_remote(purged: Purged, elsewhere: Path) -> None:
    """See that they replace what the remote has, and are refused where somebody pushed in the meantime."""
    commands = [line.strip() for line in purged.stdout.splitlines() if line.startswith(PUSH) and " push " in line]
    other = Repo(elsewhere)
    remote = purged.repo.git("remote", "get-url", "origin")
    other.git("fetch", "--quiet", remote, "feature")
    other.checkout("FETCH_HEAD")
    other.save("late.txt", "late\n")
    other.git("push", "--quiet", remote, "HEAD:feature")
    codes = {line.split(":refs/heads/")[-1]: os.system(f"{line} >{os.devnull} 2>&1") for line in commands}
    assert codes["main"] == 0
    assert codes["feature"] != 0
    held = purged.repo.git("--git-dir", remote, "rev-parse", "main")
    assert held == purged.git("rev-parse", "refs/remotes/origin/main")
    assert purged.repo.git("--git-dir", remote, "show", "v1:app.py") == 'key = "***REMOVED***"\nx = 1'
    assert purged.first in [line.strip() for line in purged.stdout.splitlines()]


def is_backed_up(purged: Purged, restored: Path) -> None:
    backup = purged.folder / "backup.bundle"
    assert [path.stat().st_mode & 0o777 for path in (purged.folder, backup)] == [0o700, 0o600]
    subprocess.run(["git", "clone", "--quiet", "--mirror", backup, restored], check=True, capture_output=True)
    refs = subprocess.run(["git", "-C", restored, "for-each-ref"], check=True, capture_output=True, text=True).stdout
    assert refs.strip() == purged.repo.git("for-each-ref")


def test_a_pushed_key_that_may_live_is_refused_and_nothing_is_made(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", f'k = "{KEY}"\n')
    repo.push("main")
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert (ran.code, "not known to be revoked" in ran.stderr) == (2, True)
    assert run_here("purge", "--dry-run", cwd=repo.top).code == 1
    assert run_here("purge", "--revoked", cwd=repo.top).code == 2  # nobody is here to answer
    assert sorted(path.name for path in repo.top.parent.iterdir()) == ["repo", "repo-origin.git"]
    assert run_here("purge", "--yes", "--although-live", cwd=repo.top).code == 0


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(("state", "code"), [(openai.Key.LIVE, 2), (None, 0)])
def test_the_provider_is_asked_only_on_request(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], state: openai.Key | None, code: int
):
    repo.save("a.py", f'k = "{KEY}"\n')
    repo.push("main")
    monkeypatch.chdir(repo.top)
    with StandIn(openai.OpenAI({KEY: state} if state else {})) as provider:
        addresses = Placed({"openai": f"{provider.url}/v1"})
        assert main(["purge", "--yes"], addresses) == 2
        assert provider.seen == []
        assert main(["purge", "--yes", "--verify"], addresses) == code
        assert len(provider.seen) == 1
    said = capsys.readouterr()
    assert KEY not in said.out + said.err
    assert ("still live" in said.err) == (state is not None)


def test_another_key_in_a_name_is_not_shown(repo: Repo, run_here: RunKeyguard):
    repo.save(f"{OTHER}.py", f'k = "{KEY}"\n')
    found = Secret(KEY).fingerprint
    ran = run_here("purge", found, "--dry-run", cwd=repo.top)
    assert (ran.code, "sk-ant-api03-" in ran.stdout, OTHER[20:40] in ran.stdout) == (1, True, False)


def test_only_the_named_key_goes(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", f'k = "{KEY}"\nl = "{OTHER}"\n')
    found = run_here("scan", "--history", "--format", "json", cwd=repo.top).stdout
    name = next(word.strip('",') for word in found.split() if word.startswith('"kg1-'))
    assert run_here("purge", name[:14], "--yes", "--into", repo.top.with_name("out"), cwd=repo.top).code == 0
    show = ["git", "-C", str(repo.top.with_name("out") / "repository.git"), "show", "main:a.py"]
    text = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    assert (KEY in text) != (OTHER in text)


def test_nothing_to_purge(repo: Repo, run_here: RunKeyguard):
    repo.save("a.py", "x = 1\n")
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert (ran.code, ran.stdout) == (0, "no key was found in this history: there is nothing to purge\n")
    repo.write("b.py", f'k = "{KEY}"\n')
    repo.stage("b.py")  # the index alone: no ref has it
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert (ran.code, "nothing is to be rewritten" in ran.stdout) == (1, True)


def test_repositories_that_are_refused(repo: Repo, run_here: RunKeyguard, tmp_path: Path):
    repo.save("a.py", f'k = "{KEY}"\n')
    repo.save("a.py", f'k = "{KEY}" # 2\n')
    ran = run_here("purge", "--yes", "--into", repo.top / "inside", cwd=repo.top)
    assert (ran.code, "lies in the repository" in ran.stderr) == (2, True)
    ran = run_here("purge", "--yes", "--into", repo.top.parent, cwd=repo.top)
    assert (ran.code, "File exists" in ran.stderr) == (2, True)
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{repo.top}", shallow], check=True)
    ran = run_here("purge", "--yes", "--revoked", cwd=shallow)
    assert (ran.code, "git fetch --unshallow" in ran.stderr) == (2, True)
    other = tmp_path / "it's another"
    repo.git("worktree", "add", "--quiet", "--detach", other, "HEAD~1")
    assert run_here("purge", "--dry-run", cwd=repo.top).code == 1  # a branch has that commit
    commit = ["commit", "--quiet", "--allow-empty", "-m", "mine"]
    subprocess.run(["git", "-C", other, *commit], check=True)
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert (ran.code, "s another" in ran.stderr, "switch --create" in ran.stderr) == (2, True, True)
    repo.git("worktree", "remove", "--force", other)
    repo.git("checkout", "--quiet", "--detach")
    repo.save("a.py", f'k = "{KEY}" # 3\n')
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert (ran.code, "HEAD is detached" in ran.stderr) == (2, True)


def test_bare_repositories_and_sha256(tmp_path: Path, run_here: RunKeyguard):
    repo = Repo(tmp_path / "repo", object_format="sha256")
    first = repo.save("a.py", f'k = "{KEY}"\n')
    for path in ("sub", 'odd "é/sub'):
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},{path}")
    repo.commit("Submodules")
    repo.push("main")
    bare = tmp_path / "repo-origin.git"
    ran = run_here("purge", "--yes", "--revoked", cwd=bare)
    assert ran.code == 0
    git = Purged(repo, tmp_path / "repo-origin-purged", "", "", ran.stdout).git
    new, old = git("ls-tree", "-r", "-z", "main"), repo.git("ls-tree", "-r", "-z", "HEAD")
    assert [each for each in new.split("\0") if "commit" in each] == [
        each for each in old.split("\0") if "commit" in each
    ]
    assert new.count("160000 commit") == 2
    assert git("show", "main:a.py") == 'k = "***REMOVED***"'
    assert git("fsck", "--full") == ""


def test_odd_places(repo: Repo, run_here: RunKeyguard):
    repo.config("i18n.commitEncoding", "latin1")
    first = repo.save("a.py", "x = 1\n", b"caf\xe9 " + KEY.encode())
    repo.git("config", "--unset", "i18n.commitEncoding")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub")
    repo.commit("A submodule", author=f"Ada <{KEY}@example.org>")
    (repo.top / "link").symlink_to(KEY)
    repo.stage("link")
    repo.commit("A link")
    password = "Xk29s" + "Lq8Wz"
    repo.save('-odd\n"name.env', f"DATABASE_URL=postgres://u:{password}@db.acme.io/x\n")
    blob = repo.blob(f"only a tag has {KEY}\n")
    repo.git("tag", "of-a-file", blob)
    repo.git("tag", "harmless", repo.git("rev-parse", "HEAD~2^{tree}"))
    out = repo.top.with_name("out")
    ran = run_here("purge", "--yes", "--into", out, cwd=repo.top)
    assert (ran.code, "refs/tags/of-a-file" in ran.stdout) == (0, True)
    git = Purged(repo, out, "", "", ran.stdout).git
    assert git("log", "--format=%s <%ae>", "main~2", "-2") == (
        "A submodule <***REMOVED***@example.org>\ncafé ***REMOVED*** <ada@example.org>"
    )
    assert git("ls-tree", "main", "sub").split()[:3] == ["160000", "commit", first]
    assert git("show", "main:link") == "***REMOVED***"
    assert git("show", 'main:-odd\n"name.env') == "DATABASE_URL=postgres://u:***REMOVED***@db.acme.io/x"
    assert git("for-each-ref", "--format=%(refname)", "refs/tags") == "refs/tags/harmless"


def test_large_files_of_git_lfs(repo: Repo, run_here: RunKeyguard):
    content = f"k = '{KEY}'\n".encode() * 100
    lfs.store(repo.git_dir / "lfs" / "objects", content)
    repo.save("big.bin", lfs.pointer(content)[1])
    ran = run_here("purge", "--yes", "--into", repo.top.with_name("out"), cwd=repo.top)
    assert (ran.code, "pointer of Git LFS" in ran.stdout, "stay on the server" in ran.stdout) == (0, True, True)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("bundle", OSError(28, "No space left on device")),
        ("commit-map", KeyboardInterrupt()),
        ("prune", OSError(28, "No space left on device")),
    ],
)
def test_a_fault_at_any_step_leaves_nothing(
    repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
):
    repo.save("a.py", f'k = "{KEY}"\n')
    before, run = state(repo), Writer.run

    def failing(self: Writer, *arguments: str, **options: Any) -> bytes:
        if step in arguments:
            raise error
        return run(self, *arguments, **options)

    def no_map(_clone: Path) -> dict[str, str]:
        raise error

    monkeypatch.setattr(Writer, "run", failing)
    if step == "commit-map":
        monkeypatch.setattr(rewriting, "_commit_map", no_map)
    ran = run_here("purge", "--yes", cwd=repo.top)
    assert ran.code == (130 if isinstance(error, KeyboardInterrupt) else 3)
    assert ran.code == 3 or "interrupted: all is as it was" in ran.stderr
    assert [path.name for path in repo.top.parent.iterdir()] == ["repo"]
    assert state(repo) == before


def test_the_secret_is_in_no_list_of_processes(repo: Repo, run_here: RunKeyguard, monkeypatch: pytest.MonkeyPatch):
    repo.save("a.py", f'k = "{KEY}"\n', f"message {KEY}")
    repo.tag(f"t-{KEY}")
    started: list[str] = []
    popen = subprocess.Popen

    class Watched(popen):  # type: ignore[misc,valid-type]
        def __init__(self, arguments: list[str], *more: object, **options: object) -> None:
            started.append(f"{arguments} {options.get('env')}")
            super().__init__(arguments, *more, **options)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    assert run_here("purge", "--yes", cwd=repo.top).code == 0
    assert any("filtering" in each for each in started)
    assert not any(KEY in each for each in started)


def test_keys_that_were_accepted_are_not_said_to_be_gone(repo: Repo, run_here: RunKeyguard):
    """Accepting a revoked key in the baseline is what the guide offers; the history has it all the same."""
    repo.save("app.py", f'k = "{KEY}"\n')
    assert run_here("baseline", "create", "--history", cwd=repo.top).code == 0
    ran = run_here("purge", "--dry-run", cwd=repo.top)
    assert (ran.code, "1 key is accepted" in ran.stdout, "no other key" in ran.stdout) == (0, True, True)
    for option in ("--no-repo-config", Secret(KEY).fingerprint):
        ran = run_here("purge", "--dry-run", option, cwd=repo.top)
        assert (ran.code, "app.py" in ran.stdout, "accepted" in ran.stdout) == (1, True, False)
    repo.save("b.py", f'k = "{OTHER}"\n')
    ran = run_here("purge", "--dry-run", cwd=repo.top)
    assert (ran.code, "1 key is accepted" in ran.stdout, "b.py" in ran.stdout) == (1, True, True)
    same_steps(*(run_here("purge", "--dry-run", "--lang", each, cwd=repo.top).stdout for each in ("en", "zh")))
