"""Keys that are encoded, escaped or split are found whole, once, and where they stand."""

from __future__ import annotations

import base64
import json
import random
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from tests.support import keys

ENGINES = [Engine(loader.load(), bulk=bulk) for bulk in (True, False)]
KINDS: list[Callable[[random.Random], str]] = [
    keys.project_key,
    keys.legacy_key,
    keys.admin_key,
    keys.named_service_key,
    keys.anthropic_key,
]
Encode = Callable[[str], str]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def each(template: str) -> Encode:
    return lambda text: "".join(template.format(ord(character)) for character in text)


def punctuation(template: str) -> Encode:
    return lambda text: "".join(each if each.isalnum() else template.format(ord(each)) for each in text)


def wrapped(text: str, width: int = 76, end: str = "\n") -> str:
    return end.join(text[start : start + width] for start in range(0, len(text), width))


ENCODINGS: dict[str, tuple[Encode, tuple[str, ...]]] = {
    "base64": (b64, ("base64",)),
    "base64, one byte in front": (lambda text: b64(f"a{text}"), ("base64",)),
    "base64, two bytes in front": (lambda text: b64(f"ab{text}."), ("base64",)),
    "base64 behind digits of a path": (lambda text: f"x/y1/{b64(text)}", ("base64",)),
    "URL-safe base64": (lambda text: base64.urlsafe_b64encode(f"~?>{text}".encode()).decode(), ("base64",)),
    "base64 without padding": (lambda text: b64(f"{text}. ").rstrip("="), ("base64",)),
    "wrapped base64": (lambda text: wrapped(b64(f"{'first ' * 20}{text}{' last' * 20}")), ("base64",)),
    "wrapped and indented": (lambda text: wrapped(b64(f"{'first ' * 20}{text}"), end="\r\n    "), ("base64",)),
    "wrapped in a JSON string": (lambda text: json.dumps(wrapped(b64(f"{'first ' * 20}{text}"))), ("base64",)),
    "base64 of base64": (lambda text: b64(f"x{b64(text)}"), ("base64", "base64")),
    "base64 of hexadecimal digits": (lambda text: b64(text.encode().hex()), ("base64", "hex")),
    "hexadecimal digits": (lambda text: text.encode().hex(), ("hex",)),
    "upper-case hexadecimal digits": (lambda text: f"x{text.encode().hex().upper()}", ("hex",)),
    "hexadecimal digits of base64": (lambda text: b64(text).encode().hex(), ("hex", "base64")),
    "an encoded PowerShell command": (
        lambda text: base64.b64encode(f'$env:K="{text}"'.encode("utf-16-le")).decode(),
        ("base64", "utf-16-le"),
    ),
    "percent": (each("%{:02x}"), ("escapes",)),
    "\\x": (each("\\x{:02X}"), ("escapes",)),
    "\\u": (each("\\u{:04x}"), ("escapes",)),
    "\\U": (each("\\U{:08x}"), ("escapes",)),
    "percent signs that are escaped themselves": (each("%25{:02X}"), ("escapes",)),
    "decimal entities": (each("&#{};"), ("escapes",)),
    "entities that are escaped themselves": (each("&amp;#{};"), ("escapes",)),
    "hexadecimal entities": (each("&#x{:X};"), ("escapes",)),
}
SOME_ESCAPED: dict[str, Encode] = {
    "percent": lambda text: urllib.parse.quote(text, safe="").replace("-", "%2D").replace("_", "%5f"),
    "\\u": punctuation("\\u{:04x}"),
    "\\\\u": punctuation("\\\\u{:04x}"),
    "entities": punctuation("&#{};"),
}
SPLIT: dict[str, Callable[[str, str], str]] = {
    "plus": lambda one, two: f'k = "{one}" + "{two}"',
    "plus at the line's end": lambda one, two: f"k = '{one}' +\n      '{two}'",
    "plus at the line's start": lambda one, two: f'k = "{one}"\n      + "{two}"',
    "one after the other": lambda one, two: f'k = ("{one}"\n     f"{two}")',
    "a dot": lambda one, two: f"$k = '{one}' . '{two}';",
    "an ampersand and a line": lambda one, two: f'k = "{one}" & _\n    "{two}"',
    "a backslash": lambda one, two: f"K={one}\\\n{two}",
    "two pluses": lambda one, two: f'k = "{one}" ++ "{two}"',
    "other quotes": lambda one, two: f"k = '{one}' + \"{two}\"",
    "other quotes that touch": lambda one, two: f"k='{one}'\"{two}\"",
    "a comment between lines": lambda one, two: f'k = ("{one}"  # one\n     "{two}")',
    "a comment behind an operator": lambda one, two: f'k = "{one}" + // one\n    "{two}"',
    "a backtick at the line's end": lambda one, two: f"$k = '{one}' + `\n  '{two}'",
    "a call": lambda one, two: f"k = '{one}'.concat('{two}')",
    "two calls": lambda one, two: f'sb.append("{one}")\n  .append("{two}")',
    "added to the same name": lambda one, two: f"$k = '{one}';\n$k .= '{two}';",
    "a list that is joined": lambda one, two: f"k = ['{one}', '{two}'].join('')",
    "a list that something empty joins": lambda one, two: f'k = "".join(["{one}", "{two}"])',
    "a list that a function joins": lambda one, two: f'k = join("", ["{one}", "{two}"])',
    "an indented line in a literal": lambda one, two: f'k: "{one}\\\n    {two}"',
    "in an escaped string": lambda one, two: f'\\"{one}\\" + \\"{two}\\"',
    "in a string that is escaped twice": lambda one, two: f'\\\\"{one}\\\\" + \\\\"{two}\\\\"',
}


def found(engine: Engine, text: str) -> list[Match]:
    return [
        item
        for item in engine.detect(Chunk(Origin(Where.STDIN), text.encode("utf-8", "surrogatepass")))
        if isinstance(item, Match)
    ]


@pytest.mark.parametrize("engine", ENGINES, ids=["bulk", "plain"])
class TestDecoding:
    def test_what_is_encoded_but_no_key_is_not_found(self, engine: Engine):
        placeholder = f"sk-proj-{'your-key-here-' * 2}{keys.MARKER}{'-your-key-here' * 2}"
        for encode, _ in ENCODINGS.values():
            assert found(engine, encode(placeholder)) == []

    @pytest.mark.parametrize(
        "text", ['["{}", "{}"]', '["{}", "{}"].join(",")', '",".join(["{}", "{}"])', 'a = "{}"\nb += "{}"', "{}'{}'"]
    )
    def test_what_nothing_joins_is_not_one_key(self, engine: Engine, text: str):
        key = keys.legacy_key(random.Random(1))
        assert found(engine, text.format(key[:20], key[20:])) == []

    @pytest.mark.parametrize("text", ['tool "{}" "abc"', 'k = "{}"\n"abc"\n', 'tool {}\\\n  --flag="x"'])
    def test_a_key_ends_where_it_is_surer_to(self, engine: Engine, text: str):
        key = keys.legacy_key(random.Random(1))
        assert [match.secret.reveal() for match in found(engine, text.format(key))] == [key]

    @pytest.mark.parametrize("name", ENCODINGS)
    @pytest.mark.parametrize("make", KINDS)
    def test_encoded(self, engine: Engine, name: str, make: Callable[[random.Random], str]):
        encode, via = ENCODINGS[name]
        key = make(random.Random(name))
        text = f"one\n密钥 two: {encode(key)}\nlast\n"
        (match,) = found(engine, text)
        assert match.secret.reveal() == key
        assert match.decoded_via == via
        assert 2 <= match.place.line <= match.place.end_line <= text.count("\n") - 1
        assert match.place.line > 2 or match.place.column > len("密钥 two: ")

    @pytest.mark.parametrize("name", SOME_ESCAPED)
    @pytest.mark.parametrize("make", KINDS)
    def test_partly_escaped(self, engine: Engine, name: str, make: Callable[[random.Random], str]):
        key = make(random.Random(name))
        matches = found(engine, f"before {SOME_ESCAPED[name](key)} after")
        assert [match.secret.reveal() for match in matches] == [key]

    @pytest.mark.parametrize("name", SPLIT)
    @pytest.mark.parametrize("at", [12, 30, 45])
    def test_split(self, engine: Engine, name: str, at: int):
        key = keys.project_key(random.Random(name))
        matches = found(engine, f"x\n{SPLIT[name](key[:at], key[at:])}\ny")
        assert [match.secret.reveal() for match in matches] == [key]
        assert matches[0].place.line == 2

    def test_the_place_of_a_secret_in_base64_is_that_of_its_digits(self, engine: Engine):
        key = keys.legacy_key(random.Random(5))
        (match,) = found(engine, f"data: {b64(f'{9 * chr(97)}{key}{9 * chr(46)}')}")
        assert match.place.column == len("data: ") + 12 + 1
        assert match.place.end_column == match.place.column + len(key) * 4 // 3

    @pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
    def test_the_place_of_a_secret_in_encoded_wide_text(self, engine: Engine, codec: str):
        key = keys.legacy_key(random.Random(5))
        before, width = "$env:K = '", len("a".encode(codec))
        data = base64.b64encode(f"{before}{key}' # ".encode(codec)).decode()
        (match,) = found(engine, f"run {data}")
        begins, ends = (len("run ") + size * width * 4 / 3 for size in (len(before), len(before) + len(key)))
        assert abs(match.place.column - 1 - begins) <= 2
        assert abs(match.place.end_column - 1 - ends) <= 2

    def test_many_encoded_keys_near_each_other(self, engine: Engine):
        rng = random.Random(7)
        made = [keys.project_key(rng) for _ in range(20)]
        text = "\n".join(f"  k{number}: {b64(key)}" for number, key in enumerate(made))
        assert {match.secret.reveal() for match in found(engine, text)} == set(made)


@given(
    st.randoms(use_true_random=False),
    st.sampled_from(sorted(ENCODINGS)),
    st.text(max_size=30),
    st.text(max_size=30),
    st.booleans(),
)
def test_both_gates_find_the_same(rng: random.Random, name: str, before: str, after: str, glued: bool):
    key = keys.project_key(rng)
    gap = "" if glued else " "
    text = f"{before}{gap}{ENCODINGS[name][0](key)}{gap}{after}"
    bulk, plain = (found(engine, text) for engine in ENGINES)
    assert bulk == plain


@given(st.binary(max_size=300), st.sampled_from([b"%", b"\\u00", b"&#", b"c2st", b"VDNCbGJrRk", b"5433426c626b464a"]))
def test_nothing_makes_it_fail(noise: bytes, literal: bytes):
    data = literal + noise + literal * 3 + noise
    for engine in ENGINES:
        list(engine.detect(Chunk(Origin(Where.STDIN), data)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("OPENAI_WEBHOOK_SECRET: ", "\nb: 1\n"),
        ("1,OPENAI_WEBHOOK_SECRET,", "\n2,b,c\n"),
        ("https://acme.io/x?auth=", '"}}\n'),
        ("A=1\nOPENAI_WEBHOOK_SECRET=", "\nNEXT=1\n"),
        ("k=", "=\nNEXT=1\n"),
        ("Gr=C3=BC=C3=9Fe\nk=", "=\nNEXT=1\n"),
        ("Gr=C3=BC=C3=9Fe\nthe one=", "=\nNEXT=1\n"),
        ("Gr=C3=BC=C3=9Fe\nOPENAI_WEBHOOK_SECRET=", "=\nNEXT=1\n"),
    ],
)
def test_an_equals_sign_of_a_setting_is_no_quoted_printable(before: str, after: str) -> None:
    rng = keys.fresh()
    for start in ("AB", "D4", "19", "C0"):
        key = start + keys.azure_key(rng)[len(start) :]
        webhook = keys.webhook_secret(rng)
        for secret in (key, webhook):
            for engine in ENGINES:
                assert [match.secret.reveal() for match in found(engine, f"{before}{secret}{after}")] == [secret]
