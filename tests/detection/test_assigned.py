"""Keys without a shape belong to whoever the name, the section or the host beside them speaks of."""

from __future__ import annotations

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.gate import owner_of
from keyguard.rules.templates import expanded

ENGINE = Engine(loader.load(), bulk=True)
KEY = expanded("<<alnum:32>>", "assigned/mistral")
UUID = "-".join(expanded(f"<<hex:{size}>>", f"assigned/exa/{size}") for size in (8, 4, 4, 4, 12))


def rules(text: str, path: str = "a") -> list[str]:
    found = ENGINE.detect(Chunk(Origin(Where.FILE, path), text.replace("<key>", KEY).replace("<uuid>", UUID).encode()))
    return [each.rule for each in found if isinstance(each, Match)]


@pytest.mark.parametrize(
    "text",
    [
        "api_key: <key>",
        "mistral:\n  checksum: <key>",
        "mistral:\n  on: true\nother:\n\n  api_key: <key>",
        '{"mistral": {"on": 1}, "other": {"api_key": "<key>"}}',
        "the mistral blows; api_key = <key>",
        "acme:\n  model: mistral-large\n  acme_api_key: <key>",  # the name itself says whose it is
        "example:\n  api_key: <uuid>",
        "exact api keys: <uuid>",
    ],
)
def test_what_nothing_near_speaks_of_is_nobodys(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "mistral:\n  api_key: <key>",
        "mistral:\n  model: large\n  api_key: <key>",
        '{"mistral": {"model": "large", "apiKey": "<key>"}}',
        '[mistral]\nmodel = "large"\napi_key = "<key>"',
        "[mistral]\nmodel = large\ntoken = <key>",
        'client = Mistral(api_key="<key>", timeout=30)',
        'mistral = Client(\n    api_key="<key>")',
        "Mistral 密钥：<key>",
        "Mistral 的 API 密钥是<key>。",
        "MISTRAL_API_KEY 的值是：<key>。",
        "MISTRAL_API_KEY的值为 <key>",
        'variable "mistral_api_key" {\n  type    = string\n  default = "<key>"\n}',
        'buildConfigField("String", "MISTRAL_API_KEY", "\\"<key>\\"")',
    ],
)
def test_the_section_the_class_or_the_chinese_name_tells(text: str) -> None:
    assert rules(text) == ["mistral-key"]


@pytest.mark.parametrize(
    "text", ["exa:\n  api_key: <uuid>", "[exa]\nkey = <uuid>", 'Exa(api_key="<uuid>")', "EXA_API_KEY=<uuid>"]
)
def test_a_name_that_is_a_common_word_counts_where_it_begins_a_section(text: str) -> None:
    assert rules(text) == ["exa-key"]


@pytest.mark.parametrize(
    "text",
    [
        '{"mistral": "<key>"}',
        '{"keys": {"count": 1}, "models": {"mistral": "<key>"}}',
        "[keys]\non = 1\n\n[models]\nmistral = <key>",
        '{"sort_keys": {"mistral": "<key>"}}',
        '{"api_keys": {"mistral_model": "<key>"}}',
    ],
)
def test_the_mere_name_of_a_provider_says_nothing_of_a_key(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"keys": {"mistral": "<key>"}}',
        "api_keys:\n  cohere: x\n  mistral: <key>",
        '[secrets]\nmistral = "<key>"',
        "API_KEYS = {'openai': '', 'mistral': '<key>'}",
        '{"a": "{\\"credentials\\": {\\"mistral\\": \\"<key>\\"}}"}',
    ],
)
def test_keys_that_are_kept_under_the_names_of_their_providers(text: str) -> None:
    assert rules(text) == ["mistral-key"]
    assert rules(text.replace("mistral", "ai21").replace("<key>", "<uuid>")) == ["ai21-key"]
    assert rules(text.replace("mistral", "exa").replace("<key>", "<uuid>")) == []  # what begins a word is too common


@pytest.mark.parametrize(
    "path", [".config/io.datasette.llm/keys.json", "my_secrets.yaml", "API_KEYS.json", "auth.json"]
)
def test_a_file_of_keys_says_what_its_text_does_not(path: str) -> None:
    assert rules('{"mistral": "<key>"}', path) == ["mistral-key"]
    assert rules('{"ai21": "<uuid>"}', path) == []  # a UUID says less, and a stored object has no path yet
    assert rules('{"mistral": "<key>"}', f"{path}/models.json") == []


@pytest.mark.parametrize(
    ("name", "owner"),
    [("exa api", "exa"), ("together ai", ""), ("key openai", ""), ("mistral", ""), ("a b token", "a b")],
)
def test_whose_a_name_is_without_the_words_for_keys(name: str, owner: str) -> None:
    assert owner_of(name) == owner
