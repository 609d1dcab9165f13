"""Measures KeyGuard on inputs that nobody sane has: `python -m benchmarks.worst [NAME]...` prints time and memory.

Nothing here is secret or large on disk for long: each input is made in a temporary folder, scanned, and removed. The
memory is that of all processes of the scan together, git's too, looked at 20 times a second (Linux only).
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import os
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.history import Memory

MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """How an input is laid into a folder, and what is run there."""

    lay: Callable[[Path], None]
    arguments: tuple[str, ...] = ("scan", ".")


def written(folder: Path, pieces: Iterator[bytes], name: str = "file") -> None:
    """Write a file piece by piece."""
    with (folder / name).open("wb") as file:
        file.writelines(pieces)


def repeated(unit: bytes, megabytes: int) -> Callable[[Path], None]:
    """Return what writes a file of one thing."""
    piece = unit * (MB // len(unit))
    return lambda folder: written(folder, (piece for _ in range(megabytes)))


def _lines(megabytes: int) -> Iterator[bytes]:
    rng = random.Random(1)
    for _ in range(megabytes):
        yield b"".join(b"%08x some text, and more of it = %d\n" % (rng.getrandbits(32), at) for at in range(24_000))


def _wide(folder: Path) -> None:
    written(folder, iter([b"\xff\xfe", *(each.decode().encode("utf-16-le") for each in _lines(128))]))


def _nearly_a_notebook(folder: Path) -> None:
    written(folder, iter([b'{"cell_type": 1, "nbformat": ', *(b'{"a":[' * (MB // 6) for _ in range(31))]))


def _bomb(folder: Path, piece: Callable[[bytes], bytes], end: Callable[[], bytes], megabytes: int) -> None:
    """Write a compressed file of zeros."""
    written(folder, iter([*(piece(bytes(MB)) for _ in range(megabytes)), end()]))


def _gzip_bomb(folder: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    _bomb(folder, packer.compress, packer.flush, 4096)


def _xz_bomb(folder: Path) -> None:
    packer = lzma.LZMACompressor(preset=0)
    _bomb(folder, packer.compress, packer.flush, 2048)


def _bzip2_bomb(folder: Path) -> None:
    packer = bz2.BZ2Compressor()
    _bomb(folder, packer.compress, packer.flush, 512)


def _zip_bomb(folder: Path) -> None:
    """Write a zip of which all members are the same bytes (https://www.bamsoftware.com/hacks/zipbomb/)."""
    from tests.support import archives

    body = zlib.compress(bytes(64 * MB), 9)[2:-4]
    local = archives.local_header(b"a", body, method=8)
    entries = [(b"%d" % number, len(body), 0) for number in range(60_000)]
    written(folder, iter([local, archives.directory(entries, len(local), method=8)]))


def _zstd_bomb(folder: Path) -> None:
    from tests.support import archives

    data = archives.COMPRESSIONS["zst"](bytes(1024 * MB))
    written(folder, iter([data]))


def _nested(folder: Path) -> None:
    from tests.support import archives

    data = gzip.compress(bytes(64 * MB))
    for _ in range(6):
        data = archives.zipped({str(number): data for number in range(16)})
    written(folder, iter([data]))


def _candidates(folder: Path) -> None:
    from tests.support import keys

    rng = random.Random(2)
    written(folder, (f"KEY_{n} = {keys.legacy_key(rng)}\n".encode() for n in range(20_000)))


def _assignments(folder: Path) -> None:
    from tests.support import keys

    rng = random.Random(3)
    written(folder, (f"api_key_{n} = '{keys.text(rng, keys.ALNUM, 40)}'\n".encode() for n in range(100_000)))


def _repeated_key(folder: Path) -> None:
    from tests.support import keys

    line = f"OPENAI_API_KEY={keys.legacy_key(random.Random(4))}\n".encode()
    written(folder, (line * 1000 for _ in range(1000)))


def _notebook(megabytes: int) -> Callable[[Path], None]:
    cell = {"cell_type": "code", "metadata": {}, "source": ["line of a cell\n"] * 50, "outputs": []}
    text = json.dumps(cell).encode() + b","
    head, tail = b'{"cells": [', b'{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    count = megabytes * MB // len(text)
    return lambda folder: written(folder, iter([head, *(text for _ in range(count)), tail]), "a.ipynb")


def _empty_notebook(folder: Path) -> None:
    head, tail = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [""', b"]}]}"
    written(folder, iter([head, b',""' * (31 * MB // 3), tail]), "a.ipynb")


def _git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    environ = os.environ | {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A"}
    environ |= {"GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, env=environ, check=True)
    return done.stdout.decode().strip()


def _committed(lay: Callable[[Path], None]) -> Callable[[Path], None]:
    def laid(folder: Path) -> None:
        _git(folder, "init", "--quiet")
        lay(folder)
        _git(folder, "add", ".")
        _git(folder, "commit", "--quiet", "--message=x")
        for path in folder.iterdir():
            if path.name != ".git":
                path.unlink()

    return laid


def _staged(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    written(folder, _lines(1024))
    _git(folder, "add", ".")


def _message(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    tree = _git(folder, "mktree", stdin=b"")
    head = f"tree {tree}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\n".encode()
    body = b"".join(_lines(256))
    commit = _git(folder, "hash-object", "-t", "commit", "-w", "--stdin", stdin=head + body)
    _git(folder, "update-ref", "refs/heads/main", commit)
    _git(folder, "symbolic-ref", "HEAD", "refs/heads/main")


def _refs(folder: Path) -> None:
    _committed(repeated(b"x\n", 1))(folder)
    head = _git(folder, "rev-parse", "HEAD").encode()
    lines = (b"%s refs/heads/b%07d\n" % (head, number) for number in range(1_000_000))
    written(folder / ".git", iter([b"# pack-refs with: peeled fully-peeled sorted \n", *lines]), "packed-refs")


def _refs_and_a_key(folder: Path) -> None:
    from tests.support import keys

    key = keys.legacy_key(random.Random(5)).encode()
    _refs(folder)
    blob = _git(folder, "hash-object", "-w", "--stdin", stdin=b"k = " + key)
    tree = _git(folder, "mktree", stdin=f"100644 blob {blob}\ta\n".encode())
    _git(folder, "update-ref", "refs/heads/a", _git(folder, "commit-tree", tree, "-m", "x"))


def _names(folder: Path) -> None:
    """Write a tree of names with anything in them, long ones too."""
    _git(folder, "init", "--quiet")
    blob = _git(folder, "hash-object", "-w", "--stdin", stdin=b"x")
    rng = random.Random(6)
    names = {bytes(rng.choices(range(1, 256), k=rng.randrange(1, 4000))).replace(b"/", b"_") for _ in range(50_000)}
    names -= {b".", b".."}
    entries = b"".join(b"100644 %s\0" % name + bytes.fromhex(blob) for name in sorted(names))
    tree = _git(folder, "hash-object", "--literally", "-t", "tree", "-w", "--stdin", stdin=entries)
    _git(folder, "update-ref", "refs/heads/main", _git(folder, "commit-tree", tree, "-m", "x"))


HISTORY = ("scan", "--history", "--no-cache")
INPUTS = {
    "text, 1 GB": Input(lambda folder: written(folder, _lines(1024))),
    "one line, 1 GB": Input(repeated(b"a = b + c", 1024)),
    "zero bytes, 1 GB": Input(repeated(b"\0", 1024)),
    "malformed UTF-8, 512 MB": Input(repeated(b"\xff\xc0\x80\xed\xa0\x80 ", 512)),
    "UTF-16, 256 MB": Input(_wide),
    "brackets, 256 MB": Input(repeated(b"[", 256)),
    "JSON without end that looks like a notebook, 31 MB": Input(_nearly_a_notebook),
    "notebook, 31 MB": Input(_notebook(31)),
    "notebook of empty lines, 31 MB": Input(_empty_notebook),
    "notebook, 256 MB": Input(_notebook(256)),
    "base64 of what is nearly keys, 16 MB": Input(repeated(b"c2stcHJvai1hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\n", 16)),
    "escapes, 32 MB": Input(repeated(b"\\u0073\\u006b\\u002d", 32)),
    "gzip bomb, 4 GB": Input(_gzip_bomb),
    "bzip2 bomb, 512 MB": Input(_bzip2_bomb),
    "xz bomb, 2 GB": Input(_xz_bomb),
    "zstd bomb, 1 GB": Input(_zstd_bomb),
    "zip bomb of members that overlap, 3.7 TB": Input(_zip_bomb),
    "archives in archives, 16 to the 6th": Input(_nested),
    "20,000 keys": Input(_candidates),
    "100,000 values that may be keys": Input(_assignments),
    "one key a million times": Input(_repeated_key),
    "blob of 1 GB": Input(_committed(lambda folder: written(folder, _lines(1024))), HISTORY),
    "blob of 1 GB, staged": Input(_staged, ("hook", "run", "--type", "pre-commit")),
    "commit message of 256 MB": Input(_message, HISTORY),
    "a million refs": Input(_refs, HISTORY),
    "a million refs, and a key": Input(_refs_and_a_key, HISTORY),
    "50,000 names with anything in them": Input(_names, HISTORY),
}  # fmt: skip


def main() -> None:
    """Print a line of Markdown for each input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worst", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of the names of inputs; by default all")
    given = parser.parse_args()
    print("| input | exit code | seconds | peak MB | told |\n|---|---|---|---|---|", flush=True)
    for name, one in INPUTS.items():
        if not given.names or name.startswith(tuple(given.names)):
            with tempfile.TemporaryDirectory(prefix="keyguard-worst-") as folder:
                one.lay(Path(folder))
                print(f"| {name} | {measured(Path(folder), one.arguments)} |", flush=True)


def measured(folder: Path, arguments: tuple[str, ...]) -> str:
    """Run KeyGuard in a folder, and return how that went."""
    project = Path(__file__).resolve().parent.parent
    environ = os.environ | {"PYTHONPATH": str(project), "XDG_CACHE_HOME": str(folder / ".cache"), "HOME": str(folder)}
    command = [sys.executable, "-P", "-m", "keyguard", *arguments]
    started = time.monotonic()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdout=printed, stderr=said, start_new_session=True
        )
        watched = Memory(process.pid)
        process.wait()
        watched.done.set()
        watched.join()
        seconds = time.monotonic() - started
        printed.seek(0)
        said.seek(0)
        last = (printed.read().decode("utf-8", "replace") + said.read().decode("utf-8", "replace")).strip().splitlines()
    told = (last[-1] if last else "")[:100].replace("|", "\\|")
    return f"{process.returncode} | {seconds:.1f} | {watched.most >> 20} | {told}"


if __name__ == "__main__":
    main()
