"""Finds the repository that a path lies in, and says what kind it is."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from keyguard.errors import SourceError, UsageError
from keyguard.git.runner import KEPT, Git, GitFailedError

INSIDE = "--is-inside-work-tree"
QUESTIONS = (
    "--absolute-git-dir", "--is-bare-repository", INSIDE, "--is-shallow-repository", "--show-object-format=storage",
)  # fmt: skip


class Repository:
    """A repository on this machine; `top` is its work tree, None where there is none (bare, or inside `.git`).

    `git` runs in the top, or in the git folder where there is no work tree. `shallow_roots` are the commits whose
    parents a shallow clone left out; `arriving` are the ids that a push brings, which no ref names yet.
    """

    def __init__(
        self,
        git: Git,
        git_dir: Path,
        top: Path | None,
        *,
        bare: bool,
        object_format: str,
        shallow_roots: frozenset[str] = frozenset(),
    ) -> None:
        self.git = git
        self.git_dir = git_dir
        self.top = top
        self.bare = bare
        self.object_format = object_format
        self.shallow_roots = shallow_roots
        self.arriving: tuple[str, ...] = ()

    @property
    def zero(self) -> str:
        """The object id that stands for "nothing"."""
        return "0" * (64 if self.object_format == "sha256" else 40)

    @property
    def common_dir(self) -> Path:
        """The folder of objects, refs and configuration, which linked work trees share (gitrepository-layout(5))."""
        try:
            return (self.git_dir / (self.git_dir / "commondir").read_text("utf-8").strip()).resolve()
        except (OSError, UnicodeDecodeError):
            return self.git_dir

    @cached_property
    def lfs_folders(self) -> tuple[Path, ...]:
        """The folders of Git LFS's objects: its own, and those beside the stores that are borrowed from."""
        from keyguard.git.packs.files import with_alternates  # only where there is a pointer

        try:
            storage = Path(self.git.line("config", "--type=path", "--get", "lfs.storage"))
        except GitFailedError:  # its way of saying that there is none
            storage = Path("lfs")
        borrowed = [folder.parent / "lfs" for folder in with_alternates(self.common_dir / "objects")]
        return tuple(dict.fromkeys(each / "objects" for each in [self.common_dir / storage, *borrowed]))

    def empty_tree(self) -> str:
        """Return the id of the tree without entries."""
        return self.git.line("hash-object", "-t", "tree", "--stdin")

    def resolve(self, revision: str) -> str | None:
        """Return the id of the commit that a revision names, or None when there is none."""
        try:
            return self.git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except GitFailedError:
            return None

    def has(self, identity: str) -> bool:
        """Say whether an object is stored here."""
        try:
            self.git.run("cat-file", "-e", identity)
        except GitFailedError:
            return False
        return True

    def relative(self, path: Path) -> str:
        """Return a path of the work tree as git writes it: from the top, with `/`."""
        if self.top is None:
            raise SourceError(f"{self.git_dir} has no work tree")
        return os.path.relpath(path, self.top).replace(os.sep, "/")


def here(hint: str) -> Repository:
    """Return the repository that the current folder lies in; raises `UsageError`, with what to do, outside git."""
    repository = discover(Path())
    if repository is None:
        raise UsageError("this folder is not in a git repository", hint)
    return repository


def discover(folder: Path) -> Repository | None:
    """Return the repository that a folder lies in, or None outside git.

    What git tells a hook by environment (`GIT_DIR`, `GIT_INDEX_FILE` and so on) counts where the folder lies in that
    very repository, and nowhere else. Raises `SourceError` where there is a repository that git will not read.
    """
    environ = dict(os.environ)
    if any(environ.get(name) for name in KEPT):
        here = _read(Git(Path.cwd(), inherit=True, environ=environ))
        own = _read(Git(folder, environ=environ))
        same = folder.resolve() == Path.cwd().resolve() or (own and here and own.git_dir == here.git_dir)
        return here if here and same else own
    return _read(Git(folder, environ=environ))


def _read(git: Git) -> Repository | None:
    try:
        printed, top = _asked(git)
    except GitFailedError as error:
        if "not a git repository" in error.message:
            return None
        raise
    *folder, bare, _inside, shallow, object_format = printed
    git_dir = Path("\n".join(folder))
    if top is not None and not _is_own_top(git, top, git_dir):
        raise SourceError(
            f"the configuration of {git_dir} names {top} as its work tree, where git finds another repository or none",
            "look at core.worktree there",
        )
    return Repository(
        git=git.within(top or git_dir),
        git_dir=git_dir,
        top=top,
        bare=bare == "true",
        object_format=object_format,
        shallow_roots=_shallow_roots(git) if shallow == "true" else frozenset(),
    )


def _asked(git: Git) -> tuple[list[str], Path | None]:
    """Return the lines that answer `QUESTIONS`, and the top of the work tree; in one call, if paths are of one line."""
    try:
        *printed, top = _lines(git, *QUESTIONS, "--show-toplevel")
        if len(printed) == len(QUESTIONS):
            return printed, Path(top) if _is_inside(printed) else None
    except GitFailedError as error:
        if "in a work tree" not in error.message:
            raise
    printed = _lines(git, *QUESTIONS)
    return printed, Path(git.line("rev-parse", "--show-toplevel")) if _is_inside(printed) else None


def _is_inside(printed: list[str]) -> bool:
    """Say whether git stands in the work tree: from elsewhere it names whatever `core.worktree` says."""
    return printed[QUESTIONS.index(INSIDE) - len(QUESTIONS)] == "true"


def _lines(git: Git, *questions: str) -> list[str]:
    return git.line("rev-parse", *questions).split("\n")


def _is_own_top(git: Git, top: Path, git_dir: Path) -> bool:
    """Say whether git, run in the top, reads this very repository; `core.worktree` could point anywhere."""
    if git.inherit or git_dir == top / ".git":
        return True
    try:
        return Path(git.within(top).line("rev-parse", "--absolute-git-dir")) == git_dir
    except GitFailedError:
        return False


def _shallow_roots(git: Git) -> frozenset[str]:
    path = git.folder / git.line("rev-parse", "--git-path", "shallow")
    return frozenset(path.read_text(encoding="ascii").split())
