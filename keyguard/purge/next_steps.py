"""The commands that bring a rewritten history to everyone else, exactly as they have to be typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyguard.git.commits import HEADS, REMOTES, TAGS
from keyguard.git.remotes import Remote
from keyguard.purge.cleaning import POINTER
from keyguard.purge.plan import Plan
from keyguard.purge.rewriting import Rewritten
from keyguard.remediation.quoting import shell
from keyguard.reporting.words import Words

KINDS = (HEADS, TAGS, "refs/notes/")
FIRST_SHOWN = 20
Step = tuple[str, list[str]]
"""What to do, and the lines below it: commands, or ids."""


def steps(plan: Plan, rewritten: Rewritten, remotes: Sequence[Remote], say: Words, *, bare: bool) -> Iterator[Step]:
    """Yield what to do in its order."""
    for remote in remotes:
        lines = list(pushes(plan, rewritten, remote, say, bare=bare))
        if lines:
            yield say("purge.push", remote=remote.name), lines
    if remotes:
        gitlab = any("gitlab" in each.address.lower() for each in remotes)
        yield say("purge.gitlab" if gitlab else "purge.github"), list(rewritten.first_changed[:FIRST_SHOWN])
    if any(each.cleaned.why == POINTER for each in plan.blobs):
        yield say("purge.lfs"), []
    if remotes:
        yield say("purge.everyone"), ["git fetch origin", "git rebase --onto origin/main OLD_BASE my-branch"]
        yield say("purge.copies"), []
    clone, backup = shell(str(rewritten.clone)), shell(str(rewritten.backup))
    lines = [f"git clone -- {clone} NEW_FOLDER", *_origin(clone, remotes), *_stashes(rewritten), f"rm -- {backup}"]
    yield say("purge.go-on"), lines


def _origin(clone: str, remotes: Sequence[Remote]) -> Iterator[str]:
    """Yield the command by which a clone of the clean one pushes to where the repository did, and not to that one."""
    names = [each.name for each in remotes]
    if names:
        name = shell("origin" if "origin" in names else names[0])
        yield f'git -C NEW_FOLDER remote set-url origin "$(git -C {clone} remote get-url {name})"'


def _stashes(rewritten: Rewritten) -> Iterator[str]:
    """Yield the commands that bring the stashes into a clone, which has none by itself, the newest last."""
    ids = [identity for identity, _ in rewritten.stashes]
    if ids:
        yield f"git -C NEW_FOLDER fetch --quiet -- {shell(str(rewritten.clone))} {' '.join(ids)}"
    for identity, subject in reversed(rewritten.stashes):
        yield f"git -C NEW_FOLDER stash store -m {shell(subject)} {identity}"


def pushes(plan: Plan, rewritten: Rewritten, remote: Remote, say: Words, *, bare: bool) -> Iterator[str]:
    """Yield a command for each ref that the remote has to have replaced, with the id that it is known to have now.

    What a remote has, a repository knows by its remote-tracking refs; a bare one has the same refs as its remote.
    """
    tracked = f"{REMOTES}{remote.name}/"
    knows = any(name.startswith(tracked) for name in rewritten.before)
    for name in rewritten.changed:
        if name.startswith(tracked) and not name.endswith("/HEAD"):
            there = f"{HEADS}{name.removeprefix(tracked)}"
        elif name.startswith(KINDS[1:]) or (name.startswith(KINDS[0]) and (bare or not knows)):
            there = name
        else:
            continue
        yield from _push(plan, rewritten, remote, say, name, there)


def _push(plan: Plan, rewritten: Rewritten, remote: Remote, say: Words, name: str, there: str) -> Iterator[str]:
    git = f"git -C {shell(str(rewritten.clone))} push"
    new = rewritten.renamed.get(name, name)
    target = there if new == name else f"{HEADS}{new.removeprefix(f'{REMOTES}{remote.name}/')}"
    target = new if new.startswith(KINDS) else target
    if new == name:
        lease = f"--force-with-lease={there}:{rewritten.before[name]}"
        source = "" if name in plan.dropped else new  # nothing takes the place of a dropped ref
        yield f"{git} {shell(lease)} {shell(remote.name)} {shell(f'{source}:{target}')}"
        return
    yield say("purge.renamed", remote=remote.name, ref=plan.masked(there))
    yield f"{git} {shell(remote.name)} {shell(f'{new}:{target}')}"
