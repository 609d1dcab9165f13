"""Keys whose `sk-` shape several vendors share: found anywhere, and the right vendor told or among the candidates."""

from __future__ import annotations

from random import Random

from benchmarks.detection.model import ALNUM, B64URL, Kind
from benchmarks.detection.shapes import HEX, LOWER, LOWER_ALNUM, grouped, run, shape, uuid4


def _relay(rng: Random) -> str:
    """A token of one-api: 16 characters and a UUID, its letters large at even places and small at odd ones."""
    digits = uuid4(rng).replace("-", "")
    cased = (digit.upper() if at % 2 == 0 else digit for at, digit in enumerate(digits))
    return "sk-" + run(rng, ALNUM, 16) + "".join(cased)


SHARED = (
    Kind("deepseek", "deepseek", shape("sk-", (HEX, 32)), ("DEEPSEEK_API_KEY",), shared=True,
         url="https://api.deepseek.com/user/balance"),
    Kind("dashscope", "dashscope", shape("sk-", (HEX, 32)),
         ("DASHSCOPE_API_KEY", "QWEN_API_KEY", "BAILIAN_API_KEY"), shared=True,
         url="https://dashscope.aliyuncs.com/compatible-mode/v1/models"),
    Kind("moonshot", "moonshot", shape("sk-", (ALNUM, 48)), ("MOONSHOT_API_KEY", "KIMI_API_KEY"), shared=True,
         url="https://api.moonshot.cn/v1/models"),
    Kind("stability", "stability", shape("sk-", (ALNUM, 48)), ("STABILITY_API_KEY",), shared=True,
         url="https://api.stability.ai/v1/user/account"),
    Kind("siliconflow", "siliconflow", shape("sk-", (LOWER, 48)), ("SILICONFLOW_API_KEY",), shared=True,
         url="https://api.siliconflow.cn/v1/user/info"),
    Kind("one-api-relay", "shared-sk", _relay, ("ONE_API_TOKEN", "OPENAI_API_KEY"), service="one_api", field="token",
         url="https://relay.acme.io/v1/models"),
    Kind("helicone-old", "helicone", grouped("sk", *4 * ((LOWER_ALNUM, 7),)), ("HELICONE_API_KEY",), needs_name=True,
         url="https://oai.helicone.ai/v1/chat/completions", header="Helicone-Auth: Bearer "),
    Kind("litellm", "litellm", shape("sk-", (B64URL, 22)), ("LITELLM_MASTER_KEY", "LITELLM_API_KEY"), needs_name=True,
         url="https://litellm.acme.io/key/info"),
)  # fmt: skip
