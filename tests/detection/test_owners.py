"""Whose key it is, where several vendors share a shape: the nearest name or host decides, and nothing guesses."""

from __future__ import annotations

import pytest

from keyguard.detection.context import LOOK
from keyguard.detection.engine import Engine
from keyguard.detection.owners import SharedSearch
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind
from keyguard.rules.entries import GateEntry
from keyguard.rules.templates import expanded
from tests.detection.test_engine import rule

ENGINE = Engine(loader.load(), bulk=True)
HEX, MIXED, LOWER = (expanded(f"sk-<<{each}>>", f"owners/{each}") for each in ("hex:32", "alnum:46", "lower:48"))
MIXED += "Z4"
SHARED_HEX = ("shared-sk", "deepseek", "dashscope")


def told(text: str) -> list[tuple[str, ...]]:
    """The provider of each finding, with the candidates where nothing decides."""
    text = text.replace("HEX", HEX).replace("MIXED", MIXED).replace("LOWER", LOWER)
    found = ENGINE.detect(Chunk(Origin(Where.FILE, "a"), text.encode()))
    return [
        (ENGINE_PROVIDERS[each.rule], *each.candidates)
        for each in sorted((each for each in found if isinstance(each, Match)), key=lambda each: each.place.sort_key)
    ]


ENGINE_PROVIDERS = {rule.id: rule.provider for rule in loader.load().rules}


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("API_KEY=HEX", SHARED_HEX),
        ("OPENAI_API_KEY=HEX", SHARED_HEX),
        ("API_KEY=MIXED", ("shared-sk", "moonshot", "stability")),
        ("API_KEY=LOWER", ("shared-sk", "siliconflow")),
        ("OPENAI_API_KEY=MIXED\nSTABILITY_MODE=on", ("shared-sk", "moonshot", "stability")),
        ("git clone https://deploy:HEX@gateway.acme.io/repo", SHARED_HEX),
        ("https://deploy:MIXED@gateway.acme.io/repo", ("shared-sk", "moonshot", "stability")),
        ("machine gateway.acme.io login deploy password HEX", SHARED_HEX),
        # two vendors, each in a record of its own, and the key in a third one
        ('[{"name": "deepseek", "on": 1}, {"key": "HEX"}, {"name": "dashscope"}]', SHARED_HEX),
    ],
)
def test_where_nothing_decides_all_who_may_own_it_are_told(text: str, possible: tuple[str, ...]) -> None:
    assert told(text) == [possible]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("DEEPSEEK_API_KEY=HEX\nDASHSCOPE_API_KEY=", "deepseek"),
        ("deepseek_url = 1\nqwen_key = 'HEX'", "dashscope"),
        ("DASHSCOPE_URL=x\nDEEPSEEK_KEY=HEX\nKIMI_URL=y", "deepseek"),
        ("阿里云百炼的密钥是HEX。", "dashscope"),
        ("# deepseek\nkey: HEX\n# qwen", "deepseek"),
        ("model: deepseek-v3\nbase_url: https://dashscope.aliyuncs.com/compatible-mode/v1\napi_key: HEX", "dashscope"),
        ("base_url: https://dashscope.aliyuncs.com/v1\nmodel: deepseek-v3\napi_key: HEX", "dashscope"),
        ('OPENAI_API_KEY=MIXED\nOPENAI_BASE_URL=https://api.moonshot.cn/v1\nNOTE="not stability_"', "moonshot"),
        ("SILICONFLOW_KEY=LOWER", "siliconflow"),
        ("moonshot and siliconflow: LOWER", "siliconflow"),
    ],
)
def test_the_name_then_the_nearest_mention_decides(text: str, owner: str) -> None:
    assert told(text) == [(owner,)]


def test_each_of_several_records_has_its_own_owner() -> None:
    other = HEX[::-1].replace("-ks", "")
    pair = ('{{"provider": "deepseek", "api_key": "{}"}}, {{"provider": "dashscope", "api_key": "sk-{}"}}').format(
        "HEX", other
    )
    assert told(pair) == [("deepseek",), ("dashscope",)]
    yaml = f"- api_key: HEX\n  base_url: https://api.deepseek.com\n- api_key: sk-{other}\n  url: https://dashscope.aliyuncs.com"
    assert told(yaml) == [("deepseek",), ("dashscope",)]


@pytest.mark.parametrize("before", ["task-", "disk-", "a-desk-", "DUSK-"])
def test_words_that_end_like_the_prefix_are_no_keys(before: str) -> None:
    assert told(f"{before}{HEX.removeprefix('sk-')} deepseek") == []


@pytest.mark.parametrize("before", ["", "_", "x", "9", "密", "\\n", "\\t", "=", "%3D", "n"])
def test_anything_else_may_stand_before_one(before: str) -> None:
    assert told(f"{before}HEX") == [SHARED_HEX]


def owner(before: str, after: str = "", context: int = 1000, named: str = "", claimed: tuple[str, ...] = ()) -> str:
    """Whose of two, a and b, what stands between is said to be."""
    owners = [
        rule(id=each, kind=Kind.SHARED, near=(each.encode() * 3,), hosts=(f"{each}.example",), context=context)
        for each in "ab"
    ]
    data, start = f"{before}KEY{after}".encode(), len(before.encode())
    at, _ = SharedSearch(owners, rule(), claimed)._owner(data, start, start + 3, named, [0, 1])
    return "nobody" if at is None else owners[at].id


@pytest.mark.parametrize(
    ("before", "after", "whose"),
    [
        ("bbb", "", "b"), ("", "bbb", "b"), ("BBB=", "", "b"),
        ("aaa" + "." * 11, "..." + "bbb", "b"), ("aaa" + "." * 11, "...." + "bbb", "a"),  # behind it counts less
        ("b.example" + "." * 29 + "aaa" + "." * 11, "", "b"), ("b.example" + "." * 31 + "aaa" + "." * 11, "", "a"),
        ("bbb aaa", "", "a"), ("aaa bbb aaa ", " b.example", "b"), ("aaa ", "bbb bbb", "b"),
        ("aaa" + "." * 500 + "bbb" + "." * 399, "", "b"), ("aaa" + "." * 500 + "bbb" + "." * 400, "", "nobody"),
        ("bbb" + "." * 500, "", "b"),  # if nobody else is spoken of
    ],
)  # fmt: skip
def test_how_far_each_mention_counts(before: str, after: str, whose: str) -> None:
    assert owner(before, after) == whose


@pytest.mark.parametrize(("gap", "whose"), [(97, "b"), (98, "nobody")])
def test_a_mention_counts_within_the_context(gap: int, whose: str) -> None:
    assert owner("bbb" + "." * gap, context=100) == whose
    assert owner("." * 99, "." * gap + "bbb", context=100) == whose


def test_what_is_named_after_another_rule_is_an_owners_only_by_a_host() -> None:
    for named, claimed, whose in (("zz_key", ("zz",), "nobody"), ("zz_key", (), "b"), ("", ("zz",), "b")):
        assert owner("bbb ", named=named, claimed=claimed) == whose
        assert owner("b.example ", named=named, claimed=claimed) == "b"
    assert owner("aaa ", named="my_bbb_key") == "b"


def test_what_decides_whose_it_is_stands_as_far_as_the_widest_context() -> None:
    owners = [rule(id=f"r{context}", kind=Kind.SHARED, context=context) for context in (10, 300, 20)]
    search = SharedSearch(owners, rule(span=40, gate=(GateEntry(b"zz-"),)), ())
    assert search.reaches == {GateEntry(b"zz-"): (40 + 300 + LOOK, 40 + 300 + LOOK)}
