"""Keys that look like any digest or id: only the name or the address beside them says what they are."""

from __future__ import annotations

from random import Random

from benchmarks.detection.model import ALNUM, B64URL, Key, Kind, Own
from benchmarks.detection.shapes import BASE32, HEX, run, shape, uuid4

_LLM_MISTRAL = Own(".config/io.datasette.llm/keys.json", lambda key, _: '{\n  "mistral": "' + key + '"\n}\n')


def _fal(rng: Random) -> Key:
    """The id of a key and its secret: a report may call both the secret, or the second part."""
    secret = run(rng, HEX, 32)
    whole = f"{uuid4(rng)}:{secret}"
    return Key(whole, whole, secret)


NAMED = (
    Kind("mistral", "mistral", shape((ALNUM, 32)), ("MISTRAL_API_KEY",), needs_name=True,
         url="https://api.mistral.ai/v1/models", own=_LLM_MISTRAL),
    Kind("codestral", "mistral", shape((ALNUM, 32)), ("CODESTRAL_API_KEY",), service="codestral", needs_name=True,
         url="https://codestral.mistral.ai/v1/fim/completions"),
    Kind("cohere", "cohere", shape((ALNUM, 40)), ("COHERE_API_KEY", "CO_API_KEY"), needs_name=True,
         url="https://api.cohere.com/v1/check-api-key"),
    Kind("zhipu", "zhipu", shape((HEX, 32), ".", (ALNUM, 16)), ("ZHIPUAI_API_KEY", "GLM_API_KEY"), service="zhipuai",
         needs_name=True, url="https://open.bigmodel.cn/api/paas/v4/files"),
    Kind("zai", "zhipu", shape((HEX, 32), ".", (ALNUM, 16)), ("ZAI_API_KEY",), service="zai", needs_name=True,
         url="https://api.z.ai/api/paas/v4/models"),
    Kind("volcengine-ark", "volcengine", uuid4, ("ARK_API_KEY",), service="ark", needs_name=True,
         url="https://ark.cn-beijing.volces.com/api/v3/models"),
    Kind("together-old", "together", shape((HEX, 64)), ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"), needs_name=True,
         url="https://api.together.xyz/v1/models"),
    Kind("ai21", "ai21", uuid4, ("AI21_API_KEY",), needs_name=True, url="https://api.ai21.com/studio/v1/library/files"),
    Kind("ollama", "ollama", shape((HEX, 32), ".", (B64URL, 24)), ("OLLAMA_API_KEY",), needs_name=True,
         url="https://ollama.com/api/tags"),
    Kind("upstage", "upstage", shape((ALNUM, 45)), ("UPSTAGE_API_KEY",), needs_name=True,
         url="https://api.upstage.ai/v1/models"),
    Kind("baseten", "baseten", shape((ALNUM, 8), ".", (ALNUM, 32)), ("BASETEN_API_KEY",), needs_name=True,
         url="https://api.baseten.co/v1/models", header="Authorization: Api-Key "),
    Kind("vast", "vast", shape((HEX, 64)), ("VAST_API_KEY",), needs_name=True,
         url="https://console.vast.ai/api/v0/instances/"),
    Kind("clarifai", "clarifai", shape((HEX, 32)), ("CLARIFAI_PAT",), field="pat", needs_name=True,
         url="https://api.clarifai.com/v2/users/me", header="Authorization: Key "),
    Kind("coze", "coze", shape("pat_", (ALNUM, 64)), ("COZE_API_TOKEN",), field="api_token", needs_name=True,
         url="https://api.coze.com/v1/workspaces"),
    Kind("voyage", "voyage", shape("pa-", (B64URL, 43)), ("VOYAGE_API_KEY",), needs_name=True,
         url="https://api.voyageai.com/v1/files"),
    Kind("exa", "exa", uuid4, ("EXA_API_KEY",), needs_name=True, url="https://api.exa.ai/search", header="x-api-key: "),
    Kind("kagi", "kagi", shape((B64URL, 11), ".", (B64URL, 43)), ("KAGI_API_KEY",), needs_name=True,
         url="https://kagi.com/api/v0/search?q=x", header="Authorization: Bot "),
    Kind("brave-search", "brave", shape("BSA", (ALNUM, 28)), ("BRAVE_API_KEY", "BRAVE_SEARCH_API_KEY"), needs_name=True,
         url="https://api.search.brave.com/res/v1/web/search?q=x", header="X-Subscription-Token: "),
    Kind("pinecone-old", "pinecone", uuid4, ("PINECONE_API_KEY",), needs_name=True,
         url="https://api.pinecone.io/indexes", header="Api-Key: "),
    Kind("wandb-old", "wandb", shape((HEX, 40)), ("WANDB_API_KEY",), needs_name=True,
         url="https://api.wandb.ai/graphql",
         own=Own(".netrc", lambda key, _: f"machine api.wandb.ai\n  login user\n  password {key}\n")),
    Kind("assemblyai", "assemblyai", shape((HEX, 32)), ("ASSEMBLYAI_API_KEY",), needs_name=True,
         url="https://api.assemblyai.com/v2/transcript?limit=1", header="Authorization: "),
    Kind("deepgram", "deepgram", shape((HEX, 40)), ("DEEPGRAM_API_KEY",), needs_name=True,
         url="https://api.deepgram.com/v1/projects", header="Authorization: Token "),
    Kind("elevenlabs-old", "elevenlabs", shape((HEX, 32)), ("ELEVENLABS_API_KEY", "ELEVEN_API_KEY"), needs_name=True,
         url="https://api.elevenlabs.io/v1/user", header="xi-api-key: "),
    Kind("fal", "fal", _fal, ("FAL_KEY",), field="key", needs_name=True,
         url="https://fal.run/fal-ai/flux/dev", header="Authorization: Key "),
    Kind("runway", "runway", shape("key_", (HEX, 128)), ("RUNWAYML_API_SECRET",), service="runwayml",
         field="api_secret", needs_name=True, url="https://api.dev.runwayml.com/v1/organization"),
    Kind("retell", "retell", shape("key_", (HEX, 28)), ("RETELL_API_KEY",), needs_name=True,
         url="https://api.retellai.com/list-agents"),
    Kind("scale", "scale", shape("live_", (HEX, 32)), ("SCALE_API_KEY",), needs_name=True,
         url="https://api.scale.com/v1/tasks"),
    Kind("cloudflare-old", "cloudflare", shape((B64URL, 40)), ("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"),
         field="api_token", needs_name=True, url="https://api.cloudflare.com/client/v4/user/tokens/verify"),
    Kind("modal", "modal", shape("as-", (ALNUM, 22)), ("MODAL_TOKEN_SECRET",), field="token_secret", needs_name=True,
         url="https://api.modal.com",
         own=Own(".modal.toml", lambda key, rng: f'[acme]\ntoken_id = "ak-{run(rng, ALNUM, 22)}"\n'
                                                 f'token_secret = "{key}"\nactive = true\n')),
    Kind("snowflake", "snowflake", shape((B64URL, 220)), ("SNOWFLAKE_TOKEN", "SNOWFLAKE_PAT"), field="token",
         needs_name=True, url="https://ab12345.eu-central-1.snowflakecomputing.com/api/v2/statements"),
    Kind("twilio-auth-token", "twilio", shape((HEX, 32)), ("TWILIO_AUTH_TOKEN",), field="auth_token", needs_name=True,
         url="https://api.twilio.com/2010-04-01/Accounts.json"),
    Kind("aws-secret-key", "aws", shape((ALNUM + "+/", 40)), ("AWS_SECRET_ACCESS_KEY",), field="secret_access_key",
         needs_name=True,
         own=Own(".aws/credentials",
                 lambda key, rng: f"[default]\naws_access_key_id = AKIA{run(rng, BASE32, 16)}\n"
                                  f"aws_secret_access_key = {key}\n")),
)  # fmt: skip
