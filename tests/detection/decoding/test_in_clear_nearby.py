"""Keys with a short prefix, and keys that only a name or a host tells, encoded, escaped and in pieces."""

from __future__ import annotations

import base64
import gzip
import json
import random
import textwrap
from collections.abc import Callable

import pytest

from keyguard.detection.decoding.zipped import LARGEST
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Unread, Where
from keyguard.rules import loader
from tests.support import keys

CATALOGUE = loader.load()
ENGINES = [Engine(CATALOGUE, bulk=bulk) for bulk in (True, False)]
ORACLE = Engine(CATALOGUE, bulk=False, gated=False)
ORIGIN = Origin(Where.FILE, "a")
NAMED = keys.text(random.Random(3), keys.ALNUM, 32)
"""Without a shape: a key of Mistral's only where something says so."""
SHORT = [
    prefix + keys.text(random.Random(prefix), alphabet, length)
    for prefix, alphabet, length in (
        ("gsk_", keys.ALNUM, 52), ("hf_", keys.ALNUM[10:], 34), ("r8_", keys.ALNUM, 37), ("sk-", keys.HEX, 32),
    )
]  # fmt: skip
Write = Callable[[str], str]


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def each(template: str, between: str = "") -> Write:
    return lambda text: between.join(template.format(ord(character)) for character in text)


def numbers(template: str, between: str = ", ") -> Write:
    return each(template, between)


WHOLE: dict[str, Write] = {
    "base64": lambda line: f"data: {b64(line)}\n",
    "wrapped base64": lambda line: "\n".join(textwrap.wrap(b64(f"A=1\n{line}\nPORT=80\n"), 64)),
    "base64 of base64": lambda line: f"data: {b64(b64(line))}\n",
    "base64 of UTF-16": lambda line: f"powershell -EncodedCommand {b64(line.encode('utf-16-le'))}\n",
    "hexadecimal digits": lambda line: f"X'{line.encode().hex()}'\n",
    "upper-case hexadecimal digits": lambda line: f"{line.encode().hex().upper()}\n",
    "base64 of gzip": lambda line: f"release: {b64(gzip.compress(line.encode()))}\n",
    "a release of Helm's": lambda line: f"release: {b64(b64(gzip.compress(json.dumps({'env': line}).encode())))}\n",
    "gzip in hexadecimal digits in base64": lambda line: f"{b64(b64(gzip.compress(b64(line).encode())))}\n",
}
VALUES: dict[str, Write] = {
    "base64": b64,
    "base64 with a line end": lambda key: b64(f"{key}\n"),
    "hexadecimal digits": lambda key: key.encode().hex(),
    "percent": each("%{:02X}"),
    "\\u": each("\\u{:04x}"),
    "\\u{}": each("\\u{{{:x}}}"),
    "\\x": each("\\x{:02x}"),
    "octal": each("\\{:03o}"),
    "decimal entities": each("&#{};"),
    "hexadecimal entities": each("&#x{:x};"),
}
LISTS: dict[str, Write] = {
    "bytes in Go": lambda key: f"mistralApiKey := []byte{{{numbers('0x{:02x}')(key)}}}",
    "bytes in C": lambda key: f"char mistral_api_key[] = {{ {numbers('0x{:02X}', ',')(key)}, }};",
    "bytes over lines": lambda key: f"mistral_api_key = bytes([\n  {numbers('{}', f',{chr(10)}  ')(key)}\n])",
    "bytes in JavaScript": lambda key: f"const mistralApiKey = Buffer.from([{numbers('{}', ',')(key)}]).toString()",
    "characters": lambda key: f"char[] mistralApiKey = {{{', '.join(map(repr, key))}}};",
}
SPLIT: dict[str, Callable[[str, str], str]] = {
    "plus": lambda one, two: f'MISTRAL_API_KEY = "{one}" + "{two}"\n',
    "plus and a line": lambda one, two: f"const mistralApiKey = '{one}' +\n  '{two}';\n",
    "a dot": lambda one, two: f"$mistral_api_key = '{one}' . '{two}';\n",
    "one after the other": lambda one, two: f'MISTRAL_API_KEY = "{one}" "{two}"\n',
    "in two lines": lambda one, two: f'MISTRAL_API_KEY = (\n    "{one}"\n    "{two}"\n)\n',
    "a backslash in the literal": lambda one, two: f'MISTRAL_API_KEY = "{one}\\\n{two}"\n',
    "a backslash between literals": lambda one, two: f'export MISTRAL_API_KEY="{one}"\\\n"{two}"\n',
}


def found(engine: Engine, text: str) -> list[Match]:
    items = list(engine.sifted([Chunk(ORIGIN, text.encode())]))
    return [
        each for item in items if isinstance(item, Chunk) for each in engine.detect(item) if isinstance(each, Match)
    ]


@pytest.fixture(params=ENGINES, ids=["bulk", "plain"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made = request.param
    assert isinstance(made, Engine)
    return made


def test_what_nothing_speaks_of_is_no_key(engine: Engine) -> None:
    for write in (*WHOLE.values(), *VALUES.values()):
        assert found(engine, write(f"other_api_key = {NAMED}")) == []
    for split in SPLIT.values():
        assert found(engine, split(NAMED[:16], NAMED[16:]).lower().replace("mistral", "other")) == []


@pytest.mark.parametrize(
    "text",
    [
        "getInternationalizationConfigurationProviderFactory", "SOME_VERY_LONG_CONSTANT_OF_SOME_KIND_OR_OTHER",
        "src/components/internationalization/index2.ts", "'one' + 'two' + 'three' + 'fourteen and more'",
        'print("some text " "and more")', "https%3A%2F%2Fdocs.example%2Fguide", "[1, 2, 3, 40, 50, 60, 70]",
        '"https:\\/\\/docs.example\\/guide"', "&quot;internationalization&quot;", "it%20was%20internationalization",
    ],
)  # fmt: skip
def test_ordinary_text_is_not_looked_at(engine: Engine, text: str) -> None:
    assert engine.versions.worth([text.encode() * 3]) == {}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("key", SHORT, ids=[key[:3] for key in SHORT])
def test_keys_with_a_short_prefix(engine: Engine, name: str, key: str) -> None:
    assert key in [match.secret.reveal() for match in found(engine, WHOLE[name](f"# DeepSeek\nTHE_API_KEY={key}\n"))]


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("line", ["MISTRAL_API_KEY={}", "mistralApiKey: '{}'"])
def test_a_name_that_is_encoded_too(engine: Engine, name: str, line: str) -> None:
    text = WHOLE[name](line.format(NAMED))
    (match,) = found(engine, text)
    assert match.secret.reveal() == NAMED
    assert match.decoded_via[0] in ("base64", "hex")


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("line", ['MISTRAL_API_KEY = "{}"', "mistral_api_key = b64decode(b'{}')"])
def test_a_name_in_clear(engine: Engine, name: str, line: str) -> None:
    if "b64decode" in line and "base64" not in name:
        line = line.replace("b64decode(b'{}')", "'{}'")
    (match,) = found(engine, f"one\n{line.format(VALUES[name](NAMED))}\n")
    assert (match.secret.reveal(), match.place.line) == (NAMED, 2)
    assert match.place.column == line.index("{") + 1


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_numbers(engine: Engine, name: str) -> None:
    for key in (NAMED, keys.project_key(random.Random(name))):
        (match,) = found(engine, f"one\n{LISTS[name](key)}\n")
        assert match.secret.reveal() == key
        assert match.decoded_via == ("numbers",)
        assert match.place.line >= 2


def test_the_place_of_a_list_is_that_of_its_numbers(engine: Engine) -> None:
    (match,) = found(engine, f"mistral_api_key = bytes([{numbers('{:3d}')(NAMED)}])")
    assert match.place.column in range(len("mistral_api_key = bytes(["), len("mistral_api_key = bytes([") + 4)
    assert match.place.end_column in range(match.place.column + 31 * 5, match.place.column + 33 * 5)


@pytest.mark.parametrize(
    "line",
    [
        "set?body=%7B%22mistralApiKey%22%3A%22{}%22%7D",
        "<pre>MISTRAL_API_KEY = &quot;{}&quot;</pre>",
        '"{{\\u0022mistralApiKey\\u0022:\\u0022{}\\u0022}}"',
        "MISTRAL%5FAPI%5FKEY={}",
    ],
)
def test_escaped_around_the_key(engine: Engine, line: str) -> None:
    assert [match.secret.reveal() for match in found(engine, line.format(NAMED))] == [NAMED]


@pytest.mark.parametrize(
    "text",
    [
        "url=postgres%3A%2F%2Fapp%3A{0}{1}%40db.acme.io%2Fapp",
        '{{"url": "postgres:\\/\\/app:{0}{1}@db.acme.io\\/app"}}',
        'URL = "postgres://app:{0}" + "{1}@db.acme.io/app"',
        "URL = ('postgres://app:'\n    '{0}{1}@db.acme.io/app')",
    ],
)
def test_an_address_with_a_password(engine: Engine, text: str) -> None:
    matches = found(engine, text.format(NAMED[:9], NAMED[9:]))
    assert [match.secret.reveal() for match in matches] == [NAMED]
    assert matches[0].decoded_via


def test_the_host_of_basic_credentials(engine: Engine) -> None:
    text = f'curl -H "Authorization: Basic {b64(f"user:{NAMED}")}" "https://api.mistral.ai/v1/models"\n'
    assert [match.secret.reveal() for match in found(engine, text)] == [NAMED]


@pytest.mark.parametrize("name", SPLIT)
@pytest.mark.parametrize("at", [3, 8, 16, 22, 29])
def test_a_split_key_is_reported_whole(engine: Engine, name: str, at: int) -> None:
    for key in (NAMED, SHORT[0], SHORT[1], SHORT[2]):
        matches = found(engine, SPLIT[name](key[:at], key[at:]))
        assert [match.secret.reveal() for match in matches] == [key]


def test_many_pieces(engine: Engine) -> None:
    pieces = " + ".join(f'"{NAMED[at : at + 4]}"' for at in range(0, 32, 4))
    assert [match.secret.reveal() for match in found(engine, f"mistral_api_key = {pieces}")] == [NAMED]


def test_several_keys_in_what_was_packed(engine: Engine) -> None:
    made = [keys.project_key(random.Random(number)) for number in range(20)]
    text = f"x: {b64(b64(gzip.compress(' '.join(made).encode())))}"
    matches = found(engine, text)
    assert {match.secret.reveal() for match in matches} == set(made)
    assert {match.decoded_via for match in matches} == {("base64", "base64", "gzip")}


def test_what_is_too_large_once_it_is_unpacked_is_told() -> None:
    engine = Engine(CATALOGUE, bulk=True)  # as for any input of this size
    data = b64(gzip.compress(random.Random(1).randbytes(1 << 16).hex().encode() * (LARGEST >> 16)))
    items = list(engine.detect(Chunk(ORIGIN, f"x: {data}".encode())))
    (unread,) = [item for item in items if isinstance(item, Unread)]
    assert "gzip in base64" in unread.why
    assert unread.what.startswith("a,")


def test_broken_gzip_hides_nothing_else(engine: Engine) -> None:
    data = b64(gzip.compress(b"x" * 100)[:20] + b"\xff" * 20)
    assert [match.secret.reveal() for match in found(engine, f"{data}\n{SHORT[0]}")] == [SHORT[0]]


@pytest.mark.parametrize("key", [NAMED, SHORT[0]], ids=["named", "gsk"])
def test_what_the_gate_hides(engine: Engine, key: str) -> None:
    texts = [
        *(write(f"MISTRAL_API_KEY={key}") for write in WHOLE.values()),
        *(f"MISTRAL_API_KEY={write(key)}" for write in VALUES.values()),
        *(write(key) for write in LISTS.values()),
        *(write(key[:9], key[9:]) for write in SPLIT.values()),
    ]
    for text in texts:
        chunk = Chunk(ORIGIN, text.encode())
        assert sorted(map(str, engine.detect(chunk))) == sorted(map(str, ORACLE.detect(chunk)))
        assert engine.versions.worth([chunk.data])
