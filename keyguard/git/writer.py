"""Runs the commands of git that write: in repositories that KeyGuard has made itself, never in one that it scans.

Of a scanned repository only a bundle is made, which reads there and writes one file elsewhere.
"""

from __future__ import annotations

from keyguard.git.runner import OVERRIDES, PLUMBING, Git

WRITING = frozenset({"bundle", "clone", "commit-tree", "mktree", "prune", "repack", "update-ref"})
AUTHOR = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "keyguard purge"), ("EMAIL", "keyguard@localhost"))
}
"""Who commits what KeyGuard has to commit itself."""


class Writer(Git):
    """As `Git`, with commands that write; only local files are a transport."""

    __slots__ = ()
    commands = PLUMBING | WRITING

    @property
    def seconds(self) -> float:
        """How long a command may take: it copies a whole history."""
        return 6 * 3600.0

    def environment(self) -> dict[str, str]:
        """Return what git is started with; programs that start git themselves get the same overrides from it."""
        settings = dict(each.split("=", 1) for each in (*OVERRIDES, "gc.auto=0", "maintenance.auto=false"))
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return super().environment() | AUTHOR | numbered | {"GIT_ALLOW_PROTOCOL": "file"}
