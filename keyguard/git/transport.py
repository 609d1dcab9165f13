"""Speaks with other repositories: lists their refs, and fetches all that they reach into bare ones of KeyGuard's own.

Nothing of either side is run: only four transports are allowed, templates, hooks and submodules are off, and nobody is
asked for a password. The address is handed over by environment, so that no list of processes and no file has it.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from pathlib import Path

from keyguard.errors import SourceError
from keyguard.git.objects import ID
from keyguard.git.runner import OVERRIDES, PLUMBING, Git, GitFailedError

PROTOCOLS = ("https", "ssh", "git", "file")
"""The transports that are allowed; `ext` and all other helpers are programs that an address names."""
WRITING = frozenset({"fetch", "init", "ls-remote", "repack"})
DETACHED = "refs/keyguard/HEAD"
"""Where what the other repository has checked out is kept, if no branch leads to it."""
SETTINGS = (
    "core.askPass=",
    "credential.interactive=false",
    "fetch.fsckObjects=false",  # odd old objects are read and judged, and not refused
    "fetch.recurseSubmodules=false",
    "fetch.showForcedUpdates=false",
    "fetch.unpackLimit=1",  # what is fetched stays a pack, of which can be remembered what was read
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.version=2",
    "submodule.recurse=false",
    "transfer.bundleURI=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",  # seconds for which a transfer may stand still
)
USERS_OWN = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
"""How the user's environment says that other machines are reached."""
BATCH = "ssh -oBatchMode=yes"
MOST_PACKS = 50
"""Above so many packs, as each fetch leaves one, the small ones become one."""
SECONDS = 3600.0
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s]*@")


class Transport(Git):
    """As `Git`, with the commands that reach one other repository, whose `address` may hold a password."""

    __slots__ = ("address",)
    commands = PLUMBING | WRITING
    overrides = (*(each for each in OVERRIDES if not each.startswith("protocol.")), *SETTINGS)
    """All transports are forbidden otherwise; here a list of those that may be used takes the place of that."""

    def __init__(self, folder: Path, address: str, *, environ: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, environ=environ)
        self.address = address

    @property
    def seconds(self) -> float:
        """How long a command may take: it may copy a whole history."""
        return SECONDS

    def environment(self) -> dict[str, str]:
        """Return what git is started with."""
        environ = super().environment()
        number = int(environ.get("GIT_CONFIG_COUNT", "0"))
        environ |= {f"GIT_CONFIG_KEY_{number}": "remote.origin.url", f"GIT_CONFIG_VALUE_{number}": self.address}
        environ |= {"GIT_CONFIG_COUNT": str(number + 1), "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS)}
        environ |= {name: self.environ[name] for name in USERS_OWN if self.environ.get(name)}
        if "GIT_SSH_COMMAND" not in environ and "GIT_SSH" not in environ and not _has_ssh_command(self):
            environ["GIT_SSH_COMMAND"] = BATCH
        environ.pop("SSH_ASKPASS", None)
        environ["GIT_CEILING_DIRECTORIES"] = str(self.folder.parent)  # a folder that is none yet lies in none
        return environ | {"SSH_ASKPASS_REQUIRE": "never", "GIT_ASKPASS": ""}

    def failed(self, command: str, stderr: bytes, code: int) -> SourceError:
        """Return what a command complains of: what SSH says stands before what git makes of it."""
        said = stderr.decode("utf-8", "replace").splitlines()
        reason = next((line for line in said if any(each in line for each in _OF_SSH)), None)
        return GitFailedError(f"git {command} failed: {reason}") if reason else super().failed(command, stderr, code)

    def told(self, *arguments: str) -> bytes:
        """Return what the command prints; what it complains of tells neither the address nor what is in it."""
        try:
            return self.run(*arguments)
        except GitFailedError as error:
            shown = error.message
            for each in (f"'{self.address}/'", f"'{self.address}'", self.address):
                shown = shown.replace(each, "it")
            raise SourceError(_ADDRESS.sub("…@", shown).strip().rstrip("."), _hint(error.message)) from None


_OF_SSH = ("Permission denied", "Host key verification failed", "ssh: ", "Connection refused", "Connection timed out")


def _hint(message: str) -> str:
    if any(each in message for each in ("could not read Username", "Authentication failed", "Permission denied")):
        return "give git a credential helper (gh auth setup-git) or an SSH key that needs no answer; nobody is asked"
    if "No space left" in message:
        return "make room where the clones lie, or have them elsewhere: TMPDIR, or --cache of keyguard fleet scan"
    return "see whether git ls-remote with this address works there"


@functools.lru_cache(maxsize=4)
def _configured(search_path: str | None, home: str | None) -> bool:
    try:
        return bool(Git(Path.home()).line("config", "--global", "--get", "core.sshCommand"))
    except SourceError:
        return False


def _has_ssh_command(git: Git) -> bool:
    return _configured(git.environ.get("PATH"), git.environ.get("GIT_CONFIG_GLOBAL") or git.environ.get("HOME"))


def remote_refs(git: Transport) -> dict[str, str]:
    """Return what the refs of the other repository name; `HEAD` is the name of a ref, and a detached one is `DETACHED`.

    Raises `SourceError`.
    """
    found: dict[str, str] = {}
    told = git.told("ls-remote", "--quiet", "--symref", "--", "origin").decode("utf-8", "surrogateescape")
    for line in told.split("\n"):
        what, tab, name = line.partition("\t")
        if tab and name == "HEAD" and what.startswith("ref: "):
            found["HEAD"] = what.removeprefix("ref: ")
        elif tab and ID.fullmatch(what) and name.startswith("refs/") and not name.endswith("^{}"):
            found[name] = what
        elif tab and name == "HEAD" and "HEAD" not in found and ID.fullmatch(what):
            found[DETACHED] = what
    return found


def fetch(git: Transport, refs: Mapping[str, str]) -> None:
    """Bring all that the other repository's refs reach into the folder's bare repository, which is made if it is not
    there; refs that are gone there go here. What an interrupted one left behind is taken up, so nobody else may be at
    work there. Raises `SourceError`, also where one of the refs did not come.
    """
    sha256 = any(len(identity) == 64 for name, identity in refs.items() if name != "HEAD")
    if not (git.folder / "HEAD").exists():
        form = "sha256" if sha256 else "sha1"
        git.told("init", "--quiet", "--bare", "--template=", f"--object-format={form}", "--", ".")
    _unlock(git.folder)
    options = ["--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc"]
    wanted = ["+refs/*:refs/*", *([f"+HEAD:{DETACHED}"] if DETACHED in refs else [])]
    git.told("fetch", *options, "--update-shallow", "--", "origin", *wanted)
    _check(git, refs)
    head = refs.get("HEAD", "")
    if head.startswith("refs/heads/"):
        git.told("symbolic-ref", "HEAD", head)
    if len(list((git.folder / "objects" / "pack").glob("*.pack"))) > MOST_PACKS:
        git.told("repack", "--geometric=2", "-d", "-q")


def _unlock(folder: Path) -> None:
    """Remove the locks that a killed git left behind, and what it had received by then."""
    left = [*folder.glob("*.lock"), *folder.glob("refs/**/*.lock"), *folder.glob("objects/pack/tmp_*")]
    for each in left:
        with contextlib.suppress(OSError):
            each.unlink()


def _check(git: Transport, refs: Mapping[str, str]) -> None:
    """Raise `SourceError` for a ref that is not here as it was told: git refuses some with no more than a warning."""
    told = git.told("for-each-ref", "--format=%(objectname) %(refname)").decode("utf-8", "surrogateescape").split("\n")
    here = {name: identity for identity, _, name in (line.partition(" ") for line in told)}
    missing = [name for name, identity in refs.items() if name != "HEAD" and here.get(name) != identity]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise SourceError(f"{missing[0]}{more} did not come with the rest", "it may be changing just now: try again")
