"""Keys without a shape belong to whoever the name, the section or the host beside them speaks of."""

from __future__ import annotations

import pytest

from keyguard.detection import assigned
from keyguard.detection.assigned import AssignedSearch, _AssignedRule
from keyguard.detection.context import LOOK
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.entries import GateEntry
from keyguard.rules.gate import owner_of
from keyguard.rules.templates import expanded
from tests.detection.test_engine import rule

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
        'use(Mistral()); other(api_key="<key>")',
        'use(Mistral())\nother(api_key="<key>")',
        "acme:\n  model: mistral-large\n  acme_api_key: <key>",  # the name itself says whose it is
        "example:\n  api_key: <uuid>",
        "exact api keys: <uuid>",
        "MISTRAL_API_KEY=none\nPRIVATE_KEY=<key>",
        'mistral_token: "none"\nsecret_key: <key>',
        'demistral.Client("<key>")',
        'mistral.version("<key>")',
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
        'client = Mistral("<key>")',
        'client = mistral.Client("<key>")',
        "const c = new MistralClient('<key>');",
        'client := mistral.NewClient("<key>")',
        '{"value": "<key>", "name": "MISTRAL_API_KEY"}',
        "echo <key> | gh secret set MISTRAL_API_KEY",
        'cfg["mistral"]["api_key"] = "<key>"',
        'config["Mistral:ApiKey"] = "<key>"',
        "'mistral' => [\n    'key' => '<key>',",
        "<mistral>\n  <model>x</model>\n  <apiKey>\n<key></apiKey>",
        'MistralModel.builder()\n  .baseUrl("https://a.example/of/it/all")\n  .apiKey("<key>")',
        '{"mistral": {\n  "model": "large",\n  "temperature": 0.1,\n  "other": "medium",\n  "api_key": "<key>"',
        'mistral = Client(\n    api_key="<key>")',
        "Mistral 密钥：<key>",
        "Mistral 的 API 密钥是<key>。",
        "MISTRAL_API_KEY 的值是：<key>。",
        "MISTRAL_API_KEY的值为 <key>",
        'variable "mistral_api_key" {\n  type    = string\n  default = "<key>"\n}',
        'buildConfigField("String", "MISTRAL_API_KEY", "\\"<key>\\"")',
        'MistralAiChatModel.builder()\n    .apiKey("<key>")\n    .build();',
        'builder().modelName("mistral-small")\n    .apiKey("<key>")',
        "MISTRAL_URL=none\nAPI_KEY=<key>",
        'mistral_key = Key(on=1,\n  secret="<key>")',
        "mistral_keys:\n  main: x\n  token: <key>",
        'LLM(\n    model="mistral/small",\n    temperature=0.7,\n    api_key="<key>",\n)',
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


def test_every_value_of_a_text_is_looked_at() -> None:
    other = expanded("<<alnum:32>>", "assigned/other")
    assert rules(f"mistral:\n  build: {other[:20]}\n  api_key: <key>") == ["mistral-key"]
    assert rules(f"mistral:\n  name: plain-and-long-enough\n  api_key: <key>\n  token: {other}") == ["mistral-key"] * 2
    assert rules(f"- '{other}'\nMISTRAL_API_KEY=<key>") == ["mistral-key"]
    assert rules(f"MISTRAL_API_KEY={other}(x)\nMISTRAL_API_KEY=<key>") == ["mistral-key"]


def test_names_are_remembered_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigned, "_MOST_NAMES", 2)
    search = AssignedSearch([rule(kind=Kind.ENTROPY, names=("zz",))])
    for name, known in (("zz_key", 1), ("yy_key", 2), ("zz_key", 2), ("xx_key", 1), ("zz_key", 2)):
        assert list(search._owned_by(name)) == [0] * name.startswith("zz")
        assert len(search._owned) == known


HOST = GateEntry(b"zz.example", ignore_case=True)
NAMED = rule(
    kind=Kind.ENTROPY, gate=(GateEntry(b"zz"), HOST), hosts=("zz.example",), names=("zz",), context=50, span=32
)


def test_how_far_names_and_hosts_decide() -> None:
    named, hosted = (LOOK + 32, LOOK + 32), (LOOK + 50 + 32, 50 + 32)
    assert AssignedSearch([NAMED]).reaches == {GateEntry(b"zz"): named, HOST: hosted}
    wider = rule(kind=Kind.ENTROPY, gate=(GateEntry(b"zz"),), names=("zz",), span=40)
    other = rule(kind=Kind.ENTROPY, gate=(HOST,), hosts=("zz.example",), context=10, span=500)
    for order in ([NAMED, wider, other], [other, wider, NAMED]):
        assert AssignedSearch(order).reaches == {GateEntry(b"zz"): (LOOK + 40, LOOK + 40), HOST: (LOOK + 10 + 500, 510)}


@pytest.mark.parametrize(("gap", "is_near"), [(0, True), (40, True), (41, False)])
def test_a_host_is_near_within_the_context_to_the_byte(gap: int, is_near: bool) -> None:
    host, value, filler = b"zz.example", b"0123456789", b"." * 99
    made = _AssignedRule(NAMED)
    assert made.host_near(host + value, 10, 20) is not None
    before = filler + host + b"." * gap + value
    after = filler + value + b"." * gap + host
    assert (made.host_near(before, len(before) - 10, len(before)) is not None) is is_near
    assert (made.host_near(after, 99, 109) is not None) is is_near


@pytest.mark.parametrize(("gap", "is_named"), [(0, True), (LOOK - 2, True), (LOOK - 1, False)])
def test_a_name_is_one_as_far_as_names_are_looked_for(gap: int, is_named: bool) -> None:
    before = b"." * 99 + b"zz" + b"." * gap
    assert _AssignedRule(NAMED).is_named(before + b"0123456789", len(before), len(before) + 10) is is_named
