"""What people write where a key belongs."""

from __future__ import annotations

import string
from collections.abc import Iterator

PREFIXES = {
    "sk-": ("OPENAI_API_KEY", 48), "sk-proj-": ("OPENAI_API_KEY", 156), "sk-svcacct-": ("OPENAI_API_KEY", 156),
    "sk-admin-": ("OPENAI_ADMIN_KEY", 124), "sk-ant-api03-": ("ANTHROPIC_API_KEY", 95),
    "sk-or-v1-": ("OPENROUTER_API_KEY", 64), "gsk_": ("GROQ_API_KEY", 52), "hf_": ("HF_TOKEN", 34),
    "xai-": ("XAI_API_KEY", 80), "AIza": ("GEMINI_API_KEY", 35), "r8_": ("REPLICATE_API_TOKEN", 37),
    "pplx-": ("PERPLEXITY_API_KEY", 48), "nvapi-": ("NVIDIA_API_KEY", 64), "csk-": ("CEREBRAS_API_KEY", 48),
    "tvly-": ("TAVILY_API_KEY", 32), "lsv2_pt_": ("LANGSMITH_API_KEY", 43), "pcsk_": ("PINECONE_API_KEY", 69),
    "ghp_": ("GITHUB_TOKEN", 36), "github_pat_": ("GITHUB_TOKEN", 82), "glpat-": ("GITLAB_TOKEN", 20),
    "xoxb-": ("SLACK_BOT_TOKEN", 51), "sk_" + "live_": ("STRIPE_SECRET_KEY", 24), "SG.": ("SENDGRID_API_KEY", 66),
    "npm_": ("NPM_TOKEN", 36), "AKIA": ("AWS_ACCESS_KEY_ID", 16), "ek_": ("OPENAI_CLIENT_SECRET", 32),
}  # fmt: skip
"""The beginnings of keys, the variables they are assigned to, and how many characters follow."""
_SEQUENCE = string.digits[1:] + "0" + string.ascii_lowercase
_WORDS = (
    "your-api-key-here", "YOUR_API_KEY", "your-key", "xxx", "REPLACE_ME", "replace-with-your-own-key", "test-key",
    "test123", "fake-key-for-unit-tests", "not-a-real-key", "dummy", "example-key", "my-secret-key", "insert-key-here",
    "<your-key>", "[YOUR KEY]", "{api_key}", "${KEY}", "...", "…", "abc...xyz", "1234...abcd", "****", "•••••••••",
    "REDACTED", "[REDACTED]", "TODO", "你的密钥",
)  # fmt: skip
_GENERAL = {
    "OPENAI_API_KEY": (
        "your-api-key", "your_openai_api_key_here", "YOUR_OPENAI_API_KEY", "<YOUR_API_KEY>", "<insert key>", "changeme",
        "CHANGE_ME", "change-this-before-deploying", "${OPENAI_API_KEY}", "$OPENAI_API_KEY", "%OPENAI_API_KEY%",
        "{{ openai_api_key }}", "{{ .Values.openai.apiKey }}", "${{ secrets.OPENAI_API_KEY }}", "$(OPENAI_API_KEY)",
        "$(pass show work/openai)", "`cat /run/secrets/openai`", "process.env.OPENAI_API_KEY",
        "os.environ['OPENAI_API_KEY']",
        "op://work/openai/credential", "vault:secret/data/openai#api_key", "secretsmanager:openai-api-key-prod",
        "projects/4711/secrets/openai-api-key/versions/latest",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-Ab3dEf",
        "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/openai)", "ref+vault://secret/openai#key",
        "file:///run/secrets/openai_api_key", "null", "None", "undefined", "nil", "none", "false", "secret", "password",
        "s3cr3t", "hunter2", "letmein", "test", "test-api-key", "fake-api-key", "dummy-api-key-for-tests",
        "mock-openai-key",
        "unit-test-key-0001", "not-needed", "no-key-required", "ollama", "lm-studio", "EMPTY", "local", "anything",
        "sk-no-key-required", "sk-noauth", "sk-test", "sk-fake", "sk-1234", "sk-local-dev-only", "sk-this-is-not-a-key",
        "sk-replace-this-with-a-real-key-from-the-dashboard", "sk-your-project-key-goes-here-and-is-long-enough",
        "sk-thisisaverylongfakekeyusedonlyinunittests", "在此填写密钥", "请替换为你的密钥", "sk-你的密钥", "ここにキー",
        "sk-abcdef1234567890abcdef1234567890abcdef12", "sk-aaaabbbbccccddddeeeeffff", "sk-00000000000000000000",
    ),
    "MISTRAL_API_KEY": (
        "your-mistral-key", "mistral-api-key-placeholder", "x" * 32, "X" * 32, "0" * 32, "1" * 32, "a" * 32,
        "abcdefghijklmnopqrstuvwxyz123456", "12345678901234567890123456789012", "abcd1234" * 4, "deadbeef" * 4,
        "0123456789abcdef" * 2, "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345", "changemechangemechangemechangeme",
        "ThisIsNotARealMistralApiKeyAtAll", "placeholderplaceholderplaceholde", "REPLACE_WITH_YOUR_MISTRAL_API_KEY",
    ),
    "AZURE_OPENAI_API_KEY": (
        "<azure-openai-key>", "your-azure-openai-key", "x" * 84, "f" * 32, "00000000000000000000000000000000",
        "azure-key-from-portal-keys-and-endpoint",
    ),
    "EXA_API_KEY": (
        "00000000-0000-0000-0000-000000000000", "11111111-1111-1111-1111-111111111111",
        "12345678-1234-1234-1234-123456789012", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "12345678-90ab-cdef-1234-567890abcdef", "deadbeef-dead-beef-dead-beefdeadbeef",
    ),
    "DATABASE_URL": (
        "postgresql://user:password@localhost:5432/app", "postgres://postgres:postgres@db:5432/app",
        "mysql://root:root@127.0.0.1/test", "mongodb://username:password@host/db", "redis://:${REDIS_PASSWORD}@cache:6379/0",
        "postgresql://USER:PASS@HOST:PORT/NAME", "postgresql://app:<password>@db.acme.io/app", "sqlite:///app.db",
        "postgresql://app:changeme@db.acme.io/app", "amqp://guest:guest@rabbit:5672/",
    ),
    "AWS_SECRET_ACCESS_KEY": (
        "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY" + "EXAMPLEKEY",
        "your-aws-secret-access-key", "x" * 40, "minioadmin", "test",
    ),
    "AWS_ACCESS_KEY_ID": ("AKIA" + "IOSFODNN7" + "EXAMPLE", "ASIA" + "IOSFODNN7" + "EXAMPLE", "AKIA" + "X" * 16),
    "JWT_TOKEN": ("eyJhbGciOi...", "<jwt>", "header.payload.signature", "eyJhbGciOiJIUzI1NiJ9.e30.signature"),
}  # fmt: skip


def placeholders() -> Iterator[tuple[str, str, str]]:
    """Yield what kind of placeholder each is, the variable that it is assigned to, and its text."""
    for prefix, (variable, length) in PREFIXES.items():
        for name, body in _bodies(length):
            yield f"{prefix} {name}", variable, prefix + body
    for variable, texts in _GENERAL.items():
        for text in texts:
            yield f"{variable} placeholder", variable, text


def _bodies(length: int) -> Iterator[tuple[str, str]]:
    """Yield what stands after a prefix: a character again and again, a sequence, words."""
    for character in "xX0a*_":
        yield f"{character} repeated", character * length
    yield "sequence", (_SEQUENCE * 9)[:length]
    yield "alphabet", (string.ascii_lowercase + string.ascii_uppercase + string.digits)[:length].ljust(length, "x")
    yield "pattern", ("abc123" * 40)[:length]
    yield "hex pattern", ("deadbeef" * 40)[:length]
    for word in _WORDS:
        yield "words", word
