"""Reads a repository's own files from a commit, held to what holds for those of a work tree."""

from __future__ import annotations

from dataclasses import dataclass

from keyguard.config.document import LARGEST
from keyguard.errors import ConfigError, SourceError
from keyguard.git import index, objects
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError


@dataclass(frozen=True, slots=True)
class Committed:
    """The files of a commit; `name` is what the user calls it."""

    repository: Repository
    commit: str
    name: str

    def named(self, path: str) -> str:
        """Return how messages call a file, as git does."""
        return f"{self.name}:{path}"

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None where there is none.

        Raises `ConfigError` for what is no regular file of up to `LARGEST` bytes, or is not in this clone.
        """
        for step, mode, blob in self._entries(_steps(path)):
            if step == path and mode in index.REGULAR:
                return self._content(path, blob)
            if mode != index.TREE or step == path:
                raise ConfigError(f"{self.named(step)}: not a regular file", "put the file itself there")
        return None

    def names(self) -> list[str]:
        """Return what lies at the top of the commit."""
        return index.names_at(self.repository, self.commit)

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file of this name."""
        return any(mode in index.REGULAR for _, mode, _ in self._entries([path]))

    def _entries(self, paths: list[str]) -> list[tuple[str, str, str]]:
        try:
            return index.entries_at(self.repository, self.commit, paths)
        except GitFailedError as error:  # a clone without its trees, or damage
            raise SourceError(
                f"configuration and baseline of {self.name}, where the change begins, cannot be read: {error.message}",
                "git fetch --refetch --no-filter brings what a partial clone left out; --no-repo-config does without",
            ) from None

    def _content(self, path: str, blob: str) -> bytes:
        for header, body in objects.read(self.repository.git, [blob]):
            if body is None:
                break
            if header.size > LARGEST:
                raise ConfigError(f"{self.named(path)}: larger than {LARGEST // 1024} KiB")
            return body.read()
        raise ConfigError(f"{self.named(path)}: not in this clone", f"git fetch origin {blob}")


def _steps(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
