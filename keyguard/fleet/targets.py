"""Finds the repositories that are meant: by path, pattern, folder of clones, address, or a list of any of these."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keyguard.errors import UsageError
from keyguard.fleet.addresses import Address, address, is_address, shown_address
from keyguard.fleet.state import home_of

DEEPEST = 8
"""How many folders deep clones are looked for in a folder of clones."""
_PATTERN = re.compile(r"[*?\[]")
_PROJECT = re.compile(r"[\w.-]+/[\w.-]+")
_URLS = (
    "clone_url", "http_url_to_repo", "sshUrl", "ssh_url_to_repo", "ssh_url", "clone", "web_url", "html_url", "url",
)  # fmt: skip
"""The members in which the programs and APIs of GitHub, GitLab and Gitea name an address, those first that are meant
for cloning. Of what `gh repo list --json url,sshUrl` gives, `url` stands alone unless `sshUrl` was asked for."""
_AROUND = ("items", "values", "repositories", "projects", "nodes", "data", "organization", "group", "user", "viewer")
"""The members in which answers of APIs have a list of repositories, or what has one."""
_NAMES = ("nameWithOwner", "full_name")
_GITHUB = "https://github.com"


@dataclass(frozen=True, slots=True)
class Target:
    """A repository by its name, which is told and kept; it is at a path of this machine, or is cloned from an address.

    `address` may hold a password and is for git alone.
    """

    name: str
    path: str = ""
    shown: str = ""
    address: str = field(default="", repr=False)

    @property
    def secret(self) -> bool:
        """Whether the address must not leave this machine."""
        return self.address != self.shown


@dataclass(frozen=True, slots=True)
class Unfit:
    """What was given as a target and is none, and why."""

    name: str
    why: str
    mend: str | None = None


def found(given: Sequence[str], listed: str = "") -> list[Target | Unfit]:
    """Return what the arguments and a list mean, each repository once, in their order."""
    seen: dict[str, Target | Unfit] = {}
    for text in (*given, *_listed(listed)):
        for each in _meant(text):
            seen.setdefault(each.name, each)
    return _once(list(seen.values()))


def _once(meant: list[Target | Unfit]) -> list[Target | Unfit]:
    """Leave out further work trees of a repository that is there already: its scan reads what is theirs, too."""
    homes = {each.name: home_of(each.path) for each in meant if isinstance(each, Target) and each.path}
    taken = {home for home, further in homes.values() if not further}
    left: list[Target | Unfit] = []
    for each in meant:
        home, further = homes.get(each.name, ("", False))
        if not further or home not in taken:
            left.append(each)
            taken.add(home)
    return left


def _meant(text: str) -> Iterator[Target | Unfit]:
    if not is_address(text):
        yield from _at(text)
        return
    try:
        yield of_address(address(text))
    except UsageError as error:
        yield Unfit(shown_address(text), error.message, error.hint)


def of_address(where: Address) -> Target:
    """Return the repository at an address."""
    return Target(where.name, "", where.shown, where.whole)


def of_path(path: Path) -> Target:
    """Return the repository at a path of this machine."""
    return Target(shown_text(str(path)), str(path))


def shown_text(text: str) -> str:
    r"""Return a name as files and databases take it: bytes that are not UTF-8 as `\xNN`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _at(text: str) -> Iterator[Target | Unfit]:
    try:
        path = Path(text).expanduser()
        if not os.path.lexists(path) and _PATTERN.search(text):
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  # whole paths, whose pattern may have folders too
            if not matches:
                yield Unfit(
                    shown_text(text), "nothing has a name like that", "quote the pattern, or look at the folder"
                )
            for each in matches:
                yield from _clones(Path(each), several=True)
        elif not path.exists():
            yield Unfit(shown_text(text), "it does not exist", "name a repository, a folder of clones, or an address")
        else:
            yield from _clones(path)
    except (OSError, ValueError, RuntimeError) as error:  # the last of an unknown user, or a loop of links
        yield Unfit(
            shown_text(text), f"it cannot be looked at: {getattr(error, 'strerror', None) or 'that is no path'}"
        )


def _clones(path: Path, *, several: bool = False) -> Iterator[Target | Unfit]:
    """Yield the repository at a path, else those below it; of `several` paths some may be none."""
    top = Path(os.path.realpath(path))
    if is_repository(top):
        yield of_path(top)
        return
    closed: list[OSError] = []
    inner = list(_below(top, closed)) if top.is_dir() else []
    yield from map(of_path, inner)
    for each in closed:
        yield Unfit(shown_text(str(each.filename)), f"it cannot be looked at: {each.strerror}")
    if not (inner or closed or several):
        yield Unfit(
            shown_text(str(path)), "it is no repository, and none is below it", "name a clone, or a folder of clones"
        )


def is_repository(folder: Path) -> bool:
    """Whether a folder looks like a clone, with or without a work tree; git has the last word."""
    if (folder / ".git").exists():
        return True
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _below(top: Path, closed: list[OSError]) -> Iterator[Path]:
    """Yield the clones below a folder, by links too; what cannot be looked into is put down as `closed`."""
    for base, folders, _ in os.walk(top, onerror=closed.append):
        here = Path(base)
        if here != top and is_repository(here):
            folders.clear()
            yield here
        elif len(here.parts) - len(top.parts) >= DEEPEST:
            folders.clear()
        folders.sort()
        for each in folders:
            if (here / each).is_symlink() and is_repository(here / each):
                yield Path(os.path.realpath(here / each))


def _listed(text: str) -> Iterator[str]:
    """Yield the targets of a list: lines, tables of `gh` and `glab`, or JSON of theirs or of an API."""
    if text.lstrip()[:1] in ("[", "{"):
        for value in _values(text):
            try:
                yield from list(_of_json(value))
            except RecursionError:
                raise _too_deep() from None
        return
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield from _of_line(line)


def _of_line(line: str) -> Iterator[str]:
    columns = [each.strip() for each in line.split("\t")]
    if len(columns) == 1:
        yield columns[0]
        return
    named = next((each for each in columns if is_address(each)), None)
    if named is None and _PROJECT.fullmatch(columns[0]):
        named = f"{_GITHUB}/{columns[0]}"
    if named is None and "/" in columns[0]:  # a path with words of its own beside it; others are heads of tables
        named = columns[0]
    if named is not None:
        yield named


def _values(text: str) -> Iterator[Any]:
    """Yield the values of JSON, of which several may follow each other, as pages of an API do."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            line, column = error.lineno, error.colno
            raise UsageError(f"the list is not JSON: line {line}, column {column}", "gh repo list --json url") from None
        except RecursionError:
            raise _too_deep() from None
        except ValueError:  # a number that Python finds too long
            raise UsageError("the list is not JSON that can be read", "gh repo list --json url") from None
        yield value


def _too_deep() -> UsageError:
    return UsageError("the list is nested too deeply", "gh repo list --json url")


def _of_json(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _of_json(each)
    elif isinstance(value, Mapping):
        yield from _of_record(value)


def _of_record(record: Mapping[str, object]) -> Iterator[str]:
    strings = {name: text for name, text in record.items() if isinstance(text, str) and text}
    addresses = [*_clone_links(record.get("links"))]
    addresses += [strings[name] for name in _URLS if name in strings and not _is_api(strings[name])]
    addresses += [f"{_GITHUB}/{name}" for each in _NAMES if _PROJECT.fullmatch(name := strings.get(each, ""))]
    if addresses:
        yield addresses[0]
        return
    several = [value for name, value in record.items() if name in _AROUND]
    if not several:
        raise UsageError(
            f"an entry of the list names no address; it has {', '.join(sorted(record)) or 'nothing'}",
            "gh repo list --json url, or glab repo list --output json",
        )
    for each in several:
        yield from _of_json(each)


def _clone_links(links: object) -> Iterator[str]:
    """Yield the address that Bitbucket's API names for cloning."""
    clones = links.get("clone") if isinstance(links, Mapping) else None
    for each in clones if isinstance(clones, list) else ():
        if isinstance(each, Mapping) and isinstance(each.get("href"), str):
            yield each["href"]


def _is_api(url: str) -> bool:
    return url.startswith("https://api.") or "/api/v" in url
