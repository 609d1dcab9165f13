"""Reads the files that a user names: a work tree as git sees it, and outside git every file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from keyguard.errors import SourceError
from keyguard.git import index, lfs, reflogs
from keyguard.git.repository import Repository, discover
from keyguard.git.runner import GitFailedError
from keyguard.model import Chunk, Item, Omitted, Origin, Stats, Unread, Where
from keyguard.sources import windows
from keyguard.sources.content import content
from keyguard.sources.large import large

SKIPPED_IN_GIT_DIR = "objects"
_MEND = "make it readable, or leave it out"
_CHANGED = "it changed into something that is not a file while it was read"
_UNOPENED = re.compile(r"could not open directory '(?P<folder>.*?)/?(?:': (?P<why>.*))?")
"""What git warns of; a name over several lines, or longer than git's own messages can be, cuts its reason off."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is to be read: what it is shown as, from the top of its own repository, and how many bytes it has.

    `named` says that the user named it, and `below` where its repository lies in the one that is scanned.
    """

    path: Path
    shown: str
    size: int
    repository: Repository | None
    named: bool = False
    below: str = ""


@dataclass(frozen=True, slots=True)
class FileReader:
    """Turns paths into items; `reach` is the overlap of a large file's chunks.

    `object_format` is that of the repository, in which the ids of files are told; `repository` is asked for the large
    files that pointers of Git LFS stand for.
    """

    stats: Stats
    reach: int
    object_format: str = "sha1"
    repository: Repository | None = None

    def named(self, path: Path, repository: Repository | None) -> Iterator[Item]:
        """Yield what a path on the command line holds: it is read even if git ignores it, and a link is followed."""
        for each in self.listed(path, repository):
            yield from self.read(each) if isinstance(each, Listed) else (each,)

    def listed(self, path: Path, repository: Repository | None) -> Iterator[Item | Listed]:
        """Yield the files that such a path holds, and what cannot be listed."""
        if path.is_symlink() and os.path.exists(path):  # noqa: PTH110  # `Path.exists` raises what it may not look at
            yield self._listed(path, _shown(path, repository))
            path = path.resolve()
        if path.is_dir():
            yield from self._folder(path, repository)
        else:
            yield replace(self._listed(path, _shown(path, repository)), named=True)

    def read(self, listed: Listed) -> Iterator[Item]:
        """Yield the name and the content of a file, the target of a symbolic link, or why there is none."""
        for item in replace(self, repository=listed.repository)._file(listed):
            yield _below(item, listed.below) if listed.below else item

    def _listed(self, path: Path, shown: str, size: int | None = None) -> Listed:
        if size is None:
            try:
                size = path.lstat().st_size
            except OSError:  # which is told when it is read
                size = 0
        return Listed(path, shown, size, self.repository)

    def git_config(self, repository: Repository) -> Iterator[Item]:
        """Yield the configuration of a repository, of its linked work trees and of its submodules.

        Addresses of remotes hold passwords and tokens. It is git's own and stays on this machine, so that it is no
        part of the work tree.
        """
        common = repository.common_dir
        for path in [
            common / "config",
            common / "config.worktree",
            *sorted(common.glob("worktrees/*/config.worktree")),
        ]:
            yield from self._git_file(path, common)
        for path in sorted((common / "modules").rglob("config")) if (common / "modules").is_dir() else ():
            yield from self._git_file(path, common)

    def reflogs(self, repository: Repository) -> Iterator[Item]:
        """Yield the logs of refs: git keeps there the command line of a pull, address and all, and names of branches
        that are gone.
        """
        for path in reflogs.files(repository):
            yield from self._git_file(path, repository.common_dir, Where.REFLOG)

    def _git_file(self, path: Path, common: Path, where: Where = Where.GIT_CONFIG) -> Iterator[Item]:
        shown = _shown_in_git(path, common)
        try:
            if stat.S_ISREG(path.lstat().st_mode):
                yield from self._content(path, Origin(where, shown))
        except FileNotFoundError:
            return
        except OSError as error:
            yield Unread(shown, _reason(error), _MEND)

    def _folder(self, folder: Path, repository: Repository | None) -> Iterator[Item | Listed]:
        if repository is None or repository.top is None or self._ignored(folder, repository):
            yield from self._walk(folder, repository)
        else:
            yield from self._work_tree(folder, repository)

    def _work_tree(self, folder: Path, repository: Repository) -> Iterator[Item | Listed]:
        """List the files that git tracks below a folder, and those it neither tracks nor ignores."""
        top = repository.top or folder
        prefix = repository.relative(folder.resolve())
        wanted = ["-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--"]
        try:
            listed, warnings = repository.git.fields_and_warnings(
                "ls-files", *wanted, *([] if prefix == "." else [prefix])
            )
        except SourceError as error:  # a damaged index: without git's list, every file is read
            yield Unread("git's list of files", error.message, error.hint)
            yield from self._walk(folder, repository)
            return
        for warning in warnings:
            if found := _UNOPENED.fullmatch(warning):
                yield Unread(found["folder"], found["why"] or "git cannot open that folder", _MEND)
        ignored = self._ignored_in(repository, prefix)
        self.stats.ignored += ignored
        if ignored and not listed and prefix != ".":  # the user named it, and would take it for read
            yield Unread(prefix, "git ignores all that is in it", "name the files in it that are to be read")
        names = sorted({os.fsdecode(name) for name in listed})
        yield from (_nowhere(relative) for relative in names if not _is_inside(relative))
        yield from self._there(filter(_is_inside, names), top, repository)

    def _there(self, names: Iterable[str], top: Path, repository: Repository) -> Iterator[Item | Listed]:
        """List those of git's files that are in the work tree, and count those that a sparse checkout leaves out."""
        plain = {"": True}
        gone: set[str] = set()
        for relative in names:
            path = top / relative
            if not _is_plain(top, os.path.dirname(relative.rstrip("/")), plain):  # noqa: PTH120
                continue  # git counts it as deleted: what lies behind a link is somewhere else
            try:
                status = path.lstat()
            except (FileNotFoundError, NotADirectoryError):
                gone.add(relative)  # deleted from the work tree, so not in it
                continue
            except OSError as error:
                yield Unread(relative, _reason(error), _MEND)
                continue
            if stat.S_ISDIR(status.st_mode):
                yield from self._nested(path, relative.rstrip("/"), repository)
            else:
                yield self._listed(path, relative, status.st_size)
        if gone:
            self.stats.sparse += len(gone & _left_out(repository))

    @staticmethod
    def _ignored_in(repository: Repository, prefix: str) -> int:
        """Count what git ignores below a folder: an ignored folder is one, and is not looked into."""
        wanted = ["-z", "--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory", "--"]
        return len(repository.git.fields("ls-files", *wanted, *([] if prefix == "." else [prefix])))

    def _nested(self, path: Path, relative: str, outer: Repository) -> Iterator[Item | Listed]:
        """List a submodule, or another repository that lies in this one, by the same rules."""
        try:
            inner = discover(path)
        except SourceError as error:
            yield Unread(f"{relative}/.git", error.message, error.hint)
            inner = None
        if inner is None or inner.top is None or inner.top.resolve() != path.resolve():
            yield from self._walk(path, outer)  # an empty folder where a submodule was never checked out
            return
        for each in replace(self, repository=inner)._work_tree(path, inner):
            if isinstance(each, Listed):
                yield replace(each, below=f"{relative}/{each.below}" if each.below else relative)
            else:
                yield _below(each, relative)

    def _walk(self, folder: Path, repository: Repository | None) -> Iterator[Item | Listed]:
        unread: list[Unread] = []

        def failed(error: OSError) -> None:
            unread.append(Unread(os.fspath(error.filename), _reason(error), _MEND))

        for base, folders, files in os.walk(folder, onerror=failed):
            if Path(base).name == ".git" and SKIPPED_IN_GIT_DIR in folders:
                folders.remove(SKIPPED_IN_GIT_DIR)
                what = _shown(Path(base, SKIPPED_IN_GIT_DIR), repository)
                if Path(base) == folder:  # the user named it
                    yield Unread(what, "it is git's own store, where objects are packed", "keyguard scan --history")
                else:
                    yield Omitted(what, "git's own store: scan it with --history")
            links = [each for each in folders if Path(base, each).is_symlink()]
            folders.sort()
            for name in sorted([*files, *links]):
                path = Path(base, name)
                yield self._listed(path, _shown(path, repository))
        yield from unread

    def _file(self, listed: Listed) -> Iterator[Item]:
        path, shown = listed.path, listed.shown
        yield Chunk(Origin(Where.FILE_NAME, shown), os.fsencode(shown))
        try:
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                self.stats.files += 1
                yield Chunk(Origin(Where.SYMLINK, shown), os.fsencode(path.readlink()))
            elif stat.S_ISREG(status.st_mode):
                self.stats.files += 1
                yield from self._content(path, Origin(Where.FILE, shown))
            elif stat.S_ISDIR(status.st_mode):  # since it was listed: what is in it now was not
                yield Unread(shown, _CHANGED)
            else:
                kind = _KINDS.get(stat.S_IFMT(status.st_mode), "not a file")
                told = f"{kind}, not a file"
                yield Unread(shown, f"it is {told}") if listed.named else Omitted(shown, told)
        except OSError as error:
            yield Unread(shown, _reason(error), _MEND)

    def _content(self, path: Path, origin: Origin) -> Iterator[Item]:
        descriptor = os.open(path, _OPEN)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                yield Unread(origin.path or "", _CHANGED)
                return

            def read(size: int) -> bytes:
                data = b"".join(_exactly(file.read, size))
                self.stats.bytes += len(data)
                return data

            head = read(lfs.LONGEST) if status.st_size < lfs.LONGEST else b""
            again = windows.resumed(head, read)
            yield from content(origin, again, self.reach, size=status.st_size, object_format=self.object_format)
            pointer = lfs.pointer(head) if self.repository is not None else None
        if pointer is not None and self.repository is not None:
            yield from large(origin, pointer, self.repository.lfs_folders, self.reach, self.stats)

    @staticmethod
    def _ignored(folder: Path, repository: Repository) -> bool:
        """Whether git ignores a whole folder: then it was named because the user wants it read all the same."""
        relative = repository.relative(folder.resolve())
        if relative == ".":
            return False
        if relative.startswith(".git/") or relative == ".git":
            return True
        try:
            repository.git.run("check-ignore", "--quiet", "--", f"./{relative}")
        except GitFailedError:  # its way of saying no
            return False
        return True


def _left_out(repository: Repository) -> set[str]:
    """Return the tracked files that are marked as not to be in the work tree, as a sparse checkout marks them."""
    fields = repository.git.fields("ls-files", "-z", "-t", "--cached")
    return {os.fsdecode(field[2:]) for field in fields if field.startswith(b"S ")}


def _is_inside(relative: str) -> bool:
    """Say whether a path of the index leads to something below the top, as git sees to when it writes one."""
    return not {"", ".", ".."}.intersection(relative.rstrip("/").split("/"))


def _nowhere(relative: str) -> Unread:
    why = f"it names {relative!r}, which lies nowhere in the work tree"
    return Unread("git's list of files", why, index.MEND)


def _is_plain(top: Path, folder: str, known: dict[str, bool]) -> bool:
    """Say whether no folder on the way down is a link; `known` are those that were looked at."""
    if folder not in known:
        above = _is_plain(top, os.path.dirname(folder), known)  # noqa: PTH120
        known[folder] = above and not (top / folder).is_symlink()
    return known[folder]


def _exactly(read: Callable[[int], bytes | None], size: int) -> Iterator[bytes]:
    """Read on after the short reads that pipes and network file systems give."""
    while size > 0 and (data := read(size)):
        size -= len(data)
        yield data


def _shown(path: Path, repository: Repository | None) -> str:
    """Return the path as reports show it: from the top of its repository, else as the user named it."""
    if repository is None or repository.top is None:
        return path.as_posix()
    return repository.relative(path.parent.resolve() / path.name)


def _shown_in_git(path: Path, common: Path) -> str:
    """Return the path of a file of git's own, from `.git`: a submodule's lie below the one around it."""
    inner = path.relative_to(common).as_posix()
    _, is_below, folder = common.as_posix().rpartition("/.git/")
    return f".git/{folder}/{inner}" if is_below else f"{common.name}/{inner}"


def _below(item: Item, folder: str) -> Item:
    """Return what was read in a folder as seen from above it."""
    if isinstance(item, Omitted) or item.origin is None:
        return replace(item, what=f"{folder}/{item.what}")
    origin = replace(item.origin, path=f"{folder}/{item.origin.path}")
    return replace(item, origin=origin) if isinstance(item, Chunk) else replace(item, origin=origin, what=origin.label)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
