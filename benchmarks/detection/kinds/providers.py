"""Keys of the other AI providers whose text says whose they are."""

from __future__ import annotations

import base64
import json
from random import Random
from urllib.parse import quote

from benchmarks.detection import checksums
from benchmarks.detection.model import ALNUM, B64, B64URL, Kind, Own
from benchmarks.detection.shapes import (
    B64_BODY,
    BASE32,
    DIGITS,
    HEX,
    LETTERS,
    LOWER_ALNUM,
    UPPER_ALNUM,
    grouped,
    run,
    shape,
    uuid4,
)

_BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude/converse"


def _session(rng: Random) -> str:
    """A Claude session: the tail is cut once more by a hyphen, six characters before its end."""
    return "sk-ant-sid01-" + run(rng, B64URL, 86) + "-" + run(rng, ALNUM, 6) + "AA"


def _bedrock_long(rng: Random) -> str:
    """An API key of Bedrock: base64 of user, account and secret."""
    plain = f"BedrockAPIKey-{run(rng, LOWER_ALNUM, 4)}-at-{run(rng, DIGITS, 12)}:{run(rng, B64_BODY, 60)}"
    return "ABSK" + base64.b64encode(plain.encode()).decode()


def _bedrock_short(rng: Random) -> str:
    """A short-term key of Bedrock: base64 of a signed address, which is in force whenever the benchmark runs."""
    scope = f"ASIA{run(rng, BASE32, 16)}/20991231/us-east-1/bedrock/aws4_request"
    fields = {
        "Action": "CallWithBearerToken",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": scope,
        "X-Amz-Date": "20991231T120000Z",
        "X-Amz-Expires": "43200",
        "X-Amz-Security-Token": "IQoJb3JpZ2luX2VjE" + run(rng, B64_BODY, 400),
        "X-Amz-Signature": run(rng, HEX, 64),
        "X-Amz-SignedHeaders": "host",
        "Version": "1",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    return "bedrock-api-key-" + base64.b64encode(f"bedrock.amazonaws.com/?{query}".encode()).decode()


def _cloudflare(rng: Random) -> str:
    """A token of Cloudflare: eight digits of CRC-32 at the end (CredSweeper's check of it)."""
    body = run(rng, ALNUM, 40)
    return "cfut_" + body + checksums.crc_hex(body)


def _claude(field: str) -> Own:
    return Own(
        ".claude/.credentials.json",
        lambda key, _: json.dumps({"claudeAiOauth": {field: key, "expiresAt": 1793692800000, "scopes": ["user"]}}),
    )


_ANTHROPIC = "https://api.anthropic.com/v1/models"
_HF = Own(".cache/huggingface/token", lambda key, _: key)
_WANDB = "https://api.wandb.ai/graphql"

PROVIDERS = (
    Kind("anthropic-api", "anthropic", shape("sk-ant-api03-", (B64URL, 93), "AA"),
         ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY"), url=_ANTHROPIC, header="x-api-key: "),
    Kind("anthropic-admin", "anthropic", shape("sk-ant-admin01-", (B64URL, 93), "AA"),
         ("ANTHROPIC_ADMIN_KEY", "ANTHROPIC_ADMIN_API_KEY"), url="https://api.anthropic.com/v1/organizations/me",
         header="x-api-key: "),
    Kind("anthropic-oauth-access", "anthropic", shape("sk-ant-oat01-", (B64URL, 93), "AA"),
         ("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"), field="auth_token", url=_ANTHROPIC,
         own=_claude("accessToken")),
    Kind("anthropic-oauth-refresh", "anthropic", shape("sk-ant-ort01-", (B64URL, 93), "AA"),
         ("CLAUDE_REFRESH_TOKEN",), field="refresh_token", url=_ANTHROPIC, own=_claude("refreshToken")),
    Kind("anthropic-session", "anthropic", _session, ("CLAUDE_SESSION_KEY",), field="session_key",
         url="https://claude.ai/api/organizations", header="Cookie: sessionKey="),
    Kind("baidu-qianfan", "baidu", shape("bce-v3/ALTAK-", (ALNUM, 21), "/", (HEX, 40)), ("QIANFAN_API_KEY",),
         service="qianfan", url="https://qianfan.baidubce.com/v2/models"),
    Kind("openrouter", "openrouter", shape("sk-or-v1-", (HEX, 64)), ("OPENROUTER_API_KEY",),
         url="https://openrouter.ai/api/v1/key"),
    Kind("kimi-code", "moonshot", shape("sk-kimi-", (ALNUM, 64)), ("KIMI_API_KEY",), service="kimi",
         url="https://api.kimi.com/coding/v1/models"),
    Kind("minimax", "minimax", shape("sk-api-", (B64URL, 119)), ("MINIMAX_API_KEY",),
         url="https://api.minimax.io/v1/models"),
    Kind("minimax-coding-plan", "minimax", shape("sk-cp-", (B64URL, 120)), ("MINIMAX_API_KEY",),
         url="https://api.minimax.io/v1/models"),
    Kind("groq", "groq", shape("gsk_", (ALNUM, 20), "WGdyb3" + "FY", (ALNUM, 24)), ("GROQ_API_KEY",),
         url="https://api.groq.com/openai/v1/models"),
    Kind("xai", "xai", shape("xai-", (ALNUM, 80)), ("XAI_API_KEY", "GROK_API_KEY"), url="https://api.x.ai/v1/api-key"),
    Kind("xai-management", "xai", shape("xai-token-", (ALNUM, 80)), ("XAI_MANAGEMENT_KEY",), field="management_key",
         url="https://management-api.x.ai/auth/management-keys/validation"),
    Kind("perplexity", "perplexity", shape("pplx-", (ALNUM, 48)), ("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
         url="https://api.perplexity.ai/chat/completions"),
    Kind("together", "together", shape("tgp_v1_", (B64URL, 43)), ("TOGETHER_API_KEY",),
         url="https://api.together.xyz/v1/models"),
    Kind("fireworks", "fireworks", shape("fw_", (ALNUM, 24)), ("FIREWORKS_API_KEY",),
         url="https://api.fireworks.ai/inference/v1/models"),
    Kind("cerebras", "cerebras", shape("csk-", (LOWER_ALNUM, 48)), ("CEREBRAS_API_KEY",),
         url="https://api.cerebras.ai/v1/models"),
    Kind("nvidia", "nvidia", shape("nvapi-", (B64URL, 64)), ("NVIDIA_API_KEY", "NGC_API_KEY"),
         url="https://integrate.api.nvidia.com/v1/models"),
    Kind("huggingface", "huggingface", shape("hf_", (LETTERS, 34)), ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
         field="token", url="https://huggingface.co/api/whoami-v2", own=_HF),
    Kind("huggingface-org", "huggingface", shape("api_org_", (LETTERS, 34)), ("HUGGINGFACEHUB_API_TOKEN",),
         field="token", url="https://huggingface.co/api/whoami-v2", own=_HF),
    Kind("replicate", "replicate", shape("r8_", (ALNUM, 37)), ("REPLICATE_API_TOKEN",), field="api_token",
         url="https://api.replicate.com/v1/account"),
    Kind("google-api", "google", lambda rng: "AIza" + "Sy" + rng.choice("ABCD") + run(rng, B64URL, 32),
         ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"), service="gemini",
         url="https://generativelanguage.googleapis.com/v1beta/models", header="x-goog-api-key: "),
    Kind("gemini-auth", "google", shape("AQ.Ab8RN6", (B64URL, 44)), ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
         service="gemini", url="https://generativelanguage.googleapis.com/v1beta/models", header="x-goog-api-key: "),
    Kind("bedrock-long", "aws", _bedrock_long, ("AWS_BEARER_TOKEN_BEDROCK",), service="bedrock", url=_BEDROCK,
         tail=B64),
    Kind("bedrock-short", "aws", _bedrock_short, ("AWS_BEARER_TOKEN_BEDROCK",), service="bedrock", url=_BEDROCK,
         tail=B64),
    Kind("langfuse", "langfuse", lambda rng: "sk-lf-" + uuid4(rng), ("LANGFUSE_SECRET_KEY",), field="secret_key",
         url="https://cloud.langfuse.com/api/public/projects"),
    Kind("langsmith-personal", "langsmith", shape("lsv2_pt_", (HEX, 32), "_", (HEX, 10)),
         ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"), url="https://api.smith.langchain.com/api/v1/api-key/current",
         header="X-API-Key: "),
    Kind("langsmith-service", "langsmith", shape("lsv2_sk_", (HEX, 32), "_", (HEX, 10)), ("LANGSMITH_API_KEY",),
         url="https://api.smith.langchain.com/api/v1/orgs/current", header="X-API-Key: "),
    Kind("helicone", "helicone", grouped("sk-helicone", *4 * ((LOWER_ALNUM, 7),)), ("HELICONE_API_KEY",),
         url="https://oai.helicone.ai/v1/chat/completions", header="Helicone-Auth: Bearer "),
    Kind("vercel-ai-gateway", "vercel", shape("vck_", (ALNUM, 56)), ("AI_GATEWAY_API_KEY",), service="vercel",
         url="https://ai-gateway.vercel.sh/v1/credits"),
    Kind("cloudflare", "cloudflare", _cloudflare, ("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"), field="api_token",
         url="https://api.cloudflare.com/client/v4/user/tokens/verify"),
    Kind("elevenlabs", "elevenlabs", shape("sk_", (HEX, 48)), ("ELEVENLABS_API_KEY", "ELEVEN_API_KEY", "XI_API_KEY"),
         url="https://api.elevenlabs.io/v1/user", header="xi-api-key: "),
    Kind("cartesia", "cartesia", shape("sk_car_", (ALNUM, 20)), ("CARTESIA_API_KEY",),
         url="https://api.cartesia.ai/voices?limit=1", header="X-API-Key: "),
    Kind("jina", "jina", shape("jina_", (HEX, 32), (ALNUM, 28)), ("JINA_API_KEY",),
         url="https://api.jina.ai/v1/embeddings"),
    Kind("tavily", "tavily", shape("tvly-", (ALNUM, 32)), ("TAVILY_API_KEY",), url="https://api.tavily.com/usage"),
    Kind("tavily-dev", "tavily", shape("tvly-dev-", (ALNUM, 32)), ("TAVILY_API_KEY",),
         url="https://api.tavily.com/usage"),
    Kind("firecrawl", "firecrawl", shape("fc-", (HEX, 32)), ("FIRECRAWL_API_KEY",),
         url="https://api.firecrawl.dev/v1/team/credit-usage"),
    Kind("pinecone", "pinecone", shape("pcsk_", (ALNUM, 5), "_", (ALNUM, 63)), ("PINECONE_API_KEY",),
         url="https://api.pinecone.io/indexes", header="Api-Key: "),
    Kind("wandb-v1", "wandb", shape("wandb_v1_", (ALNUM + "_", 77)), ("WANDB_API_KEY",), url=_WANDB,
         own=Own(".netrc", lambda key, _: f"machine api.wandb.ai\n  login user\n  password {key}\n")),
    Kind("llamacloud", "llamaindex", shape("llx-", (ALNUM, 48)), ("LLAMA_CLOUD_API_KEY",), service="llama_cloud",
         url="https://api.cloud.llamaindex.ai/api/v1/projects"),
    Kind("mem0", "mem0", shape("m0-", (ALNUM, 40)), ("MEM0_API_KEY",), needs_name=True, url="https://api.mem0.ai/v1/ping",
         header="Authorization: Token "),
    Kind("cursor", "cursor", shape("key_", (HEX, 64)), ("CURSOR_API_KEY",), url="https://api.cursor.com/v0/me"),
    Kind("devin-service", "devin", shape("cog_", ("abcdefghijklmnopqrstuvwxyz234567", 52)), ("DEVIN_API_KEY",),
         url="https://api.devin.ai/v3/self"),
    Kind("devin-user", "devin", shape("apk_user_", (B64_BODY, 136)), ("DEVIN_API_KEY",),
         url="https://api.devin.ai/v1/sessions", tail=B64),
    Kind("runpod", "runpod", shape("rpa_", (UPPER_ALNUM, 40), (ALNUM, 6)), ("RUNPOD_API_KEY",),
         url="https://rest.runpod.io/v1/pods"),
    Kind("anyscale", "anyscale", shape("esecret_", (ALNUM, 26)), ("ANYSCALE_API_KEY",),
         url="https://api.endpoints.anyscale.com/v1/models"),
    Kind("databricks", "databricks", shape("dapi", (HEX, 32)), ("DATABRICKS_TOKEN",), field="token",
         url="https://dbc-4f1a2b3c-9d8e.cloud.databricks.com/api/2.0/preview/scim/v2/Me",
         own=Own(".databrickscfg",
                 lambda key, _: f"[DEFAULT]\nhost = https://dbc.cloud.databricks.com\ntoken = {key}\n")),
    Kind("apify", "apify", shape("apify_api_", (ALNUM, 36)), ("APIFY_TOKEN",), field="token",
         url="https://api.apify.com/v2/users/me"),
    Kind("friendli", "friendli", shape("flp_", (ALNUM, 46)), ("FRIENDLI_TOKEN",), field="token",
         url="https://api.friendli.ai/serverless/v1/models"),
)  # fmt: skip
