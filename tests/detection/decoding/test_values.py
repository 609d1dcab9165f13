"""Values are read as their writer meant them, whatever characters they begin with and wherever they are cut."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.templates import expanded
from tests.support import keys

CATALOGUE = loader.load()
ENGINES = [Engine(CATALOGUE, bulk=bulk) for bulk in (True, False)]
DOT_EARLY = expanded("<<alnum:11>>.<<alnum:43>>", "values/kagi")
ANY_LENGTH = expanded("<<alnum:45>>", "values/upstage")
LONG = expanded("<<b64url:240>>", "values/snowflake")
COLON = expanded("<<digits:10>>:AA<<alnum:33>>", "values/telegram")
DASHES = expanded("sk-ant-ort01-<<b64url:45>>--1<<b64url:43>>", "values/anthropic") + "-aBcDeAA"
NO_DIGITS = ("AKIANTAHSBD" + "RSAHVLFUL", "fw_CLQMsFgvss" + "zvjdnpDKIsOHXS")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def found(text: str) -> list[str]:
    """Return what either engine finds."""
    chunk = Chunk(Origin(Where.FILE, "a"), text.encode())
    bulk, plain = (
        [each.secret.reveal() for each in engine.detect(chunk) if isinstance(each, Match)] for engine in ENGINES
    )
    assert bulk == plain
    return plain


@pytest.mark.parametrize(
    "write",
    [
        lambda key: f"https://acme.io/set?body=%7B%22kagiApiKey%22%3A%22{key}%22%7D\n",
        lambda key: f"<pre>KAGI_API_KEY = &quot;{key}&quot;</pre>\n",
        lambda key: f"Gr=C3=BC=C3=9Fe, hier ist er:\nKAGI_API_KEY=3D{key}\n",
    ],
    ids=["percent", "entities", "quoted-printable"],
)
def test_a_dot_among_the_first_characters_behind_an_escape(write: Callable[[str], str]) -> None:
    assert found(write(DOT_EARLY)) == [DOT_EARLY]


@pytest.mark.parametrize("mark", ["\\", "\\\\"])
@pytest.mark.parametrize("template", ["r8_<<alnum:37>>", "gsk_<<alnum:20>>WGdyb3FY<<alnum:24>>", "pplx-<<alnum:48>>"])
def test_markdown_and_tex_escape_what_keys_have_in_them(template: str, mark: str) -> None:
    key = expanded(template, f"values/{template}")
    assert found(f"the key is {key.replace('_', mark + '_').replace('-', mark + '-')} for now\n") == [key]
    project = keys.project_key(keys.fresh())
    written = project.replace("_", mark + "_")
    assert found(f"{written}\n") == [project]
    assert found(f"{written.replace('-', mark + '-')}\n") == [project]


@pytest.mark.parametrize(
    ("write", "key"),
    [
        (lambda key: f"data:\n  UPSTAGE_API_KEY: {b64(key)}\n", ANY_LENGTH),
        (lambda key: f"data:\n  UPSTAGE_API_KEY: {b64(key + chr(10))}\n", ANY_LENGTH[:41]),
        (lambda key: f"UPSTAGE_API_KEY = unhexlify('{key.encode().hex()}')\n", ANY_LENGTH[:30]),
        (lambda key: f"UPSTAGE_API_KEY = 0x{key.encode().hex()};\n", ANY_LENGTH[:30]),
        (lambda key: f"Gr=C3=BC=C3=9Fe, hier ist er:\nUPSTAGE_API_KEY=3D{key}\n", ANY_LENGTH),
        (lambda key: f'curl -H "Authorization: Basic {b64("user:" + key)}" https://a.snowflakecomputing.com/\n', LONG),
    ],
    ids=["base64", "base64 with a line end", "hexadecimal digits", "a number", "quoted-printable", "credentials"],
)
def test_the_digits_that_encode_a_key_are_none(write: Callable[[str], str], key: str) -> None:
    assert found(write(key)) == [key]


def test_a_token_that_holds_another_is_still_one() -> None:
    header, claims = '<<b64url-of:{"alg":"HS256","typ":"JWT"}>>', '<<b64url-of:{"sub":"ada","exp":4102444800}>>'
    inner = expanded(f"{header}.{claims}.<<b64url:43>>", "values/inner")
    payload = b64(f'{{"exp":4102444800,"token":"{inner}"}}').rstrip("=")
    outer = expanded(f"{header}.{payload}.<<b64url:43>>", "values/outer")
    assert found(f"bearer = '{outer}'\n") == [outer]


@pytest.mark.parametrize("at", [10, 11])
def test_a_literal_goes_on_in_the_next_line_wherever_it_is_cut(at: int) -> None:
    assert found(f'TELEGRAM_BOT_TOKEN = "{COLON[:at]}\\\n{COLON[at:]}"\n') == [COLON]


def test_a_piece_may_begin_as_an_option_does() -> None:
    at = DASHES.index("--1")
    assert found(f'CLAUDE_REFRESH_TOKEN = "{DASHES[:at]}" \\\n    "{DASHES[at:]}"\n') == [DASHES]


def test_a_quoted_option_behind_a_key_is_none_of_it() -> None:
    assert found(f'run "{DASHES}" "--retries" "3"\nrun "{DASHES}" "--retries=3"\n') == [DASHES, DASHES]


@pytest.mark.parametrize("key", NO_DIGITS)
@pytest.mark.parametrize("left", [6, 15])
def test_pieces_of_a_key_without_digits(key: str, left: int) -> None:
    assert found(f'key = "{key[:left]}" + "{key[left:]}"\n') == [key]


@pytest.mark.parametrize(("before", "after"), [("Grüße, hier ist er:\n", ""), ("", "\nGrüße\n"), ("ü\n", "\nü\n")])
def test_a_mail_breaks_a_key_wherever_its_line_is_full(before: str, after: str) -> None:
    key = keys.project_key(keys.fresh())
    for name in ("OPENAI_API_KEY", "THE_KEY_OF_OUR_COMPANY_AT_OPENAI"):
        mail = quopri.encodestring(f"{before}{name}: {key}{after}".encode()).decode()
        assert "=\n" in mail
        assert found(mail) == [key]
