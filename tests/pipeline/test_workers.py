"""The fast way through a history finds what the plain one finds, in however many processes."""

from __future__ import annotations

import base64
import functools
import gzip
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.detection.hyperscan_gate import HyperscanGate
from keyguard.git import objects
from keyguard.git.objects import Listed
from keyguard.git.repository import Repository, discover
from keyguard.model import Chunk, Item, Match, Omitted, Origin, Secret, Stats, Unread, Where
from keyguard.pipeline import processes, wire, workers
from keyguard.pipeline.workers import BulkReader
from keyguard.rules import loader
from keyguard.sources.stored import ObjectReader
from tests.conftest import Copied
from tests.support import archives, keys
from tests.support.repository import Repo

ENGINE = Engine(loader.load(), bulk=True)
KEYS = [keys.project_key(random.Random(seed)) for seed in range(6)] + [keys.hex_sk_key(random.Random(7))]


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


def told(items: Iterator[Item | Match]) -> list[tuple[object, ...]]:
    """What was found and not read, whatever the order; what of a chunk is detected here."""
    found: list[Match | Item] = []
    for item in items:
        found += ENGINE.detect(item) if isinstance(item, Chunk) else [item]
    return sorted(
        (each.rule, each.secret.reveal(), each.place.origin.blob or "", each.place.origin.commit or "",
         each.place.origin.member or "", each.place.origin.cell or 0, each.place.line, each.place.column,
         each.evidence, each.decoded_via, each.lines.reveal())
        if isinstance(each, Match) else (str(each),)
        for each in found
    )  # fmt: skip


def plain(repo: Repo) -> tuple[list[tuple[object, ...]], Stats]:
    reader = ObjectReader(opened(repo), Stats(), ENGINE.reach)
    return told(reader.everything(objects.EVERYTHING)), reader.stats


def fast(repo: Repo, jobs: int) -> tuple[list[tuple[object, ...]], Stats]:
    reader = ObjectReader(opened(repo), Stats(), ENGINE.reach, bulk=BulkReader(ENGINE, jobs))
    return told(reader.everything(objects.EVERYTHING)), reader.stats


@pytest.fixture
def busy(copied: Copied) -> Repo:
    """Versions of files with keys that come, move, change and go, in packs with deltas and in loose objects."""
    return copied(work)


def work(repo: Repo) -> None:
    rng = random.Random(4)
    text = [f"line {number} of {rng.random()}" for number in range(300)]
    for version in range(24):
        text[rng.randrange(300)] = f"changed in {version} {rng.random()}"
        if version % 3 == 0:
            text.insert(rng.randrange(300), f"OPENAI_API_KEY={rng.choice(KEYS)}")
        if version % 7 == 6:
            text = [line for line in text if KEYS[0] not in line]
        repo.write("notes.txt", "\n".join(text))
        repo.write(f"wide{version % 2}.txt", f"{version} {rng.choice(KEYS)}".encode("utf-16"))
        repo.stage()
        repo.commit(f"version {version} {KEYS[2] if version == 5 else ''}")
        if version == 15:
            repo.git("repack", "-adq", "--depth=50", "--window=50")
    repo.tag("v1", message=f"tagged {KEYS[3]}")


@pytest.mark.parametrize("much", [False, True])
def test_hyperscan_gets_ready_while_git_lists_what_is_to_be_read(
    busy: Repo, much: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(loader.load())
    reader = ObjectReader(opened(busy), Stats(), engine.reach, bulk=BulkReader(engine, 1))
    busy.git("repack", "-adq")
    monkeypatch.setattr(workers, "SWITCH", 0 if much else 1 << 30)
    begun: list[bool] = []

    def listed(*_: object) -> Listed:
        begun.append(bool(engine._look._preparing))
        return Listed([], [])

    monkeypatch.setattr(objects, "reachable", listed)
    assert not list(reader.everything(objects.EVERYTHING))
    assert begun == [much]
    engine.prepare(bulk=True)
    assert not engine._look._preparing
    assert isinstance(engine._look._gate, HyperscanGate)


def test_without_threads_it_gets_ready_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refused)
    engine = Engine(loader.load())
    engine.prepare_meanwhile()
    engine.prepare(bulk=True)
    assert isinstance(engine._look._gate, HyperscanGate)


def test_an_empty_repository_holds_nothing(repo: Repo) -> None:
    assert fast(repo, 2)[0] == []


@pytest.mark.parametrize(("jobs", "start"), [(1, "fork"), (3, "fork"), (2, "spawn")])
def test_both_ways_find_and_count_the_same(busy: Repo, jobs: int, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ALONE", 0)
    monkeypatch.setattr(processes, "START", start)
    found, stats = plain(busy)
    assert len({each[1] for each in found}) == len(KEYS)
    assert fast(busy, jobs) == (found, stats)


@pytest.mark.parametrize("jobs", [1, 2])
def test_both_ways_look_inside_archives(repo: Repo, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ALONE", 0)
    pad = random.Random(5).randbytes(4000)
    for version in range(6):
        line = f"k={KEYS[version]}\n".encode() if version % 2 else b"nothing"
        packed = archives.zipped({"x.env": line, f"{KEYS[version]}.txt" if version == 4 else "y": b""})
        repo.write("a.tar", archives.tarred({"pad": pad, "b.zip": packed}))
        repo.write("n.ipynb", archives.notebook(archives.cell("x = 1\n" * 200), archives.cell(line.decode())))
        small = archives.COMPRESSIONS["zst"](b"" if version == 3 else line)
        repo.write("small.zst", small)
        repo.write("closed.zip", archives.encrypted(packed))
        deep = functools.reduce(lambda inner, _: archives.zipped({"z": inner}, 0), range(5), packed)
        repo.write("deep.zip", deep)
        repo.stage()
        repo.commit()
        if version == 3:
            repo.git("repack", "-adq", "--depth=50", "--window=50")
    found, stats = plain(repo)
    assert {each[1] for each in found if len(each) > 1} == {KEYS[version] for version in (1, 3, 4, 5)}
    assert {each[1] for each in found if len(each) > 1 and each[4] == "content"} == {KEYS[1], KEYS[5]}
    assert any("Opaque" in str(each) for each in found)
    assert any("Unread" in str(each) for each in found)
    assert fast(repo, jobs) == (found, stats)


def test_what_a_process_that_was_killed_had_to_read_is_read(busy: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ALONE", 0)
    parent, really = os.getpid(), workers.share

    def killed(*arguments: object) -> workers.Share:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "share", killed)
    assert fast(busy, 2) == plain(busy)


def test_what_is_damaged_is_told(busy: Repo) -> None:
    busy.git("repack", "-adq")
    (pack,) = (busy.git_dir / "objects/pack").glob("*.pack")
    pack.chmod(0o600)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.write_bytes(bytes(data))
    found, _ = fast(busy, 1)
    assert any("Unread(" in str(each) for each in found)
    assert found == plain(busy)[0]


LINE = f"export OPENAI_API_KEY={KEYS[0]} MISTRAL_API_KEY={keys.text(random.Random(9), keys.ALNUM, 32)}\n"
ENCODED = [
    base64.b64encode(LINE.encode()).decode(), base64.b64encode(base64.b64encode(LINE.encode())).decode(),
    base64.encodebytes((f"A=1\n{LINE}" * 3).encode()).decode(), base64.b64encode(gzip.compress(LINE.encode())).decode(),
    LINE.encode().hex(), "".join(f"%{ord(each):02X}" for each in LINE),
    base64.b64encode(b"nothing at all " * 9).decode(),
]  # fmt: skip
NEW = [
    *KEYS, *ENCODED, *(text[: len(text) // 2] for text in ENCODED), *(text[len(text) // 2 :] for text in ENCODED),
    "x", "=", "sk-", "API_KEY", "MISTRAL_API_KEY=", "\n",
]  # fmt: skip


@settings(max_examples=15)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 200), st.sampled_from(NEW)),
        min_size=1,
        max_size=10,
    )
)
def test_any_chain_of_versions_reads_the_same(
    edits: list[tuple[int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    repo = Repo(Path(tmp_path_factory.mktemp("versions")) / "repo")
    text = "".join(f"deepseek line {number}\n" for number in range(200))
    for at, cut, new in edits:
        text = text[: at * 60] + new + text[at * 60 + cut :]
        repo.save("a.txt", text)
    repo.git("repack", "-adq", "--depth=50", "--window=50")
    assert fast(repo, 1) == plain(repo)


@pytest.mark.parametrize("item", [Unread("a", "b", "c"), Omitted("a", "b", by_repository=True)])
def test_what_was_not_read_goes_through_a_pipe_as_it_is(item: Item) -> None:
    assert wire.unpacked(wire.packed(item)) == item


def test_a_match_goes_through_a_pipe_whole_and_a_secret_by_itself_does_not() -> None:
    (match,) = ENGINE.detect(Chunk(Origin(Where.BLOB, blob="1"), f"key = {KEYS[0]}".encode()))
    assert isinstance(match, Match)
    sent = wire.packed(match)
    assert not any(isinstance(each, Secret) for each in sent)
    got = wire.unpacked(sent)
    assert got == match
    assert isinstance(got, Match)
    assert got.secret.masked == match.secret.masked
    with pytest.raises(TypeError):
        wire.packed(Chunk(Origin(Where.BLOB), b""))
