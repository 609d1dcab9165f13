"""Says what a remote is known to have before a push tells it more, and where nothing of that is to be believed."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from keyguard.errors import SourceError
from keyguard.git.commits import HEADS
from keyguard.git.remotes import addresses
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError
from keyguard.hooks.updates import Update
from keyguard.incidents.identity import simple

_NAME = re.compile(r"[A-Za-z0-9._/-]+")
"""Names of remotes that stand for themselves in a pattern of git's; of others more is read."""
_ESCAPED = re.compile(r"[\\*?\[]")
"""What means something else in a pattern of git's."""
_LITERALLY = r"\\\g<0>"
_LASTING = ("main", "master")
"""Branches that nobody deletes: what their remote does not have is not that remote."""


def tracked(repository: Repository, remote: str, address: str, moved: Sequence[Update] = ()) -> list[str]:
    """Return what stands for all that this repository knows a remote to have; `address` is empty if git did not say it.

    Nothing does where that is not the address that it is fetched from: of several `url` git fetches from the first and
    pushes to all. Nor where it says that it has no branch `moved` though the main one of what was fetched: then the
    address is another than it was. The refs of `origin/x` are not `origin`'s.
    """
    if not _NAME.fullmatch(remote):
        return []
    known = addresses(repository)
    fetched, pushed = ([each for name, each in known if name == f"{remote}.{kind}"] for kind in ("url", "pushurl"))
    if not fetched or not _are_same(repository, fetched[0], [address] if address else pushed or fetched):
        return []
    if not _main(repository, remote).isdisjoint(each.ref for each in moved if each.old is None):
        return []
    others = dict.fromkeys(name.rpartition(".")[0] for name, _ in known if name.startswith(f"{remote}/"))
    return [*(f"--exclude={_ESCAPED.sub(_LITERALLY, each)}/*" for each in others), f"--remotes={remote}"]


def _are_same(repository: Repository, fetched: str, pushed: Sequence[str]) -> bool:
    """Return whether all that is pushed to is what git fetches from, perhaps by another protocol."""
    here = {simple(fetched), simple(_rewritten(repository, fetched))}
    return all(simple(each) in here for each in pushed)


def _rewritten(repository: Repository, address: str) -> str:
    """Return what git makes of an address by the user's `insteadOf`, of which the longest that fits counts."""
    try:
        fields = repository.git.fields("config", "--null", "--get-regexp", r"^url\..*\.insteadof$")
    except GitFailedError:  # its way of saying that there are none
        return address
    pairs = (os.fsdecode(each).partition("\n") for each in fields)
    fitting = [(begin, key) for key, _, begin in pairs if address.startswith(begin)]
    begin, key = max(fitting, key=lambda each: len(each[0]), default=("", ""))
    return key.removeprefix("url.").removesuffix(".insteadof") + address.removeprefix(begin)


def _main(repository: Repository, remote: str) -> set[str]:
    """Return the branches of a remote that are never deleted there and were fetched from it before."""
    ours = f"refs/remotes/{remote}"
    try:
        lasting = [repository.git.line("symbolic-ref", "--quiet", f"{ours}/HEAD").removeprefix(f"{ours}/")]
    except SourceError:  # there is none
        lasting = []
    return {HEADS + name for name in [*lasting, *_LASTING] if repository.resolve(f"{ours}/{name}") is not None}
