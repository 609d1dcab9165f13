"""The commands that bring a rewritten history to everyone else, exactly as they have to be typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyguard.git.remotes import Remote
from keyguard.purge.plan import Plan
from keyguard.purge.rewriting import Rewritten
from keyguard.remediation.quoting import shell

TRACKED = "refs/remotes/"
KINDS = ("refs/heads/", "refs/tags/", "refs/notes/")
FIRST_SHOWN = 20
Step = tuple[str, list[str]]
"""What to do, and the lines below it: commands, or ids."""


def steps(
    plan: Plan, rewritten: Rewritten, remotes: Sequence[Remote], *, bare: bool
) -> Iterator[tuple[str, list[str]]]:
    """Yield what to do in its order."""
    for remote in remotes:
        lines = list(pushes(plan, rewritten, remote, bare=bare))
        if lines:
            yield (
                f"Agree on a time with everyone who pushes to {remote.name}, let protected branches take a forced push "
                "for that moment, and push from the clean clone. A line is refused if the remote has moved since your "
                "last git fetch (then fetch, and purge again), or if it never had that tag.",
                lines,
            )
    yield from _host(rewritten, remotes)
    if any(each.cleaned.why.endswith("large file has the key") for each in plan.blobs):
        yield ("Git LFS: the large files stay on the server until its support, or its own setting, removes them.", [])
    if remotes:
        yield from _everyone_else()
    yield (
        "Go on working in a clone of the clean one; this folder still has the old history. When all is well, delete "
        "the backup too: the key is in it.",
        [
            f"git clone -- {shell(str(rewritten.clone))} NEW_FOLDER",
            *_stashes(rewritten),
            f"rm -- {shell(str(rewritten.backup))}",
        ],
    )


def _stashes(rewritten: Rewritten) -> Iterator[str]:
    """Yield the commands that bring the stashes into a clone, which has none by itself, the newest last."""
    ids = [identity for identity, _ in rewritten.stashes]
    if ids:
        yield f"git -C NEW_FOLDER fetch --quiet -- {shell(str(rewritten.clone))} {' '.join(ids)}"
    for identity, subject in reversed(rewritten.stashes):
        yield f"git -C NEW_FOLDER stash store -m {shell(subject)} {identity}"


def _everyone_else() -> Iterator[Step]:
    yield (
        "Everyone else clones afresh. Who has work of their own rebases it and never merges: one merge from an old "
        "clone brings everything back.",
        ["git fetch origin", "git rebase --onto origin/main OLD_BASE my-branch"],
    )
    yield (
        "Forks, mirrors, CI caches, artefacts and container images keep the old history: delete or rebuild them.",
        [],
    )


def pushes(plan: Plan, rewritten: Rewritten, remote: Remote, *, bare: bool) -> Iterator[str]:
    """Yield a command for each ref that the remote has to have replaced, with the id that it is known to have now.

    What a remote has, a repository knows by its remote-tracking refs; a bare one has the same refs as its remote.
    """
    tracked = f"{TRACKED}{remote.name}/"
    knows = any(name.startswith(tracked) for name in rewritten.before)
    for name in rewritten.changed:
        if name.startswith(tracked) and not name.endswith("/HEAD"):
            there = f"refs/heads/{name.removeprefix(tracked)}"
        elif name.startswith(KINDS[1:]) or (name.startswith(KINDS[0]) and (bare or not knows)):
            there = name
        else:
            continue
        yield from _push(plan, rewritten, remote, name, there)


def _push(plan: Plan, rewritten: Rewritten, remote: Remote, name: str, there: str) -> Iterator[str]:
    git = f"git -C {shell(str(rewritten.clone))} push"
    new = rewritten.renamed.get(name, name)
    target = there if new == name else f"refs/heads/{new.removeprefix(f'{TRACKED}{remote.name}/')}"
    target = new if new.startswith(KINDS) else target
    if new == name:
        lease = f"--force-with-lease={there}:{rewritten.before[name]}"
        source = "" if name in plan.dropped else new  # nothing takes the place of a dropped ref
        yield f"{git} {shell(lease)} {shell(remote.name)} {shell(f'{source}:{target}')}"
        return
    old = plan.masked(there)
    yield f"# if {remote.name} has {old}: push it by its new name, and delete the old one on the host's page"
    yield f"{git} {shell(remote.name)} {shell(f'{new}:{target}')}"


def _host(rewritten: Rewritten, remotes: Sequence[Remote]) -> Iterator[Step]:
    addresses = " ".join(each.address.lower() for each in remotes)
    first = list(rewritten.first_changed[:FIRST_SHOWN])
    if not remotes:
        return
    if "gitlab" in addresses:
        text = (
            "GitLab keeps old commits in merge requests, pipelines and its cache: Settings > Repository > Repository "
            "maintenance > Remove blobs takes blob ids, and housekeeping with pruning drops what nothing names. "
            "First changed commits:"
        )
    else:
        text = (
            "Pull requests and cached pages keep old commits, and only the host can drop them. GitHub: ask support "
            "(https://support.github.com) to dereference the pull requests and to run garbage collection; they ask for "
            "the first changed commits:"
        )
    yield text, first
