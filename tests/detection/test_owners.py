"""Whose key it is, where several vendors share a shape: the nearest name or host decides, and nothing guesses."""

from __future__ import annotations

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.templates import expanded

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
