"""The general credentials that leak beside the keys of AI providers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random

from benchmarks.detection import checksums
from benchmarks.detection.model import ALNUM, B64, B64URL, Key, Kind, Own
from benchmarks.detection.shapes import (
    BASE32,
    BASE58,
    DIGITS,
    HEX,
    LETTERS,
    NEVER,
    UPPER_ALNUM,
    Maker,
    b64url,
    grouped,
    jwt,
    run,
    shape,
    uuid4,
)


def _with_crc(prefix: str) -> Maker:
    """Return what makes tokens of GitHub's classic form; npm's has the same."""

    def make(rng: Random) -> str:
        body = run(rng, ALNUM, 30)
        return prefix + body + checksums.crc_base62(body)

    return make


def _github_app(rng: Random) -> str:
    """An installation token as github.com issues them since 2026: the app's number and a JWT."""
    payload = {"iss": "github.com", "jti": uuid4(rng), "exp": NEVER, "sub": run(rng, ALNUM, 60)}
    return f"ghs_{run(rng, DIGITS, 7)}_" + jwt(rng, {"alg": "RS256", "typ": "JWT"}, payload, 256)


def _gitlab_routable(rng: Random) -> str:
    routing = f"c:1\no:{run(rng, DIGITS, 2)}\nu:{run(rng, DIGITS, 4)}".encode()
    payload = b64url(routing + rng.randbytes(16) + b"\x10")
    signed = f"glpat-{payload}.{checksums.in_base(len(payload), checksums.BASE36, 2)}"
    return signed + checksums.crc_base36(signed)


def _gitlab_versioned(rng: Random) -> str:
    routing = f"c:1\no:{run(rng, DIGITS, 2)}\nu:{run(rng, DIGITS, 4)}".encode()
    payload = b64url(routing + rng.randbytes(16) + b"\x10")
    signed = f"glpat-{payload}.01.{checksums.in_base(len(payload), checksums.BASE36, 2)}"
    return signed + checksums.crc_base36(signed)


def _grafana(rng: Random) -> str:
    signed = "glsa_" + run(rng, ALNUM, 32)
    return f"{signed}_{checksums.crc_hex_reversed(signed)}"


def _atlassian(rng: Random) -> str:
    """The checksum covers all before it, the equals sign too (CredSweeper's check of it)."""
    signed = "ATATT3xFfGF0" + run(rng, B64URL, 171) + "="
    return signed + checksums.crc_hex(signed).upper()


def _jfrog(rng: Random) -> str:
    return base64.b64encode(f"reftkn:01:{run(rng, '123456789', 10)}:{run(rng, ALNUM, 27)}".encode()).decode()


def _pypi(rng: Random) -> str:
    """A macaroon: version, the index as its location, an identifier, one restriction and a signature."""
    identifier, restriction = uuid4(rng).encode(), f'[3,"{uuid4(rng)}"]'.encode()
    plain = b"\x02\x01\x08pypi.org" + _field(identifier) + b"\0" + _field(restriction) + b"\0\0"
    return "pypi-" + b64url(plain + b"\x06\x20" + rng.randbytes(32))


def _field(text: bytes) -> bytes:
    return b"\x02" + bytes([len(text)]) + text


def _slack_webhook(rng: Random) -> Key:
    path = f"T{run(rng, UPPER_ALNUM, 10)}/B{run(rng, UPPER_ALNUM, 10)}/{run(rng, ALNUM, 24)}"
    secret = "hooks.slack.com/services/" + path
    return Key(secret, "https://" + secret)


def _discord_webhook(rng: Random) -> Key:
    secret = f"discord.com/api/webhooks/1{run(rng, DIGITS, 18)}/{run(rng, B64URL, 68)}"
    return Key(secret, "https://" + secret)


def _discord_bot(rng: Random) -> str:
    user = f"1{run(rng, DIGITS, 18)}".encode()
    return f"{b64url(user)}.G{run(rng, B64URL, 5)}.{run(rng, B64URL, 38)}"


def _database(scheme: str, host: str) -> Callable[[Random], Key]:
    """Return what makes addresses of databases, whose secret is the password."""

    def make(rng: Random) -> Key:
        password = run(rng, LETTERS, 8) + run(rng, DIGITS, 2) + run(rng, ALNUM, 10)
        return Key(password, f"{scheme}://app:{password}@{host}/orders")

    return make


def _jwt(rng: Random) -> str:
    payload = {"sub": uuid4(rng), "role": "service_role", "iat": NEVER - 86400, "exp": NEVER}
    return jwt(rng, {"alg": "HS256", "typ": "JWT"}, payload, 32)


def _docker_config(key: str, _: Random) -> str:
    login = base64.b64encode(f"acme:{key}".encode()).decode()
    return '{"auths": {"https://index.docker.io/v1/": {"auth": "' + login + '"}}}\n'


_GH = "https://api.github.com/user"
_GL = "https://gitlab.com/api/v4/user"

GENERAL = (
    Kind("github-classic", "github", _with_crc("ghp_"), ("GITHUB_TOKEN", "GH_TOKEN"), field="token", url=_GH),
    Kind("github-oauth", "github", _with_crc("gho_"), ("GITHUB_TOKEN", "GH_TOKEN"), field="token", url=_GH,
         own=Own(".config/gh/hosts.yml", lambda key, _: f"github.com:\n    user: ada\n    oauth_token: {key}\n")),
    Kind("github-user-to-server", "github", _with_crc("ghu_"), ("COPILOT_TOKEN", "GITHUB_TOKEN"), field="token",
         url=_GH, own=Own(".config/github-copilot/apps.json",
                          lambda key, _: '{"github.com:Iv1": {"user": "ada", "oauth_token": "' + key + '"}}')),
    Kind("github-app-old", "github", _with_crc("ghs_"), ("GITHUB_TOKEN",), field="token", url=_GH),
    Kind("github-app", "github", _github_app, ("GITHUB_TOKEN",), field="token", url=_GH),
    Kind("github-fine-grained", "github", shape("github_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
         ("GITHUB_TOKEN", "GITHUB_PAT"), field="token", url=_GH),
    Kind("gitlab", "gitlab", shape("glpat-", (B64URL, 20)), ("GITLAB_TOKEN",), field="token", url=_GL,
         header="PRIVATE-TOKEN: ",
         own=Own(".config/glab-cli/config.yml", lambda key, _: f"hosts:\n  gitlab.com:\n    token: {key}\n")),
    Kind("gitlab-routable", "gitlab", _gitlab_routable, ("GITLAB_TOKEN",), field="token", url=_GL,
         header="PRIVATE-TOKEN: "),
    Kind("gitlab-versioned", "gitlab", _gitlab_versioned, ("GITLAB_TOKEN",), field="token", url=_GL,
         header="PRIVATE-TOKEN: "),
    Kind("gitlab-deploy", "gitlab", shape("gldt-", (B64URL, 20)), ("GITLAB_DEPLOY_TOKEN",), field="token", url=_GL),
    Kind("gitlab-runner", "gitlab", shape("glrt-", (B64URL, 20)), ("GITLAB_RUNNER_TOKEN",), field="token", url=_GL),
    Kind("aws-access-key-id", "aws", shape("AKIA", (BASE32, 16)), ("AWS_ACCESS_KEY_ID",), field="access_key_id",
         url="https://sts.amazonaws.com/?Action=GetCallerIdentity"),
    Kind("slack-bot", "slack", shape("xoxb-", (DIGITS, 12), "-", (DIGITS, 13), "-", (ALNUM, 24)),
         ("SLACK_BOT_TOKEN", "SLACK_TOKEN"), field="token", url="https://slack.com/api/auth.test"),
    Kind("slack-user", "slack", grouped("xoxp", *3 * ((DIGITS, 12),), (HEX, 32)), ("SLACK_USER_TOKEN",),
         field="token", url="https://slack.com/api/auth.test"),
    Kind("slack-app", "slack", shape("xapp-1-A", (UPPER_ALNUM, 10), "-", (DIGITS, 13), "-", (HEX, 64)),
         ("SLACK_APP_TOKEN",), field="token", url="https://slack.com/api/apps.connections.open"),
    Kind("slack-webhook", "slack", _slack_webhook, ("SLACK_WEBHOOK_URL",), field="webhook_url"),
    Kind("stripe-secret", "stripe", shape("sk_" + "live_", (ALNUM, 99)), ("STRIPE_SECRET_KEY", "STRIPE_API_KEY"),
         field="secret_key", url="https://api.stripe.com/v1/balance"),
    Kind("stripe-restricted", "stripe", shape("rk_" + "live_", (ALNUM, 24)), ("STRIPE_API_KEY",),
         url="https://api.stripe.com/v1/balance",
         own=Own(".config/stripe/config.toml", lambda key, _: f"[default]\nlive_mode_api_key = '{key}'\n")),
    Kind("stripe-webhook-secret", "stripe", shape("whsec_", (ALNUM, 32)), ("STRIPE_WEBHOOK_SECRET",),
         field="webhook_secret", tail=B64),
    Kind("npm", "npm", _with_crc("npm_"), ("NPM_TOKEN",), field="token", url="https://registry.npmjs.org/-/whoami",
         own=Own(".npmrc", lambda key, _: f"//registry.npmjs.org/:_authToken={key}\n")),
    Kind("pypi", "pypi", _pypi, ("PYPI_TOKEN", "TWINE_PASSWORD"), field="token", url="https://upload.pypi.org/legacy/",
         own=Own(".pypirc", lambda key, _: f"[pypi]\nusername = __token__\npassword = {key}\n")),
    Kind("sendgrid", "sendgrid", shape("SG.", (B64URL, 22), ".", (B64URL, 43)), ("SENDGRID_API_KEY",),
         url="https://api.sendgrid.com/v3/scopes"),
    Kind("telegram-bot", "telegram", shape((DIGITS[1:], 10), ":AA", (B64URL, 33)),
         ("TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN"), field="bot_token", head=DIGITS, url="https://api.telegram.org/getMe"),
    Kind("discord-bot", "discord", _discord_bot, ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"), field="bot_token", head=B64URL,
         url="https://discord.com/api/v10/users/@me", header="Authorization: Bot "),
    Kind("discord-webhook", "discord", _discord_webhook, ("DISCORD_WEBHOOK_URL",), field="webhook_url"),
    Kind("grafana", "grafana", _grafana, ("GRAFANA_TOKEN", "GRAFANA_SERVICE_ACCOUNT_TOKEN"), field="token",
         url="https://acme.grafana.net/api/org"),
    Kind("atlassian", "atlassian", _atlassian, ("ATLASSIAN_API_TOKEN", "JIRA_API_TOKEN"), field="api_token",
         url="https://acme.atlassian.net/rest/api/3/myself"),
    Kind("jfrog-reference", "jfrog", _jfrog, ("JFROG_ACCESS_TOKEN", "ARTIFACTORY_TOKEN"), field="access_token",
         tail=B64, url="https://acme.jfrog.io/artifactory/api/system/ping"),
    Kind("resend", "resend", shape("re_", (BASE58, 8), "_", (BASE58, 24)), ("RESEND_API_KEY",),
         url="https://api.resend.com/domains"),
    Kind("docker", "docker", shape("dckr_pat_", (B64URL, 27)), ("DOCKER_TOKEN", "DOCKERHUB_TOKEN"), field="token",
         url="https://hub.docker.com/v2/users/login", own=Own(".docker/config.json", _docker_config)),
    Kind("linear", "linear", shape("lin_api_", (ALNUM, 40)), ("LINEAR_API_KEY",), url="https://api.linear.app/graphql"),
    Kind("notion", "notion", shape("ntn_", (DIGITS, 11), (ALNUM, 35)), ("NOTION_TOKEN", "NOTION_API_KEY"),
         field="token", url="https://api.notion.com/v1/users/me"),
    Kind("google-oauth-secret", "google", shape("GOCSPX-", (B64URL, 28)), ("GOOGLE_CLIENT_SECRET",),
         field="client_secret", url="https://oauth2.googleapis.com/token"),
    Kind("jwt", "jwt", _jwt, ("SUPABASE_SERVICE_ROLE_KEY", "SERVICE_TOKEN"), service="supabase",
         field="service_role_key", url="https://abcdwxyz.supabase.co/rest/v1/"),
    Kind("database-url-postgres", "database", _database("postgresql", "db.acme.internal:5432"),
         ("DATABASE_URL", "POSTGRES_URL"), service="database", field="url", by_place=True),
    Kind("database-url-mongodb", "database", _database("mongodb+srv", "cluster0.ab1cd.mongodb.net"),
         ("MONGODB_URI", "MONGO_URL"), service="database", field="url", by_place=True),
)  # fmt: skip
