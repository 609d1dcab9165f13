"""Looking at what is new in a version alone finds a secret wherever looking at the whole of it does."""

from __future__ import annotations

import base64
import random
import zlib
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.git.packs.reading import Stored
from keyguard.model import Chunk, Origin, Where
from keyguard.rules import loader
from keyguard.sources.bulk import Bulk
from tests.sources.test_bulk import delta, whole
from tests.support import keys

ENGINE = Engine(loader.load(), bulk=True)
RNG = random.Random(3)
KEY = keys.project_key(RNG)
TOKEN = keys.text(RNG, keys.ALNUM, 40) + "4"
FAR = f"clusters: []\nusers:\n- user:\n{{}}    token: {TOKEN}\n"
"""A kubeconfig, whose words count for 4,000 bytes."""
SPLIT = '"' + ('" +\n' + " " * 190 + '"').join(KEY[at : at + 2] for at in range(0, len(KEY), 2)) + '"\n'
"""A key in pieces that together are farther from each other than what is new is looked at with."""
ESCAPED = "".join(f"\\u{{0000{ord(each):02x}}}" for each in KEY) + "\n"


def filler(size: int) -> str:
    return ("# line\n" * (size // 7 + 1))[:size]


def holding(objects: Sequence[Stored]) -> tuple[set[str], set[str]]:
    """Which of the objects hold something: by looking at all of each, and in bulk."""

    def holds(each: Stored) -> bool:
        return any(True for _ in ENGINE.detect(Chunk(Origin(Where.BLOB), each.data or b"")))

    seen: set[str] = set()

    def found(each: Stored) -> bool:
        seen.update([each.id] if holds(each) else [])
        return each.id in seen

    assert len(list(Bulk(ENGINE.versions, found).read(objects))) == len(objects)
    return {each.id for each in objects if holds(each)}, seen


def versions(*texts: str) -> Iterator[Stored]:
    last = whole("0", texts[0].encode())
    yield last
    for number, text in enumerate(texts[1:], 1):
        last = delta(str(number), last, text.encode())
        yield last


@pytest.mark.parametrize("distance", [0, 2000, 3500])
def test_words_far_away_that_a_version_brought_count_for_the_next(distance: int) -> None:
    text = filler(20_000)
    late = FAR.format(filler(distance))
    head, _, tail = late.partition("    token")
    texts = [text, text + head + filler(9000), text + head + "    token" + tail + filler(9000)]
    by_whole, in_bulk = holding(list(versions(*texts)))
    assert by_whole == in_bulk == {"2"}


@pytest.mark.parametrize("whole_text", [SPLIT, ESCAPED])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_a_character_amid_a_key_in_pieces_is_seen_with_all_of_them(whole_text: str, share: float) -> None:
    at = next(at for at in range(int(share * len(whole_text)), len(whole_text)) if whole_text[at] in KEY[8:])
    before = filler(9000) + whole_text[:at] + "#" + whole_text[at + 1 :] + filler(9000)
    by_whole, in_bulk = holding(list(versions(before, filler(9000) + whole_text + filler(9000))))
    assert by_whole == in_bulk
    assert "1" in by_whole


def test_escaped_words_far_away_count_for_what_is_new() -> None:
    words = "".join(f"%{ord(each):02X}" for each in "clusters:") + " users:\n"
    text = filler(9000) + words.replace("users:", "- user:") + filler(3500)
    by_whole, in_bulk = holding(list(versions(text + filler(9000), text + f"    token: {TOKEN}\n" + filler(9000))))
    assert by_whole == in_bulk == {"1"}


def percent(text: str) -> str:
    return "".join(f"%{each:02X}" for each in text.encode())


@pytest.mark.parametrize(
    ("encoded", "between"),
    [
        pytest.param(lambda text: text.encode().hex(), filler(1500), id="hex of short lines"),
        pytest.param(lambda text: base64.b64encode(text.encode()).decode(), "密" * 900, id="base64 of Chinese"),
        pytest.param(lambda text: text.encode("utf-16-le").hex(), filler(2500), id="hex of UTF-16"),
        pytest.param(percent, filler(3500), id="percent signs"),
        pytest.param(lambda text: "".join(f"\\u{ord(each):04x}" for each in text), filler(2500), id="backslashes"),
    ],
)
@pytest.mark.parametrize("late", ["token", "word"])
def test_words_far_away_in_encoded_text_count(encoded: Callable[[str], str], between: str, late: str) -> None:
    """Neither what is between them, nor a word alone, shows that it is encoded."""
    whole_text = FAR.format("#" + between + "\n").replace("clusters: []", "clusters:")
    before = whole_text.replace(*((TOKEN, "x" * 9) if late == "token" else ("clusters:", "clus" * 2 + ":")))
    texts = [filler(9000) + encoded(each) + "\n" + filler(9000) for each in (before, whole_text)]
    by_whole, in_bulk = holding(list(versions(*texts)))
    assert by_whole == in_bulk == {"1"}


def test_packed_text_is_read_whatever_of_it_is_new() -> None:
    def packed(key: str) -> str:
        pack = zlib.compressobj(9, zlib.DEFLATED, 31, 9, zlib.Z_FIXED)  # what comes before is packed as the same
        text = f"{before}\nsee {key} there\n"
        return filler(9000) + base64.b64encode(pack.compress(text.encode()) + pack.flush()).decode() + "\n"

    before = keys.text(random.Random(5), keys.ALNUM, 9000)
    by_whole, in_bulk = holding(list(versions(packed(KEY.replace("-", "#")), packed(KEY))))
    assert by_whole == in_bulk == {"1"}


NAMED_KEY = f"SK{keys.text(RNG, '0123456789abcdef', 32)}"
"""One that is told by a name near it, which is looked at only where such a key is near."""


@pytest.mark.parametrize("distance", [0, 250])
@pytest.mark.parametrize("late", ["name", "key", "amid the key"])
def test_a_name_counts_for_the_key_that_comes_to_stand_beside_it(distance: int, late: str) -> None:
    name, key = "import com.twilio;\n", f"sid = '{NAMED_KEY}'\n"
    whole_text = name + filler(distance) + key
    before = {
        "name": whole_text.replace("twilio", "other"),
        "key": name + filler(distance),
        "amid the key": whole_text.replace(NAMED_KEY, NAMED_KEY[:20]),
    }[late]
    texts = [filler(9000) + each + filler(9000) for each in (before, whole_text)]
    by_whole, in_bulk = holding(list(versions(*texts)))
    assert by_whole == in_bulk == {"1"}


PIECES = st.one_of(
    st.sampled_from([
        KEY, SPLIT, ESCAPED, FAR.format(""), TOKEN, "clusters:\nusers:\n", f"    token: {TOKEN}\n", '"', '" +\n"', "\\",
        base64.b64encode(f"x = 1\nOPENAI_API_KEY={KEY}\n".encode()).decode(), KEY.encode().hex(), "a", "\n", "%2D",
        "twilio ", f"sid = '{NAMED_KEY}'\n", NAMED_KEY[:20], NAMED_KEY[20:],
        KEY[:20], KEY[20:], "openai_api_key = ", "'", SPLIT[:900], SPLIT[900:], ESCAPED[:700], ESCAPED[700:],
    ]),
    st.sampled_from([20, 2000, 3500, 6000]).map(filler),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    first=st.lists(PIECES, max_size=6).map("".join),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), min_size=1, max_size=6),
)
def test_any_chain_of_versions_shows_the_same(first: str, edits: list[tuple[float, int, str]]) -> None:
    texts = [first]
    for share, cut, new in edits:
        at = int(share * len(texts[-1]))
        texts.append(texts[-1][:at] + new + texts[-1][at + cut :])
    by_whole, in_bulk = holding(list(versions(*texts)))
    assert by_whole == in_bulk
