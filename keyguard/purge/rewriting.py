"""Makes the backup and the fresh clone, and has git-filter-repo rewrite the clone; the repository is only read."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import SourceError, UsageError
from keyguard.git import commits
from keyguard.git.objects import ID
from keyguard.git.remotes import Remote
from keyguard.git.repository import Repository, discover
from keyguard.git.runner import GitFailedError
from keyguard.git.writer import Writer
from keyguard.purge import filtering, notes, stashes
from keyguard.purge.plan import MESSAGE, NOTICE, Plan
from keyguard.remediation.quoting import shell

BACKUP = "backup.bundle"
CLONE = "repository.git"
SHALLOW = "git fetch --unshallow"
PARTIAL = "git fetch --refetch --no-filter brings what a partial clone left out"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A clone with a new history: the refs before and after by their (new) names, and which commits changed first.

    `renamed` has the new names by the old ones; `caught` counts the blobs in which a key stood where no rule sees it;
    `stashes` are the new ids and subjects of all stashes, the newest first.
    """

    folder: Path
    before: Mapping[str, str]
    after: Mapping[str, str]
    renamed: Mapping[str, str]
    first_changed: tuple[str, ...]
    caught: int
    stashes: Sequence[tuple[str, str]] = ()

    @property
    def clone(self) -> Path:
        """The rewritten repository, bare."""
        return self.folder / CLONE

    @property
    def backup(self) -> Path:
        """The bundle of all refs as they were."""
        return self.folder / BACKUP

    @property
    def changed(self) -> list[str]:
        """The old names of the refs that name something else now, or have another name."""
        return [name for name in self.before if self.before[name] != self.after.get(self.renamed.get(name, name))]


def check(repository: Repository) -> None:
    """Raise `UsageError` for a repository of which no whole clone can be made."""
    if importlib.util.find_spec("git_filter_repo") is None:
        hint = "install KeyGuard with its extra: pip install 'keyguard[purge]'"
        raise UsageError("git-filter-repo is not installed", hint)
    if repository.shallow_roots:
        raise UsageError("this clone is shallow: what it lacks would not be cleaned", SHALLOW)
    try:
        if repository.git.run("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$"):
            raise UsageError("this is a partial clone: what it lacks would not be cleaned", PARTIAL)
    except GitFailedError:  # its way of saying that there is none
        pass
    head = repository.resolve("HEAD")
    if head and any(ref.name == "HEAD" for ref in commits.refs(repository)):
        raise UsageError("HEAD is detached at a commit that no branch has", "git switch --create NAME gives it one")
    _refuse_detached(repository)


def _refuse_detached(repository: Repository) -> None:
    """Raise `UsageError` for another work tree that stands on a commit of its own: no clone would have that."""
    for head in sorted(repository.common_dir.glob("worktrees/*/HEAD")):
        if head.parent == repository.git_dir or not (identity := _id_in(head)):
            continue
        try:
            if repository.git.run("for-each-ref", "--count=1", f"--contains={identity}"):
                continue
        except GitFailedError:  # it is not here any more
            continue
        place = head.with_name("gitdir").read_text("utf-8", "surrogateescape").strip().removesuffix("/.git")
        hint = f"git -C {shell(place)} switch --create NAME gives it one; if that folder is gone: git worktree prune"
        raise UsageError(f"the work tree {place} is detached at a commit that no branch has", hint)


def _id_in(head: Path) -> str:
    """Return the id that a HEAD holds; empty for one that names a branch, or is a link."""
    text = "" if head.is_symlink() else head.read_text("ascii", "replace").strip()
    return text if ID.fullmatch(text) else ""


def prepare(folder: Path, repository: Repository) -> None:
    """Make the folder, for its owner alone. Raises `UsageError` where that cannot be."""
    inside = [each.resolve() for each in (repository.top, repository.git_dir, repository.common_dir) if each]
    if any(folder.resolve().is_relative_to(each) for each in inside):
        raise UsageError(f"{folder} lies in the repository", "name a folder beside it with --into")
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}", "name a new folder with --into") from None


def rewrite(plan: Plan, repository: Repository, folder: Path) -> Rewritten:
    """Make backup and clone in the folder, and rewrite the clone; whatever fails, nothing stays of the folder."""
    prepare(folder, repository)
    try:
        return _rewritten(plan, repository, folder.resolve())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _rewritten(plan: Plan, repository: Repository, folder: Path) -> Rewritten:
    clone = folder / CLONE
    _back_up(repository, folder / BACKUP, plan.stashes.ids)
    Writer(folder).run("clone", "--mirror", "--quiet", "--template=", "--", str(folder / BACKUP), str(clone))
    git = Writer(clone)
    git.run("config", "--remove-section", "remote.origin")
    _attach_head(git)
    inner = discover(clone)
    if inner is None:
        raise SourceError(f"git does not know {clone} for a repository")
    before = _refs(git)
    stashes.placed(git, plan.stashes.ids)
    parents = commits.parents(inner, ("--all",))
    _delete(git, plan.dropped)
    named, caught = _filtered(plan, git)
    renamed = {old: new for old, new in named.items() if old in before}
    _delete(git, [*renamed, *_replacing(git)])
    ids = _commit_map(clone)
    notes.follow(git, ids)
    stashed = stashes.restored(git)
    shutil.rmtree(clone / "filter-repo", ignore_errors=True)  # it lists names, old ones too
    git.run("repack", "-a", "-d", "-q")
    git.run("prune", "--expire=now")
    first = _first_changed(parents, ids)
    return Rewritten(folder, before, _refs(git), renamed, first, caught, stashed)


def introduce(clone: Path, remotes: Iterable[Remote], top: Path) -> None:
    """Let the clean clone know where the repository is pushed to; the addresses have no password."""
    git = Writer(clone)
    for each in remotes:
        address = each.address
        if not re.match(r"[A-Za-z][\w+.-]*://|[^/]+:", address):
            address = str((top / address).resolve())
        git.run("config", f"remote.{each.name}.url", address)


def _back_up(repository: Repository, path: Path, more: Sequence[str]) -> None:
    """Write all refs, and all that they reach, into one file; the clone is made from it, so it is known to be good.

    `more` are commits that no ref names: what they reach is in the file as well.
    """
    git = Writer(repository.git.folder, inherit=repository.git.inherit, environ=repository.git.environ)
    git.run("bundle", "create", "--quiet", str(path), "--all", *more)
    path.chmod(0o600)


def _attach_head(git: Writer) -> None:
    """Let HEAD name a branch: it would keep the old history if it named a commit."""
    try:
        git.run("symbolic-ref", "--quiet", "HEAD")
    except GitFailedError:
        branches = [name for name in _refs(git) if name.startswith(commits.HEADS)]
        git.run("symbolic-ref", "HEAD", branches[0] if branches else f"{commits.HEADS}main")


def _refs(git: Writer) -> dict[str, str]:
    lines = git.run("for-each-ref", "--format=%(refname)%00%(objectname)").decode("utf-8", "surrogateescape")
    pairs = (line.split("\0") for line in lines.splitlines())
    return {name: identity for name, identity in pairs if not name.startswith("refs/replace/")}


def _filtered(plan: Plan, git: Writer) -> tuple[dict[str, str], int]:
    """Run git-filter-repo in a process of its own, which is told the plan by its standard input."""
    try:
        done = subprocess.run(
            [sys.executable, "-E", "-P", "-m", filtering.__name__],
            input=json.dumps(_handed_over(plan)).encode("ascii"),
            capture_output=True,
            cwd=git.folder,
            env=git.environment(),
            check=False,
        )
    except OSError as error:
        raise SourceError(f"git-filter-repo cannot be started: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise SourceError(f"git-filter-repo failed, and nothing was kept: {plan.masked(said[-1])}")
    told = json.loads(done.stdout)
    return {_text(old): _text(new) for old, new in told["renamed"].items()}, told["caught"]


def _handed_over(plan: Plan) -> dict[str, object]:
    blobs = {each.id: NOTICE if each.cleaned.data is None else each.cleaned.data for each in plan.blobs}
    messages = {identity: None if each.data is None else _pairs(each.pairs) for identity, each in plan.messages.items()}
    return {
        "blobs": {identity: _base64(data) for identity, data in blobs.items()},
        "messages": messages,
        "names": _pairs(plan.names.items()),
        "net": _pairs(plan.net()),
        "notice": _base64(NOTICE),
        "message": _base64(MESSAGE),
    }


def _pairs(pairs: Iterable[tuple[bytes, bytes]]) -> list[list[str]]:
    return [[_base64(old), _base64(new)] for old, new in pairs]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("utf-8", "surrogateescape")


def _delete(git: Writer, names: Iterable[str]) -> None:
    """Delete refs, if they are there; the names go to git by standard input."""
    lines = "".join(f"delete {name}\0\0" for name in names)
    git.run("update-ref", "-z", "--no-deref", "--stdin", stdin=lines.encode("utf-8", "surrogateescape"))


def _replacing(git: Writer) -> list[str]:
    """Return the replace refs: they name objects of the old history."""
    return git.run("for-each-ref", "--format=%(refname)", "refs/replace/").decode("ascii").splitlines()


def _commit_map(clone: Path) -> dict[str, str]:
    lines = (clone / "filter-repo" / "commit-map").read_text("ascii").splitlines()[1:]
    return {line.split()[0]: line.split()[1] for line in lines}


def _first_changed(parents: Mapping[str, list[str]], ids: Mapping[str, str]) -> tuple[str, ...]:
    """Return the old ids of the commits that changed although none of their parents did: hosts ask for them."""
    changed = {old for old, new in ids.items() if old != new}
    return tuple(each for each in reversed(list(parents)) if each in changed and changed.isdisjoint(parents[each]))
