"""One function for each parser that hostile bytes reach: whatever is not promised of it ends the run."""

from __future__ import annotations

import atexit
import functools
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from keyguard.config import settings
from keyguard.config.document import parse
from keyguard.detection.engine import Engine
from keyguard.errors import ConfigError, UsageError
from keyguard.git.packs.planning import Plan, plan
from keyguard.git.packs.reading import Stored, read
from keyguard.git.repository import Repository
from keyguard.incidents.ledger import Ledger
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.pipeline import rule_files
from keyguard.reporting import reading
from keyguard.rules import loader
from keyguard.rules.gitleaks import document as gitleaks
from keyguard.rules.gitleaks.toml import text_of
from keyguard.rules.users.joined import RuleFile, with_rules
from keyguard.rules.users.tables import Table
from keyguard.sources import windows
from keyguard.sources.containers import limits
from keyguard.sources.content import content
from keyguard.suppression import imports
from keyguard.suppression.baseline import Baseline
from tests.git.packs.reader import check_changes
from tests.support.packs import Entry, identity, write

ORIGIN = Origin(Where.FILE, "a")
SMALLER = 10
"""By how many halvings the limits of decoding are smaller here: a bomb of a case would take as long as a thousand."""
REACH = 64
ENTRY_HEAD = 4
"""Bytes before the content of an entry that the target for packs makes: kind, length, base and size."""
INDEX_HEAD = 8 + 1024
"""Bytes of the index of a pack before the names."""


@functools.cache
def _engine() -> Engine:
    many = "atheris" in sys.modules  # loading what is fast pays for a million cases, not for fifty
    engine = Engine(loader.load(), bulk=many)
    engine.prepare(bulk=many)
    return engine


def decoding(data: bytes) -> None:
    """Detect in bytes, with whatever stands in them encoded: what is found has a place that there is, and is masked."""
    for each in _engine().detect(Chunk(ORIGIN, data)):
        assert isinstance(each, Match)
        place = each.place
        assert (1, 1) <= (place.line, place.column) <= (place.end_line, place.end_column)
        assert each.secret.reveal() not in repr(each)


@contextmanager
def _small() -> Iterator[None]:
    """Make limits and windows a thousandth for a while."""
    places = [(windows, "WINDOW"), *((limits, name) for name in ("EXPANDED", "ALWAYS", "HELD"))]
    before = [getattr(module, name) for module, name in places]
    for (module, name), value in zip(places, before, strict=True):
        setattr(module, name, value >> SMALLER)
    try:
        yield
    finally:
        for (module, name), value in zip(places, before, strict=True):
            setattr(module, name, value)


def archives(data: bytes) -> None:
    """Open whatever says that it holds more: all raw bytes are given, in pieces, and not much more than them."""
    given, raw = 0, 0
    with _small():
        for item in content(ORIGIN, io.BytesIO(data).read, REACH):
            if isinstance(item, Chunk):
                assert len(item.data) <= windows.WINDOW + REACH + 4
                given += len(item.data)
                raw += len(item.data) if item.origin == ORIGIN else 0
        assert given <= 3 * max(limits.ALWAYS, limits.RATIO * len(data)) + 4 * len(data) + (4 << 20)
    assert raw >= len(data)


class _Store:
    """As much of a repository as the reader of packs asks for."""

    zero = "0" * 40
    inherit = False

    def __init__(self, folder: Path) -> None:
        self.git = self
        self.common_dir = folder


@functools.cache
def _folder() -> Path:
    memory = Path("/dev/shm")
    made = Path(tempfile.mkdtemp(prefix="keyguard-fuzzing-", dir=memory if os.access(memory, os.W_OK) else None))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def packs(data: bytes) -> None:
    """Read a pack, made of the bytes or written with an index that fits: each object once, or left to git."""
    store = _folder() / "objects"
    shutil.rmtree(store, ignore_errors=True)
    (store / "pack").mkdir(parents=True)
    entries = list(_entries(data[1:])) if data[:1] < b"\x80" else []
    if not entries:
        cut = int.from_bytes(data[1:3], "big")
        index, pack = data[3 : 3 + cut], data[3 + cut :]
        (store / "pack" / "pack-made.idx").write_bytes(index)
        (store / "pack" / "pack-made.pack").write_bytes(pack)
        names = (index[at : at + 20].hex() for at in range(INDEX_HEAD, len(index) - 40, 20))
        wanted = list(dict.fromkeys(each for each in names if len(each) == 40))
    else:
        write(store, entries, far=data[:1] > b"\x40")
        wanted = [each.name.hex() for each in entries]
    _checked(plan(cast(Repository, _Store(_folder())), wanted, 2), wanted)


def _entries(data: bytes) -> Iterator[Entry]:
    """Yield entries of which deltas, sizes and bases are what the bytes say."""
    at, number = 0, 0
    while at + ENTRY_HEAD <= len(data) and number < 30:
        kind, length, base, declared = data[at : at + ENTRY_HEAD]
        body = data[at + ENTRY_HEAD : at + ENTRY_HEAD + length]
        at += ENTRY_HEAD + length
        entry = Entry(identity(b"%d" % number), kind % 8, body)
        if entry.kind == 6:
            entry.base = base % number if number else None
            entry.distance = base if entry.base is None or base > 200 else None
        elif entry.kind == 7:
            entry.base = identity(b"%d" % (base % 32))
        if declared > 200:
            entry.declared = declared << (declared % 40)
        if declared in range(190, 200):
            entry.compressed = body
        yield entry
        number += 1


def _checked(planned: Plan, wanted: Sequence[str]) -> None:
    left, found = list(planned.left), dict[str, Stored]()
    for part in planned.parts:
        for stored in read(part):
            if stored.data is None:
                left.append(stored.id)
                continue
            check_changes(stored, found)
            assert stored.id not in found
            found[stored.id] = stored
    assert len(left) == len(set(left))
    assert not found.keys() & set(left)
    assert found.keys() | set(left) == set(wanted)


def configuration(data: bytes) -> None:
    """Read a configuration and its rules: it is used, or refused with a message."""
    with suppress(ConfigError):
        config = settings.made(parse(data, settings.FILE), settings.FILE)
        config.excludes("a/b.txt")
        rule_files.rulebook(loader.load(), config, ())


def reports(data: bytes) -> None:
    """Read back a report, and import what other scanners were told."""
    with suppress(UsageError):
        file = _folder() / "report.json"
        file.write_bytes(data)
        reading.reported(file)
    with suppress(ConfigError):
        imports.read(data, "a")
    with suppress(ConfigError):
        document = parse(data, "a")
        if gitleaks.is_one(document.table):
            made = gitleaks.imported(document.table, loader.load().by_id)
            with_rules(loader.load(), [RuleFile("a", [Table("a", each) for each in made.rules], [])])
            parse(text_of(made, "a").encode(), "b")


def baselines(data: bytes) -> None:
    """Read a baseline and a ledger: what is taken is written and read again as the same."""
    for kind in (Baseline, Ledger):
        with suppress(ConfigError):
            read_once = kind.parse(data)
            again = kind.parse(read_once.dumps().encode())
            assert again == read_once, json.dumps(read_once.dumps())


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (decoding, archives, packs, configuration, reports, baselines)
}
"""What `python -m fuzzing` can run; the corpus of each is `tests/fuzzing/corpus/NAME.txt`."""
