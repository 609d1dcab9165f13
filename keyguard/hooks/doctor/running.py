"""Tries the hook: whether what it calls starts, and whether a key that is staged is blocked.

Nothing is started but KeyGuard: no script of a repository, of a tool or of a user, which the checks name instead. The
Python of a hook is started only if it is this one, or lies outside the repository: what lies inside may be anybody's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from keyguard.git.repository import Repository
from keyguard.git.runner import Git, GitFailedError
from keyguard.hooks.doctor.check import Check, Here, State
from keyguard.hooks.doctor.installed import HOOK, INSTALL, Hook, hook
from keyguard.hooks.install import KEPT
from keyguard.model import Secret
from keyguard.rules import loader
from keyguard.rules.catalogue import Example

SECONDS = 120
RULE = "openai-project-key"
FILE = "keyguard-canary"
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:\.exe)?", re.IGNORECASE)
_ARGUMENTS = ("-E", "-P", "-m", "keyguard")


def starts(here: Here) -> Check | None:
    """Does what the hook calls start?"""
    found = hook(here)
    if found is None:
        return None
    if found.python is None:
        return Check("start", State.OK, f"not tried: {found.path} is not KeyGuard's own, so that it was not started")
    if not found.python.is_absolute() or not os.access(found.python, os.X_OK) or found.python.is_dir():
        return Check("start", State.PROBLEM, f"the Python that the hook calls is gone: {found.python}", INSTALL)
    if not _may_start(found.python, here):
        text = f"not tried: {found.python} lies inside this repository"
        return Check("start", State.WARNING, text, f"{found.python} -E -P -m keyguard doctor")
    with tempfile.TemporaryDirectory() as folder:
        done = _started([str(found.python), *_ARGUMENTS, "--version"], Path(folder), {})
    if done is None or done.returncode:
        return Check("start", State.PROBLEM, f"{found.python} does not start KeyGuard", INSTALL)
    return Check("start", State.OK, f"{found.python} starts {done.stdout.decode('utf-8', 'replace').strip()}")


def _may_start(python: Path, here: Here) -> bool:
    if _is_this(python):
        return True
    return python.is_absolute() and _PYTHON.fullmatch(python.name) is not None and not here.holds(python)


def _is_this(python: Path) -> bool:
    return os.path.normpath(python) == os.path.normpath(sys.executable)


def _started(command: list[str], folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes] | None:
    """Run KeyGuard; None where it does not start or does not end."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def blocks(here: Here) -> Check | None:
    """Is a key that is staged blocked? Tried with a made-up one, in an index and a store of objects of its own."""
    found = hook(here)
    if found is None or here.repository is None or here.top is None:
        return None
    python = found.python if found.python and _may_start(found.python, here) else Path(sys.executable)
    example = loader.load().by_id[RULE].examples[0]
    with tempfile.TemporaryDirectory() as folder:
        environ = stage(here.repository, Path(folder), example)
        command = [str(python), *_ARGUMENTS, "hook", "run", "--type", HOOK]
        done = _started(command, here.top, environ)
    return _judged(done, example, _untried(found, python))


def stage(repository: Repository, folder: Path, example: Example) -> dict[str, str]:
    """Stage a made-up key beside what HEAD has, and return the environment in which that is the index.

    Everything is written into the folder: the repository gets neither an object nor a change of its index.
    """
    (folder / "objects").mkdir()
    borrowed = [str(repository.common_dir / "objects"), os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")]
    environ = {
        "GIT_INDEX_FILE": str(folder / "index"),
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(filter(None, borrowed)),
    }
    git = Git(repository.git.folder, inherit=True, environ=os.environ | environ)
    try:
        git.run("read-tree", "HEAD")
    except GitFailedError:  # there is no commit yet, or a partial clone has not all its trees
        (folder / "index").unlink(missing_ok=True)
    blob = os.fsdecode(git.run("hash-object", "-w", "--stdin", stdin=f"{example.text}\n".encode())).strip()
    git.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{FILE}")
    return environ


def _untried(found: Hook, python: Path) -> str:
    """Return what stands between git and what was tried."""
    kept = found.path.with_name(f"{found.path.name}{KEPT}")
    if not found.is_own:
        return f"; not tried: {found.path} itself, which is not KeyGuard's"
    if python != found.python:
        return f"; tried with {python}, not with the hook's {found.python}"
    return f"; not tried: {kept}, which runs before it" if kept.exists() else ""


def _judged(done: subprocess.CompletedProcess[bytes] | None, example: Example, untried: str) -> Check:
    if done is None:
        return Check("block", State.PROBLEM, f"KeyGuard did not end within {SECONDS} s{untried}", INSTALL)
    if done.returncode == 1 and Secret(example.secret or "").fingerprint.encode() in done.stdout:
        return Check("block", State.OK, f"a made-up key, staged in an index of its own, was blocked{untried}")
    if done.returncode == 0:
        text = f"a made-up key that was staged as {FILE} was let through{untried}"
        return Check("block", State.PROBLEM, text, "look at what the configuration excludes: keyguard scan --staged")
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    text = f"the check ended with code {done.returncode}, so that every commit is stopped{untried}: {said}"
    return Check("block", State.PROBLEM, text, "keyguard scan --staged")
