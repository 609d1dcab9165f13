"""Runs the check of one of git's hooks, with the rules and the configuration that count for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.git.repository import Repository
from keyguard.hooks import READ
from keyguard.model import ScanResult
from keyguard.pipeline.request import Verdict, verdict
from keyguard.pipeline.scan import Scan
from keyguard.pipeline.setup import Settings, prepare


def judged(hook_type: str, arguments: Sequence[str], settings: Settings, repository: Repository) -> Verdict:
    """Return the verdict of a hook on what it was started for.

    On a server nothing counts that the repository itself allows. Raises `UsageError` for what the hook cannot be.
    """
    if hook_type in READ:
        return _of_push(hook_type, arguments, settings, repository)
    if repository.top is None:
        raise UsageError("a bare repository has no index to check", f"a server is guarded by {READ[-1]}")
    scan = prepare(settings, repository)
    return verdict(scan, _of_commit(hook_type, arguments, scan, repository), repository)


def _of_commit(hook_type: str, arguments: Sequence[str], scan: Scan, repository: Repository) -> ScanResult:
    paths = [Path(each) for each in arguments]
    if hook_type == "pre-commit":
        from keyguard.hooks import pre_commit

        return pre_commit.check(scan, repository, paths)
    from keyguard.hooks import commit_msg

    if len(paths) != 1:
        raise UsageError("commit-msg takes one argument: the file with the message", "git gives it to its hook")
    return commit_msg.check(scan, paths[0], os.environ)


def _of_push(hook_type: str, arguments: Sequence[str], settings: Settings, repository: Repository) -> Verdict:
    from keyguard.hooks import moving

    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("nothing says what moves", f"git tells {hook_type} by standard input")
    given = sys.stdin.buffer.read()
    if hook_type == "pre-receive":
        settings = replace(settings, no_repo_config=True)
        moves = moving.received(given)
        repository.arriving = moves.ids
    else:
        moves = moving.pushed(repository, arguments, given, os.environ)
    scan = prepare(settings, repository)
    scan = replace(scan, notes=(*scan.notes, *moves.notes))
    return verdict(scan, moving.check(scan, repository, moves), repository)
