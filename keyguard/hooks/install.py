"""Puts KeyGuard among a repository's own git hooks, keeps the hook that is there, and takes itself out again."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError
from keyguard.hooks import READ, TYPES

KEPT = ".before-keyguard"
"""What a hook that was there before is renamed to, behind its own name."""
MOVED = ".legacy"
"""What the pre-commit framework renames a hook to that it finds and goes on running, behind its own name."""
HUSKY = ("h", "husky.sh")
"""What lies in a folder of husky's, and runs the user's own hooks."""
MARK = b"# keyguard-hook: "
MARK_WITHIN = 1024
"""How many bytes from the start of a hook the line with the mark lies."""
SCRIPT = """\
#!/bin/sh
# Put here by `keyguard hook install`; `keyguard hook uninstall` takes it out and puts back what was here before.
{mark}{type}

# Found beside this very file: it may have been renamed by a tool that goes on running it. What was here before that has
# its old name then, unless it is the tool's own script; the variable keeps the two from running each other in circles.
before="$0{kept}"
case "$0" in
*{moved})
    old="${{0%{moved}}}{kept}"
    if [ ! -e "$before" ] && [ "${{KEYGUARD_CHAIN-}}" != "${{0%/*}}" ] && ! cmp -s "${{0%{moved}}}" "$old"; then
        before="$old"
    fi
    ;;
esac
KEYGUARD_CHAIN="${{0%/*}}"
export KEYGUARD_CHAIN
{first}
python={python}
if [ ! -x "$python" ]; then
    echo "keyguard: error: nothing was checked: the Python that KeyGuard was installed with is gone: $python" >&2
    echo "to mend it: install KeyGuard again, then run \\`keyguard hook install\\`" >&2
    {escape}exit 1
fi
# -E, -P: nothing is imported from the folder that is being committed, whatever PYTHONPATH says.
{then}"$python" -E -P -m keyguard hook run --type {type} "$@"
"""
ESCAPE = """\
echo "to go on without the check, this once: git's option --no-verify" >&2
    """
FIRST = """\
if [ -x "$before" ]; then
    "$before" "$@" || exit $?
fi
"""
FIRST_OF_READ = """\
# What git says by standard input is for both; the letter keeps the line end that a shell would drop.
moves=$(cat && echo .) || exit 2
moves=${moves%.}
if [ -x "$before" ]; then
    printf '%s' "$moves" | "$before" "$@" || exit $?
fi
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the hook was put, and the hook that it runs first, if there was one.

    `configured` is true where `core.hooksPath` chose the folder: other tools, or other repositories, may share it.
    `of_tree` is true where that is a relative path: each linked work tree has a folder of its own then.
    """

    path: Path
    chained: Path | None
    configured: bool
    of_tree: bool = False


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The hook that was taken out, and the one before it, which is back in its place, if there was one."""

    path: Path
    chained: Path | None


def install(repository: Repository, hook_type: str) -> Installed:
    """Put our script into the repository's hooks; a hook that is there is kept, and run first.

    Doing it again changes nothing but the Python that is called. Raises `UsageError` where it cannot be done.
    """
    folder, configured = _folder(repository, hook_type)
    hook, kept = folder / hook_type, folder / f"{hook_type}{KEPT}"
    _refuse_husky(folder, hook_type)
    _refuse_odd(hook)
    _refuse_odd(kept)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(hook, kept, _script(hook_type))
        of_tree = configured and _is_relative(repository)
        return Installed(hook, kept if kept.exists() else None, configured, of_tree)
    except OSError as error:
        raise UsageError(f"the hook {hook} cannot be written: {error.strerror}") from None


def uninstall(repository: Repository, hook_type: str) -> Uninstalled:
    """Take our script out, and put back the hook that was there before it.

    Hooks of others are not touched. Raises `UsageError` where there is none of ours, or it cannot be done.
    """
    folder, _configured = _folder(repository, hook_type)
    hook, moved = folder / hook_type, folder / f"{hook_type}{MOVED}"
    ours = next((each for each in (hook, moved) if _is_ours(each)), None)
    if ours is None:
        raise UsageError(f"{folder} has no {hook_type} hook of KeyGuard's")
    kept = ours.with_name(f"{ours.name}{KEPT}")
    old = hook.with_name(f"{hook_type}{KEPT}")
    try:
        if ours == moved and not os.path.lexists(kept) and old.is_file() and old.read_bytes() != _content(hook):
            kept = old
        if os.path.lexists(kept):
            kept.replace(ours)
            return Uninstalled(ours, ours)
        ours.unlink()
    except OSError as error:
        raise UsageError(f"the hook {ours} cannot be removed: {error.strerror}") from None
    return Uninstalled(ours, None)


def _folder(repository: Repository, hook_type: str) -> tuple[Path, bool]:
    """Return the folder that git takes hooks from, and whether `core.hooksPath` chose it."""
    if hook_type not in TYPES:
        raise UsageError(f"there is no hook {hook_type} to install", f"one of: {', '.join(TYPES)}")
    git = repository.git
    if repository.top is None and hook_type != "pre-receive":
        raise UsageError(
            f"{repository.git_dir} has no work tree, so nothing is committed there",
            "a server is guarded by keyguard hook install --type pre-receive",
        )
    folder = (git.folder / git.line("rev-parse", "--git-path", f"hooks/{hook_type}", hooks_path=True)).parent
    if folder == folder.parent:  # what an empty setting means for git, which says so of a file alone
        raise UsageError(
            f"core.hooksPath is empty, so git looks for it in {folder}", "git config --unset core.hooksPath"
        )
    usual = git.folder / git.line("rev-parse", "--git-common-dir") / "hooks"
    if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
        why = "a symbolic link" if folder.is_symlink() else "not a folder"
        raise UsageError(f"the hooks folder {folder} is {why}", "see git config core.hooksPath, or install by hand")
    return folder, os.path.normpath(folder) != os.path.normpath(usual)


def _is_relative(repository: Repository) -> bool:
    """Say whether `core.hooksPath` is a path from the top of whichever work tree a commit is made in."""
    try:
        value = repository.git.line("config", "--type=path", "--get", "core.hooksPath", hooks_path=True)
    except GitFailedError:  # its way of saying that there is none
        return False
    return not Path(value).is_absolute()


def _refuse_husky(folder: Path, hook_type: str) -> None:
    """Refuse the folder that husky makes anew at each install, whose hooks find the user's own by their own name."""
    if folder.name == "_" and any((folder / name).is_file() for name in HUSKY):
        command = f"keyguard hook run --type {hook_type} " + ('"$1"' if hook_type == "commit-msg" else '"$@"')
        raise UsageError(
            f"husky writes {folder} itself, and runs no hook there under another name",
            f"put this line into {folder.parent / hook_type}: {command}",
        )


def _refuse_odd(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        what = "a symbolic link" if path.is_symlink() else "not a file"
        raise UsageError(f"the hook {path} is {what}", "put a script there that runs it, then install again")


def _put(hook: Path, kept: Path, script: bytes) -> None:
    new = _written(hook.parent, script)
    try:
        moved = hook.exists() and not _is_ours(hook)
        if moved:
            _keep(hook, kept)
        try:
            new.replace(hook)
        except OSError:
            if moved:
                kept.replace(hook)
            raise
    finally:
        new.unlink(missing_ok=True)


def _keep(hook: Path, kept: Path) -> None:
    """Rename a hook of somebody else's, unless that name is taken by another than itself."""
    if kept.exists() and kept.read_bytes() != hook.read_bytes():
        raise UsageError(
            f"both {hook} and {kept} hold a hook that is not KeyGuard's",
            "make one of the two, or delete the one that is not needed, then install again",
        )
    hook.replace(kept)


def _written(folder: Path, script: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=".keyguard-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(script)
    path = Path(name)
    path.chmod(0o755)
    return path


def _script(hook_type: str) -> bytes:
    if not sys.executable:
        raise UsageError("Python does not say where it is, so that a hook could call it")
    python = shlex.quote(os.path.abspath(sys.executable))  # noqa: PTH100  # `resolve` would leave the environment
    escape = "" if hook_type == "pre-receive" else ESCAPE
    first, then = (FIRST_OF_READ, "printf '%s' \"$moves\" | ") if hook_type in READ else (FIRST, "exec ")
    script = SCRIPT.format(
        mark=MARK.decode(), type=hook_type, kept=KEPT, moved=MOVED, python=python, first=first, then=then, escape=escape
    )
    return os.fsencode(script)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _is_ours(path: Path) -> bool:
    """Say whether a hook is our script, by its mark."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return any(line.startswith(MARK) for line in file.read(MARK_WITHIN).splitlines())
    except OSError as error:
        raise UsageError(f"the hook {path} cannot be read: {error.strerror}") from None
