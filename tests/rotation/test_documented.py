"""The tables of docs/rotate.md say what the code does."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.language import Language
from keyguard.reporting.words import Words
from keyguard.rotation.issuers.choice import calls_of, possible, variable
from keyguard.rotation.issuers.tabled import creation
from keyguard.rules import loader
from keyguard.rules.api.values import Api, Caller, Creation, Probe, Revocation
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "rotate.md"
KINDS = (
    "openai-project-key", "openai-service-account-key", "openai-admin-key", "openai-codex-refresh-token",
    "openai-codex-access-token", "anthropic-api-key", "openrouter-key", "xai-key", "perplexity-key",
    "huggingface-token", "github-pat-classic", "github-oauth-token", "azure-openai-key", "aws-access-key-id",
    "aws-bedrock-key-long", "google-api-key", "groq-key", "deepseek-key", "mistral-key",
)  # fmt: skip
"""The kinds that the page has a row for; the others are shown by `keyguard rules list --api`."""


def call_rows() -> Iterator[str]:
    say = Words(Language.EN)
    calls = calls_of("openai", "openai-service-account-key", None, None, revoke_first=False, cap=True)
    for call in calls:
        purpose = say(f"rotate-call.{call.purpose}")
        yield f"| `{call.method} {call.path}` | {purpose} | {'yes' if call.changes else ''} |"


def provider_rows() -> Iterator[str]:
    catalogue = loader.load()
    for kind in KINDS:
        provider = catalogue.by_id[kind].provider
        api = catalogue.provider_by_id[provider].apis[kind]
        with_key = f"`{variable(kind)}`" if variable(kind) else ""
        can = possible(provider, kind)
        yield f"| {kind} | {_check(api)} | {_revoke(api, can)} | {_create(kind, api, can)} | {with_key} |"


def _check(api: Api) -> str:
    if isinstance(api.verify, Probe):
        return f"`{api.verify.request.method} {api.verify.request.host}{api.verify.request.target.partition('?')[0]}`"
    return f"none ({api.verify.why})" if api.verify else "none"


def _revoke(api: Api, can: bool) -> str:
    call = api.revoke
    if not isinstance(call, Revocation) or not (can or call.command):
        return "by hand"
    if call.command:
        return f"`{call.command}`"
    assert call.request is not None
    who = {Caller.ANYONE: "anyone", Caller.THE_KEY: "the key itself"}.get(call.by, "your own key")
    return f"{'deleted' if call.irreversible else 'set inactive'}, by {who}"


def _create(kind: str, api: Api, can: bool) -> str:
    if isinstance(api.create, Creation) and api.create.command:
        return f"`{api.create.command}`"
    if kind == "openai-project-key":
        return "by hand, or by the API on a new service account"
    return "made by the API" if can and (variable(kind) == "OPENAI_ADMIN_KEY" or creation(api)) else "by hand"


def table(heading: str) -> list[str]:
    """Return the rows of the table below a heading, without its two first lines."""
    lines = PAGE.read_text("utf-8").split(f"{heading}\n", 1)[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append(line)
    return rows[2:]


def test_calls_of_a_whole_rotation():
    assert table("## The calls of one rotation") == list(call_rows())


def test_providers():
    assert table("## What each provider's API lets be done") == list(provider_rows())
