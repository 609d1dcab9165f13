"""Where a repository is pushed to, parsed by GitPython: the only module that knows that library, imported when needed.

It gets bytes alone, and no repository: `Repo()` would follow what a configuration includes, to any file of any size,
and some conditions of that (`includeIf`) end it with an error. Importing it costs more than 100 ms, so only what has a
finding to explain, in a repository with a remote, does.
"""

from __future__ import annotations

import configparser
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from keyguard.git.packs.files import File
from keyguard.git.repository import Repository
from keyguard.git.runner import GitFailedError, executable

LARGEST = 1 << 20
"""Bytes of a configuration; one of a thousand remotes has a tenth of that."""
_PROGRAM = "GIT_PYTHON_GIT_EXECUTABLE"


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote's name, and its address without user name and password."""

    name: str
    address: str


class _Text(io.BytesIO):
    """A file that was read; GitPython's messages have its name."""

    name = "config"


def remotes(repository: Repository) -> list[Remote]:
    """Return the remotes of the repository's configuration; git is asked where it is more than one plain file."""
    try:
        with File(os.path.realpath(repository.common_dir / "config")) as file:
            data = file.at(0, LARGEST + 1)
        if len(data) <= LARGEST and b"include" not in data.lower():
            return _parsed(data) if b"remote" in data.lower() else []
    except (configparser.Error, OSError, ValueError, LookupError, AttributeError, TypeError):
        pass  # a parser of others, given any bytes
    return _asked(repository)


def _parsed(data: bytes) -> list[Remote]:
    with _trusted_git():
        from git.config import GitConfigParser
    parser = GitConfigParser(_Text(data), read_only=True, merge_includes=False)
    return [
        Remote(_name(each), _bare(parser.get(each, "url", fallback="")))
        for each in parser.sections()
        if each.startswith("remote ")
    ]


def _name(section: str) -> str:
    return section.partition('"')[2].rpartition('"')[0].replace('\\"', '"')


def _asked(repository: Repository) -> list[Remote]:
    told = (each for each in addresses(repository) if each[0].endswith(".url"))
    return [Remote(name.removesuffix(".url"), _bare(address)) for name, address in told]


def addresses(repository: Repository) -> list[tuple[str, str]]:
    """Return what git says of all addresses of remotes, each by `NAME.url` or `NAME.pushurl`, user names included."""
    try:
        fields = repository.git.fields("config", "--null", "--get-regexp", r"^remote\..*\.(url|pushurl)$")
    except GitFailedError:  # its way of saying that there are none
        return []
    pairs = (os.fsdecode(each).partition("\n") for each in fields)
    return [(key.removeprefix("remote."), address) for key, _, address in pairs]


@contextmanager
def _trusted_git() -> Iterator[None]:
    """Let GitPython, which asks git for its version when it is imported, start the same git as everything here.

    By itself it would also find one in the folder that it is started in, where the search path has such an entry.
    """
    before = os.environ.get(_PROGRAM)
    os.environ[_PROGRAM] = executable(os.environ.get("PATH"))
    try:
        yield
    finally:
        del os.environ[_PROGRAM]
        if before is not None:
            os.environ[_PROGRAM] = before


def _bare(address: object) -> str:
    return re.sub(r"^([a-z+]+://)[^/@]*@", r"\1", str(address), flags=re.IGNORECASE)
