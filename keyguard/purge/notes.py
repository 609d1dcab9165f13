"""Lets git's notes follow the commits that they are about to their new ids, which no rewriting of trees does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyguard.git.writer import Writer

WHERE = "refs/notes/"
_ID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def follow(git: Writer, ids: Mapping[str, str]) -> None:
    """Add to each ref of notes a commit in which the notes are named by the new ids of what they are about."""
    listed = git.run("for-each-ref", "--format=%(refname)", WHERE).decode("utf-8", "surrogateescape")
    for ref in listed.splitlines():
        entries = [_moved(field, ids) for field in git.fields("ls-tree", "-r", "-z", "--full-tree", ref)]
        flat = all(b"/" not in entry.partition(b"\t")[2] for entry, _ in entries)
        if flat and any(moved for _, moved in entries):
            tree = git.run("mktree", "-z", stdin=b"".join(entry + b"\0" for entry, _ in entries)).decode().strip()
            tip = git.line("rev-parse", "--verify", f"{ref}^{{commit}}")
            message = b"Notes follow their commits to the new ids\n"
            commit = git.run("commit-tree", tree, "-p", tip, stdin=message).decode().strip()
            git.run("update-ref", "--no-deref", ref, commit, tip)


def _moved(field: bytes, ids: Mapping[str, str]) -> tuple[bytes, bool]:
    """Return an entry of a tree of notes with the new id for its name, without the folders of large trees."""
    head, _, path = field.partition(b"\t")
    name = path.replace(b"/", b"")
    if not _ID.fullmatch(name):
        return field, False
    new = ids.get(name.decode("ascii"), name.decode("ascii")).encode("ascii")
    return head + b"\t" + new, new != name
