"""Runs git-filter-repo in the current folder by a plan from standard input: it is started as a program of its own.

So no secret stands in a list of processes or in a file, and nothing of git-filter-repo's is loaded by KeyGuard. What
came of it is printed as JSON.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import sys
from dataclasses import dataclass, field
from typing import Any

OPTIONS = (
    "--force",  # it asks for a fresh clone, and this is one
    "--partial",  # refs of remotes stay where they are
    "--replace-refs", "delete-no-add", "--prune-empty", "never", "--prune-degenerate", "never", "--quiet",
)  # fmt: skip
SUBMODULE = b"160000"
LONG = 64
Pairs = list[tuple[bytes, bytes]]


@dataclass
class Filter:
    """What is replaced, and `renamed`: the refs that got another name, by their old one."""

    blobs: dict[bytes, bytes]
    messages: dict[bytes, Pairs | None]
    names: Pairs
    net: Pairs
    notice: bytes
    message: bytes
    renamed: dict[bytes, bytes] = field(default_factory=dict)
    caught: int = 0

    @classmethod
    def from_plan(cls, plan: dict[str, Any]) -> Filter:
        """Return the filter of a plan in the form in which it is handed over."""
        return cls(
            {key.encode(): _bytes(value) for key, value in plan["blobs"].items()},
            {key.encode(): None if value is None else _pairs(value) for key, value in plan["messages"].items()},
            _pairs(plan["names"]),
            _pairs(plan["net"]),
            _bytes(plan["notice"]),
            _bytes(plan["message"]),
        )

    def blob(self, blob: Any, _metadata: Any) -> None:  # noqa: ANN401  # git-filter-repo has no types
        """Give a blob its new content."""
        new = self.blobs.get(blob.original_id)
        if new is None and any(old in blob.data for old, _ in self.net):
            self.caught += 1
            new = self.notice if b"\0" in blob.data else _replaced(blob.data, self.net)
        if new is not None:
            blob.data = new

    def commit(self, commit: Any, _metadata: Any) -> None:  # noqa: ANN401
        """Clean message and identities of a commit."""
        commit.message = self._message(commit.original_id, commit.message)
        for name in ("author_name", "author_email", "committer_name", "committer_email"):
            setattr(commit, name, self._identity(commit.original_id, getattr(commit, name)))

    def tag(self, tag: Any, _metadata: Any) -> None:  # noqa: ANN401
        """Clean message and tagger of an annotated tag."""
        tag.message = self._message(tag.original_id, tag.message)
        for name in ("tagger_name", "tagger_email"):
            setattr(tag, name, self._identity(tag.original_id, getattr(tag, name)))

    def name(self, name: bytes) -> bytes:
        """Clean the path of a file."""
        return _replaced(name, self.names)

    def ref(self, name: bytes) -> bytes:
        """Clean the name of a ref."""
        new = _replaced(name, self.names)
        if new != name:
            self.renamed[name] = new
        return new

    def _message(self, identity: bytes, text: bytes) -> bytes:
        pairs = self.messages.get(identity, [])
        return self.message if pairs is None else _replaced(text, [*pairs, *self.net])

    def _identity(self, identity: bytes, text: bytes | None) -> bytes | None:
        return text if text is None else _replaced(text, [*(self.messages.get(identity) or []), *self.net])


def _replaced(text: bytes, pairs: Pairs) -> bytes:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _pairs(value: list[list[str]]) -> Pairs:
    return [(_bytes(old), _bytes(new)) for old, new in value]


def _knowing_long_ids(git_filter_repo: Any) -> type:  # noqa: ANN401  # a module without types
    """Return its parser, which takes ids of 64 digits as well: those of submodules in repositories with SHA-256."""

    class Parser(git_filter_repo.FastExportParser):  # type: ignore[misc]  # a base without types
        def _parse_optional_filechange(self) -> Any:  # noqa: ANN401
            fields = self._currentline.split(None, 3)
            if fields[:2] != [b"M", SUBMODULE] or len(fields[2]) != LONG:
                return super()._parse_optional_filechange()
            path = fields[3].rstrip(b"\n")
            self._advance_currentline()
            plain = git_filter_repo.PathQuoting.dequote(path) if path.startswith(b'"') else path
            return git_filter_repo.FileChange(b"M", plain, fields[2], SUBMODULE)

    return Parser


def main() -> None:
    """Read the plan, run, and print which refs were renamed, and in how many more blobs a key stood word by word."""
    import git_filter_repo

    git_filter_repo.FastExportParser = _knowing_long_ids(git_filter_repo)
    own = Filter.from_plan(json.load(sys.stdin))
    with contextlib.redirect_stdout(io.StringIO()):
        options = git_filter_repo.FilteringOptions.parse_args(list(OPTIONS), error_on_empty=False)
        git_filter_repo.RepoFilter(
            options,
            blob_callback=own.blob,
            commit_callback=own.commit,
            tag_callback=own.tag,
            filename_callback=own.name,
            refname_callback=own.ref,
        ).run()
    renamed = {base64.b64encode(old).decode(): base64.b64encode(new).decode() for old, new in own.renamed.items()}
    print(json.dumps({"renamed": renamed, "caught": own.caught}))


if __name__ == "__main__":
    main()
