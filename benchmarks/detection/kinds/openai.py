"""Keys of OpenAI, of Azure's AI services, and of Codex."""

from __future__ import annotations

import base64
import json
from random import Random

from benchmarks.detection import checksums
from benchmarks.detection.model import ALNUM, B64, Key, Kind, Own
from benchmarks.detection.shapes import (
    HEX,
    NEVER,
    UPPER_ALNUM,
    Maker,
    b64url,
    b64url_run,
    ed25519_der,
    jwt,
    run,
    shape,
    uuid4,
)

MARKER = base64.b64encode(b"OpenAI").decode()
SHORT = 20
"""On each side of the marker: keys up to the middle of 2024, without - and _."""
ACCOUNTS = ("ci-runner", "prod-backend", "Marketing-2", "chatbot", "data-team-eu", "n8n", "Slack-summaries", "etl-01")
"""Names that people give to service accounts."""
_ENV = ("OPENAI_API_KEY", "OPENAI_KEY", "NEXT_PUBLIC_OPENAI_API_KEY", "VITE_OPENAI_API_KEY", "TF_VAR_OPENAI_KEY")
_URL = "https://api.openai.com/v1/models"
_LLM_KEYS = Own(
    ".config/io.datasette.llm/keys.json", lambda key, _: json.dumps({"// Note": "keep", "openai": key}, indent=2)
)


def body(rng: Random, left: int, right: int) -> str:
    """Return the part of a key after its prefix: the marker in base64url text whose last byte is zero, as issued."""
    if (left, right) == (SHORT, SHORT):
        return run(rng, ALNUM, left) + MARKER + run(rng, ALNUM, right)
    length = left + len(MARKER) + right
    text = b64url(rng.randbytes(length * 6 // 8 - 1) + b"\0")
    return text[:left] + MARKER + text[left + len(MARKER) :]


def _sided(prefix: str, left: int, right: int) -> Maker:
    return lambda rng: prefix + body(rng, left, right)


def _named(rng: Random) -> str:
    return f"sk-{rng.choice(ACCOUNTS)}-" + body(rng, SHORT, SHORT)


def _named_service(rng: Random) -> str:
    return f"sk-service-{rng.choice(ACCOUNTS)}-" + body(rng, SHORT, SHORT)


def _webhook(rng: Random) -> str:
    return "whsec_" + base64.b64encode(rng.randbytes(32)).decode()


def _codex_access(rng: Random) -> str:
    claim = {"chatgpt_account_id": uuid4(rng), "chatgpt_plan_type": "plus"}
    payload = {
        "aud": ["https://api.openai.com/v1"],
        "exp": NEVER,
        "https://api.openai.com/auth": claim,
        "iat": NEVER - 864000,
        "iss": "https://auth.openai.com",
        "jti": uuid4(rng),
        "sub": f"auth0|{run(rng, HEX, 24)}",
    }
    return jwt(rng, {"alg": "RS256", "kid": uuid4(rng), "typ": "JWT"}, payload, 256)


def _agent_identity(rng: Random) -> Key:
    private = base64.b64encode(ed25519_der(rng)).decode()
    payload = {
        "iss": "https://auth.openai.com",
        "agent_runtime_id": uuid4(rng),
        "agent_private_key": private,
        "account_id": uuid4(rng),
        "iat": NEVER - 864000,
        "exp": NEVER,
    }
    token = jwt(rng, {"alg": "EdDSA", "typ": "JWT"}, payload, 64)
    return Key(token, token, private)


def _auth_json(**tokens: str) -> str:
    whole = {"auth_mode": "chatgpt", "OPENAI_API_KEY": None, **tokens, "last_refresh": "2026-11-03T08:15:30.123456Z"}
    return json.dumps(whole, indent=2)


def _refresh_file(key: str, rng: Random) -> str:
    tokens = {"id_token": "", "access_token": "", "refresh_token": key, "account_id": uuid4(rng)}
    return json.dumps({"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens}, indent=2)


def _access_file(key: str, rng: Random) -> str:
    tokens = {"access_token": key, "account_id": uuid4(rng)}
    return json.dumps({"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens}, indent=2)


def _azure(service: str) -> Maker:
    """Return what makes a key of 84 characters; the last four are a checksum of the others."""

    def make(rng: Random) -> str:
        while True:
            when = rng.choice("BC") + rng.choice("ABCDEFGHIJKL")
            platform = f"AC{run(rng, UPPER_ALNUM, 5)}XJ3w3"
            signed = run(rng, ALNUM, 52) + "JQQJ" + "99" + when + platform + "AAA" + service + "ACOG"
            key = signed + checksums.azure(signed)
            if key.isalnum():
                return key

    return make


def _openai(name: str, make: Maker) -> Kind:
    return Kind(name, "openai", make, _ENV, service="openai", url=_URL, own=_LLM_KEYS)


OPENAI = (
    _openai("openai-legacy", _sided("sk-", SHORT, SHORT)),
    _openai("openai-project-20", _sided("sk-proj-", SHORT, SHORT)),
    _openai("openai-project-58", _sided("sk-proj-", 58, 58)),
    _openai("openai-project-74", _sided("sk-proj-", 74, 74)),
    _openai("openai-service-account-20", _sided("sk-svcacct-", SHORT, SHORT)),
    _openai("openai-service-account-46", _sided("sk-svcacct-", 46, 46)),
    _openai("openai-service-account-57", _sided("sk-svcacct-", 57, 58)),
    _openai("openai-service-account-59", _sided("sk-svcacct-", 59, 60)),
    _openai("openai-service-account-74", _sided("sk-svcacct-", 74, 74)),
    _openai("openai-admin-58", _sided("sk-admin-", 58, 58)),
    _openai("openai-admin-74", _sided("sk-admin-", 74, 74)),
    _openai("openai-user-none", _sided("sk-None-", SHORT, SHORT)),
    _openai("openai-service-named", _named_service),
    _openai("openai-named", _named),
    Kind("openai-ephemeral", "openai", shape("ek_", (HEX, 32)), ("OPENAI_CLIENT_SECRET", "OPENAI_EPHEMERAL_KEY"),
         url=_URL, field="client_secret"),
    Kind("openai-session", "openai", shape("sess-", (ALNUM, 40)), ("OPENAI_SESSION_KEY", "OPENAI_SESS_KEY"), url=_URL),
    Kind("openai-webhook-secret", "openai", _webhook, ("OPENAI_WEBHOOK_SECRET",), field="webhook_secret", tail=B64),
    Kind("codex-access-token", "openai", _codex_access, ("CODEX_ACCESS_TOKEN", "CHATGPT_ACCESS_TOKEN"),
         service="codex", field="access_token", url="https://chatgpt.com/backend-api/codex/responses",
         own=Own(".codex/auth.json", _access_file)),
    Kind("codex-refresh-token", "openai", lambda rng: f"rt_{b64url_run(rng, 43)}.{b64url_run(rng, 43)}",
         ("CODEX_REFRESH_TOKEN", "OPENAI_REFRESH_TOKEN"), service="codex", field="refresh_token", needs_name=True,
         url="https://auth.openai.com/oauth/token", own=Own(".codex/auth.json", _refresh_file)),
    Kind("codex-personal-access-token", "openai", lambda rng: f"at-{b64url_run(rng, 48)}", ("CODEX_ACCESS_TOKEN",),
         service="codex", field="access_token", needs_name=True, url="https://chatgpt.com/backend-api/codex/responses",
         own=Own(".codex/auth.json", lambda key, _: _auth_json(personal_access_token=key))),
    Kind("codex-agent-identity", "openai", _agent_identity, ("CODEX_AGENT_IDENTITY",), service="codex",
         field="agent_identity", own=Own(".codex/auth.json", lambda key, _: _auth_json(agent_identity=key))),
    Kind("azure-openai", "azure", _azure("B"), ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY", "AZURE_API_KEY"),
         service="azure_openai", header="api-key: ",
         url="https://acme-prod.openai.azure.com/openai/models?api-version=2024-10-21"),
    Kind("azure-ai-services", "azure", _azure("A"), ("AZURE_AI_API_KEY", "COGNITIVE_SERVICES_KEY"),
         service="azure_ai", header="api-key: ",
         url="https://acme-prod.cognitiveservices.azure.com/openai/models?api-version=2024-10-21"),
    Kind("azure-openai-old", "azure", shape((HEX, 32)), ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY"),
         service="azure_openai", header="api-key: ", needs_name=True,
         url="https://acme-prod.openai.azure.com/openai/models?api-version=2024-10-21"),
)  # fmt: skip
