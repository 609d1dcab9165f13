"""Real git repositories in temporary folders, made in few words."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

AUTHOR = "Ada Example <ada@example.org>"
FIRST_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
STEP = datetime.timedelta(minutes=1)
ALONE = ("-c", "maintenance.auto=false")
"""No second git after a commit, which looks whether there is something to pack."""


@cache
def _empty(object_format: str, *, bare: bool) -> tuple[tuple[str, bytes | None], ...]:
    """Return folders and files of a repository as git makes it, without its samples of hooks."""
    command = ["git", "init", "--quiet", "--initial-branch=main", f"--object-format={object_format}"]
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([*command, "--bare", name] if bare else [*command, name], check=True)
        top = Path(name)
        made = [each for each in sorted(top.rglob("*")) if each.suffix != ".sample"]
        return tuple((str(each.relative_to(top)), each.read_bytes() if each.is_file() else None) for each in made)


class Repo:
    """A repository on disk that the real git works on; `top` is its work tree, or itself where it is bare.

    Each commit is one minute younger than the one before, so that ids and orders are the same in every run.
    """

    def __init__(self, top: Path, *, object_format: str = "sha1", bare: bool = False) -> None:
        self.top = top
        self._clock = FIRST_DATE
        top.mkdir(parents=True, exist_ok=True)
        self._kept = top if bare else top / ".git"
        self.object_format = object_format
        if not (self._kept / "HEAD").exists():
            _put(top, _empty(object_format, bare=bare))

    def git(
        self,
        *arguments: str | bytes | Path,
        stdin: bytes = b"",
        environ: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> str:
        """Return what git prints, without the last line end; what is not UTF-8 as surrogate escapes."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.top,
            input=stdin,
            capture_output=True,
            env=os.environ | (environ or {}),
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {arguments!r} failed ({done.returncode}): {os.fsdecode(done.stderr)}")
        return os.fsdecode(done.stdout).removesuffix("\n")

    @property
    def git_dir(self) -> Path:
        """The folder that holds the objects and the configuration."""
        return self._kept.resolve() if self._kept.is_dir() else Path(self.git("rev-parse", "--absolute-git-dir"))

    @property
    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self._named("HEAD") or self.git("rev-parse", "HEAD")

    def _named(self, ref: str) -> str | None:
        """Return the id that a ref names, where it has a file of its own: git takes three times as long to start."""
        try:
            text = (self._kept / ref).read_text().strip()
        except OSError:
            return None
        return self._named(text.removeprefix("ref: ")) if text.startswith("ref: ") else text

    def write(self, path: str | bytes, content: str | bytes) -> Path:
        """Write a file of the work tree, its folders made; text as UTF-8."""
        file = self.top / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def stage(self, *paths: str | bytes) -> None:
        """Stage these paths, ignored ones too, or all that differs."""
        self.git("add", "--force", "--", *paths) if paths else self.git("add", "--all")

    def commit(self, message: str | bytes = "A change", *, author: str = AUTHOR, date: str | None = None) -> str:
        """Commit what is staged, empty changes too; `date` is any that git reads. Returns the commit's id."""
        self.git(
            *ALONE, "commit", "--quiet", "--allow-empty", "--allow-empty-message", "--no-verify",
            "--cleanup=verbatim", "--file=-", f"--author={author}",
            stdin=message.encode() if isinstance(message, str) else message,
            environ=self._dates(date),
        )  # fmt: skip
        return self.head

    def save(self, path: str | bytes, content: str | bytes, message: str | bytes = "A change") -> str:
        """Write, stage and commit one file. Returns the commit's id."""
        self.write(path, content)
        self.stage(path)
        return self.commit(message)

    def remove(self, *paths: str | bytes) -> None:
        """Remove files from the work tree and the index."""
        self.git("rm", "--quiet", "-r", "--", *paths)

    def rename(self, before: str, after: str) -> None:
        """Rename a tracked file, in the index too."""
        (self.top / after).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", "--", before, after)

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Make a branch and check it out."""
        self.git("checkout", "--quiet", "-b", name, start)

    def checkout(self, revision: str) -> None:
        """Check out a branch, or a commit with HEAD detached."""
        self.git("checkout", "--quiet", revision)

    def merge(self, *revisions: str, message: str = "A merge", strategy: str | None = None) -> str:
        """Merge without fast-forward (an octopus, if several). Returns the merge's id."""
        options = [f"--strategy={strategy}"] if strategy else []
        options += ["--quiet", "--no-ff", "-m", message]
        self.git(*ALONE, "merge", *options, *revisions, environ=self._dates(None))
        return self.head

    def evil_merge(self, revision: str, files: Mapping[str, str | bytes], message: str = "A merge") -> str:
        """Merge, and put content into the merge commit that no parent has. Returns the merge's id."""
        self.git("merge", "--quiet", "--no-ff", "--no-commit", revision, environ=self._dates(None))
        for path, content in files.items():
            self.write(path, content)
        self.stage()
        return self.commit(message)

    def tag(self, name: str, revision: str = "HEAD", message: str | bytes | None = None) -> str:
        """Make a tag, with a message an annotated one. Returns the id that the tag names."""
        if message is None:
            self.git("tag", name, revision)
        else:
            text = message.encode() if isinstance(message, str) else message
            options = ["--annotate", "--cleanup=verbatim", "--file=-"]
            self.git("tag", *options, name, revision, stdin=text, environ=self._dates(None))
        return self._named(f"refs/tags/{name}") or self.git("rev-parse", f"refs/tags/{name}")

    def stash(self, *, untracked: bool = False) -> str:
        """Stash what is not committed. Returns the id of the stash's commit."""
        options = ["--include-untracked"] if untracked else []
        self.git("stash", "push", "--quiet", *options, environ=self._dates(None))
        return self._named("refs/stash") or self.git("rev-parse", "refs/stash")

    def remote(self, name: str = "origin") -> Repo:
        """Make an empty bare repository beside this one and add it as a remote."""
        folder = self.top.with_name(f"{self.top.name}-{name}.git")
        other = Repo(folder, object_format=self.object_format, bare=True)
        self.git("remote", "add", name, other.top)
        return other

    def push(self, *refs: str, remote: str = "origin", force: bool = False) -> None:
        """Push refs (all branches, if none is named) to a remote, which is made if it is not there."""
        if f'[remote "{remote}"]' not in (self.git_dir / "config").read_text():
            self.remote(remote)
        options = ["--force"] if force else []
        self.git("push", "--quiet", "--no-verify", *options, remote, *(refs or ("--all",)))

    def worktree(self, path: Path, name: str = "linked") -> Path:
        """Add a linked work tree with a branch of its own. Returns its top."""
        self.git("worktree", "add", "--quiet", "-b", name, path)
        return path

    def blob(self, content: str | bytes) -> str:
        """Store a blob that nothing names. Returns its id."""
        data = content.encode() if isinstance(content, str) else content
        return self.git("hash-object", "-w", "--stdin", stdin=data)

    def config(self, key: str, value: str) -> None:
        """Set an option in the repository's own configuration."""
        self.git("config", "--local", key, value)

    def copied(self, folder: Path) -> Repo:
        """Copy this repository, with all that lies beside it, into another folder; remotes beside it go along."""
        here = self.top.parent
        shutil.copytree(here, folder, symlinks=True, dirs_exist_ok=True)
        for config in (*folder.glob("*/.git/config"), *folder.glob("*.git/config")):
            config.write_text(config.read_text().replace(str(here), str(folder)))
        other = Repo(folder / self.top.name, object_format=self.object_format)
        other._clock = self._clock
        other.git("update-index", "-q", "--refresh", check=False)  # files have other numbers there
        return other

    def _dates(self, date: str | None) -> dict[str, str]:
        self._clock += STEP
        chosen = date or self._clock.isoformat()
        return {"GIT_AUTHOR_DATE": chosen, "GIT_COMMITTER_DATE": chosen}


def _put(top: Path, made: Iterable[tuple[str, bytes | None]]) -> None:
    for name, content in made:
        if content is None:
            (top / name).mkdir(exist_ok=True)
        else:
            (top / name).write_bytes(content)
