"""Whether what the repository sets for KeyGuard is sound, and what of the repository it leaves out."""

from __future__ import annotations

import os
from collections.abc import Iterator

from keyguard.errors import KeyGuardError
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError
from keyguard.hooks.doctor.check import Check, Here, State
from keyguard.model import Confidence
from keyguard.pipeline.scan import Policy
from keyguard.pipeline.setup import Settings, prepare

UNSHALLOW = "git fetch --unshallow"
REFETCH = "git fetch --refetch --no-filter"


def sound(here: Here) -> Check:
    """Are configuration, baseline and rules such that a scan begins?"""
    try:
        scan = prepare(Settings(), here.repository)
    except KeyGuardError as error:
        return Check("configuration", State.PROBLEM, error.message, error.hint)
    own = sum(rule.file is not None for rule in scan.catalogue.rules)
    more = f", {own} of them not KeyGuard's own" if own else ""
    return Check("configuration", State.OK, f"sound: {len(scan.catalogue.rules)} rules{more}")


def hidden(here: Here) -> Check | None:
    """Is anything left out by the repository's own files?"""
    try:
        policy = prepare(Settings(), here.repository).policy
    except KeyGuardError:  # told by `sound`
        return None
    told = list(_hidden(policy, here.repository))
    if not told:
        return Check("left out", State.OK, "nothing by configuration or baseline")
    return Check("left out", State.WARNING, "; ".join(told), "keyguard scan --no-repo-config looks at all of it")


def _hidden(policy: Policy, repository: Repository | None) -> Iterator[str]:
    config = policy.config
    if config.exclude_paths:
        tracked = repository.git.fields("ls-files", "-z", "--cached") if repository and repository.top else []
        count = sum(config.excludes(os.fsdecode(path)) for path in tracked)
        yield f"exclude-paths: {count} of {len(tracked)} tracked files"
    if config.exclude_rules:
        yield f"exclude-rules: {', '.join(config.exclude_rules)}"
    if config.min_confidence and config.min_confidence > Confidence.MEDIUM:
        yield f"min-confidence: what is less than {config.min_confidence.label}"
    if config.accept_unread:
        yield f"accept-unread: {len(config.accept_unread)} ids"
    if policy.baseline.entries:
        yield f"baseline: {len(policy.baseline.entries)} keys"


def history(here: Here) -> Check | None:
    """Is all of the history here to be read?"""
    if here.repository is None:
        return None
    if here.repository.shallow_roots:
        return Check("history", State.WARNING, "a shallow clone: commits before its edge are not here", UNSHALLOW)
    if _is_partial(here.repository):
        return Check("history", State.WARNING, "a partial clone: some objects are not here", REFETCH)
    return Check("history", State.OK, "neither shallow nor partial")


def _is_partial(repository: Repository) -> bool:
    """Say whether a remote is one that objects are left at (`git clone --filter`, gitrepository-layout(5))."""
    try:
        return bool(repository.git.run("config", "--get-regexp", r"^remote\..*\.promisor$"))
    except GitFailedError:  # its way of saying that there is none
        return False
