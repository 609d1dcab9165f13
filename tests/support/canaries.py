"""A repository in which everything that git can be made to start is a canary: a script that notes that it ran.

`PROVEN` has the ordinary command of git that each of them sings at, so that silence proves something.
"""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.repository import Repo

GUARD = "keyguard hook run --type pre-commit"
"""What makes a hook one of KeyGuard to `doctor`, which then tries it."""
WATCHING_HOOKS = ("post-index-change", "reference-transaction", "pre-commit", "pre-auto-gc", "post-checkout")


@dataclass(frozen=True)
class Canaries:
    """The repository, and the folder in which each canary leaves a file of its name once it has run."""

    repo: Repo
    folder: Path

    def script(self, name: str) -> str:
        """Return the path of a program that notes that it ran, and hands on what it is given."""
        path = self.folder / f"{name}.sh"
        path.write_text(f'#!/bin/sh\n: > "{self.folder}/{name}.sang"\n[ -f "$1" ] && cat "$1"\nexit 0\n{GUARD}\n')
        path.chmod(0o755)
        return str(path)

    @property
    def sang(self) -> set[str]:
        """The names of those that ran."""
        return {path.name.removesuffix(".sang") for path in self.folder.glob("*.sang")}

    def hush(self) -> None:
        """Forget which ran."""
        for path in self.folder.glob("*.sang"):
            path.unlink()


def laid(repo: Repo, folder: Path, line: str) -> Canaries:
    """Fill a repository, also with this line, and put a canary into every place from which git takes a program."""
    canaries = Canaries(repo, folder)
    folder.mkdir()
    _filled(repo, line)
    _configured(canaries)
    _by_attributes(canaries)
    _hooks(canaries)
    _promisors(canaries)
    _inside(canaries)
    for name in ("a.txt", "b.cmd", "c.ext", "d.clean", "e.process", "sub/f.sub"):
        os.utime(repo.top / name, (1, 1))  # so that git looks at the content, and so at the filters
    return canaries


def _filled(repo: Repo, line: str) -> None:
    repo.save("first.txt", "first\n")
    repo.write("key.txt", line)
    for name in ("a.txt", "b.cmd", "c.ext", "d.clean", "e.process", "sub/f.sub", "gone.txt"):
        repo.write(name, f"{name}\n" * 9)
    repo.stage()
    repo.commit()
    signed = repo.git("cat-file", "commit", "HEAD").replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n\n", 1)
    object_id = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode())
    repo.git("update-ref", "refs/heads/signed", object_id)
    for name in ("a.txt", "b.cmd", "c.ext", "sub/f.sub"):
        repo.write(name, f"{name} again\n" * 9)
    repo.write("staged.txt", line)
    repo.rename("gone.txt", "moved.txt")
    repo.write("moved.txt", "gone.txt\n" * 8 + "changed\n")  # so that git has to look at what it was, which gets lost
    repo.stage("a.txt", "staged.txt", "moved.txt")


def _configured(canaries: Canaries) -> None:
    """Set what names a program; some of it in files that the configuration includes, and in that of the work tree."""
    repo, script = canaries.repo, canaries.script
    repo.config("extensions.worktreeConfig", "true")
    repo.git("config", "--worktree", "core.fsmonitor", script("fsmonitor"))
    included, conditional = canaries.folder / "included", canaries.folder / "conditional"
    repo.config("include.path", str(included))
    repo.config("includeIf.gitdir:/.path", str(conditional))
    for key, name in {
        "diff.txt.textconv": "textconv",
        "diff.external": "external-diff",
        "core.pager": "pager",
        "gpg.program": "gpg",
        "core.editor": "editor",
    }.items():
        repo.git("config", "--file", included, key, script(name))
    for key, name in {
        "diff.cmd.command": "diff-command",
        "filter.clean.clean": "clean",
        "filter.clean.smudge": "smudge",
        "filter.process.process": "process",
        "filter.sub.clean": "clean-of-a-subfolder",
    }.items():
        repo.git("config", "--file", conditional, key, script(name))
    for key, name in {
        "credential.helper": "credential-helper",
        "core.askPass": "askpass",
        "core.sshCommand": "ssh",
        "core.gitProxy": "git-proxy",
        "core.alternateRefsCommand": "alternate-refs",
        "merge.txt.driver": "merge-driver",
    }.items():
        repo.config(key, script(name))
    for each in ("evil", "cat-file", "rev-list", "rev-parse", "ls-files", "diff-index", "for-each-ref"):
        repo.config(f"alias.{each}", f"!{script('alias')}")
    other = Repo(canaries.folder / "alternate.git", bare=True)
    repo.write(".git/objects/info/alternates", f"{other.top}/objects\n")


def _by_attributes(canaries: Canaries) -> None:
    """Name the drivers: in the tracked file, a folder's, the repository's own, and one that the configuration names."""
    repo = canaries.repo
    repo.write(".gitattributes", "*.txt diff=txt merge=txt\n")
    repo.write("sub/.gitattributes", "*.sub filter=sub\n")
    repo.write(".git/info/attributes", "*.cmd diff=cmd\n")
    (canaries.folder / "attributes").write_text("*.clean filter=clean\n*.process filter=process\n")
    repo.config("core.attributesFile", str(canaries.folder / "attributes"))


def _hooks(canaries: Canaries) -> None:
    folder = canaries.folder / "hooks"
    folder.mkdir()
    for name in WATCHING_HOOKS:
        (folder / name).symlink_to(canaries.script("hook-of-a-path"))
        (canaries.repo.git_dir / "hooks").mkdir(exist_ok=True)
        (canaries.repo.git_dir / "hooks" / name).symlink_to(canaries.script("hook"))
    canaries.repo.config("core.hooksPath", str(folder))


def _promisors(canaries: Canaries) -> None:
    """Lose an object that remotes promise to have, over each transport that starts something."""
    repo = canaries.repo
    lost = repo.git("rev-parse", "HEAD:gone.txt")
    (repo.git_dir / "objects" / lost[:2] / lost[2:]).unlink()
    repo.config("extensions.partialClone", "ssh")
    repo.config("protocol.allow", "always")
    for name, address in {
        "ssh": "ssh://example.invalid/x",
        "local": str(canaries.folder / "alternate.git"),
        "ext": f"ext::{canaries.script('transport')}",
    }.items():
        repo.config(f"remote.{name}.promisor", "true")
        repo.config(f"remote.{name}.url", address)
        repo.config(f"remote.{name}.uploadpack", canaries.script("upload-pack"))


def _inside(canaries: Canaries) -> None:
    """Put a repository into the work tree, and a bare one, each with a canary of its own."""
    inner = Repo(canaries.repo.top / "inner")
    inner.save("file", "file\n")
    inner.config("core.fsmonitor", canaries.script("fsmonitor-of-an-inner-repository"))
    bare = Repo(canaries.repo.top / "bare", bare=True)
    bare.config("core.fsmonitor", canaries.script("fsmonitor-of-a-bare-repository"))


def _git(*arguments: str, stdin: bytes = b"", environ: dict[str, str] | None = None) -> Callable[[Canaries], object]:
    return lambda canaries: canaries.repo.git(*arguments, stdin=stdin, environ=environ, check=False)


def _hooked(canaries: Canaries) -> None:
    folder = f"core.hooksPath={canaries.repo.git_dir}/hooks"
    canaries.repo.git("-c", folder, "update-ref", "refs/heads/y", "HEAD", check=False)


def _paged(canaries: Canaries) -> None:
    """Let git print to a terminal, which is when it starts a pager."""
    master, slave = pty.openpty()
    subprocess.run(["git", "--paginate", "log"], cwd=canaries.repo.top, stdout=slave, stderr=slave, check=False)
    os.close(master)
    os.close(slave)


def _merged(canaries: Canaries) -> None:
    repo = canaries.repo
    one, two = (repo.git("hash-object", "-w", "--stdin", stdin=each) for each in (b"1\n", b"2\n"))
    base = repo.git("rev-parse", "HEAD:a.txt")
    lines = "".join(f"100644 {blob} {stage}\ta.txt\n" for stage, blob in enumerate((base, one, two), 1))
    repo.git("rm", "--quiet", "--cached", "a.txt", check=False)
    repo.git("update-index", "--index-info", stdin=lines.encode(), check=False)
    repo.git("checkout", "--merge", "--", "a.txt", check=False)


_ASKED = b"protocol=https\nhost=example.invalid\n\n"
PROVEN: dict[str, Callable[[Canaries], object]] = {
    "fsmonitor": _git("ls-files"),
    "textconv": _git("diff", "--no-ext-diff", "HEAD", "--", "a.txt"),
    "external-diff": _git("diff", "--", "c.ext"),
    "diff-command": _git("diff", "--", "b.cmd"),
    "clean": _git("diff", "--stat", "--", "d.clean"),
    "smudge": _git("checkout", "HEAD", "--", "d.clean"),
    "process": _git("diff", "--stat", "--", "e.process"),
    "clean-of-a-subfolder": _git("diff", "--stat", "--", "sub"),
    "hook-of-a-path": _git("update-ref", "refs/heads/x", "HEAD"),
    "hook": _hooked,
    "pager": _paged,
    "gpg": _git("verify-commit", "signed"),
    "editor": _git("config", "--local", "--edit", environ={"TERM": "dumb"}),
    "credential-helper": _git("credential", "fill", stdin=_ASKED),
    "askpass": _git("credential", "fill", stdin=_ASKED),
    "ssh": _git("ls-remote", "ssh"),
    "upload-pack": _git("ls-remote", "local"),
    "transport": _git("ls-remote", "ext"),
    "git-proxy": _git("ls-remote", "git://example.invalid/x"),
    "alternate-refs": _git("rev-list", "--alternate-refs"),
    "merge-driver": _merged,
    "alias": _git("evil"),
    "fsmonitor-of-an-inner-repository": _git("-C", "inner", "ls-files"),
    "fsmonitor-of-a-bare-repository": _git("-C", "bare", "--work-tree=.", "status"),
}  # fmt: skip
