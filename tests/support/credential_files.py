"""The files in which tools keep their credentials, built at run time with made-up values.

Each builder returns what stands in the file and the secrets in it, as the report has them. Layouts are those that the
tools write; what is random is made here, so that no file of the project holds a credential.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.support import credentials, keys

FAR = 4_102_444_800
"""Seconds at which the tokens here expire: 2100-01-01."""


@dataclass(frozen=True, slots=True)
class CredentialFile:
    """A file by its usual path, its text, and the secrets that have to be found in it."""

    path: str
    text: str
    secrets: tuple[str, ...]


def password(rng: Random, length: int = 18) -> str:
    """Return a random password of letters and digits, of both kinds at least one."""
    return keys.text(rng, keys.ALNUM, length - 2) + "q7"


def encoded(text: str) -> str:
    """Return text in base64."""
    return base64.b64encode(text.encode()).decode()


def token(rng: Random, payload: dict[str, Any]) -> str:
    """Return a JSON Web Token."""
    parts = [json.dumps(each).encode() for each in ({"alg": "RS256", "typ": "JWT"}, payload)] + [rng.randbytes(256)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def aws(rng: Random) -> CredentialFile:
    """Return the credentials of the AWS tools, with two profiles."""
    pairs = [(credentials.aws_key_id(rng), credentials.aws_secret(rng)) for _ in range(2)]
    text = "".join(
        f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n\n"
        for name, (key, secret) in zip(("default", "old"), pairs, strict=True)
    )
    return CredentialFile(".aws/credentials", text, tuple(each for pair in pairs for each in pair))


def netrc(rng: Random) -> CredentialFile:
    """Return logins of curl, git and wandb, over several lines and in one."""
    first, second, wandb = password(rng), password(rng, 24), keys.text(rng, keys.HEX, 40)
    text = (
        f"machine git.acme.io\n  login ada\n  password {first}\n\n"
        f"machine api.wandb.ai login user password {wandb}\nmachine nexus.acme.io login bob password {second}\n"
    )
    return CredentialFile(".netrc", text, (first, second, wandb))


def npmrc(rng: Random) -> CredentialFile:
    """Return the logins of npm at four registries, one of each kind."""
    npm, other = credentials.base62_token(rng, "npm_"), f"NpmToken.{keys.text(rng, keys.HEX, 36)}"
    login, alone = encoded(f"ada:{password(rng)}"), encoded(password(rng))
    text = (
        f"registry=https://npm.acme.io/\n//registry.npmjs.org/:_authToken={npm}\n//npm.acme.io/:_authToken={other}\n"
        f"//nexus.acme.io/repository/npm/:_auth={login}\n//old.acme.io/:username=ada\n//old.acme.io/:_password={alone}\n"
    )
    return CredentialFile(".npmrc", text, (npm, other, login, alone))


def pypirc(rng: Random) -> CredentialFile:
    """Return the logins of twine at PyPI and at an index of one's own."""
    pypi, own = credentials.pypi_token(rng), password(rng)
    text = (
        f"[distutils]\nindex-servers =\n  pypi\n  acme\n\n[pypi]\nusername = __token__\npassword = {pypi}\n\n"
        f"[acme]\nrepository = https://pypi.acme.io/\nusername = ada\npassword = {own}\n"
    )
    return CredentialFile(".pypirc", text, (pypi, own))


def docker(rng: Random) -> CredentialFile:
    """Return the logins of Docker, as password and as token."""
    login, identity = encoded(f"ada:{password(rng, 24)}"), keys.text(rng, keys.B64URL, 60) + "4"
    auths = {"https://index.docker.io/v1/": {"auth": login}, "ghcr.io": {"identitytoken": identity}}
    return CredentialFile(".docker/config.json", json.dumps({"auths": auths}, indent=2), (login, identity))


def git(rng: Random) -> CredentialFile:
    """Return what git's credential store keeps."""
    own, github = password(rng), credentials.base62_token(rng)
    text = f"https://ada:{own}@git.acme.io\nhttps://ada:{github}@github.com\n"
    return CredentialFile(".git-credentials", text, (own, github))


def databricks(rng: Random) -> CredentialFile:
    """Return the profiles of the Databricks tools."""
    pat, own = "dapi" + keys.text(rng, keys.HEX, 32), password(rng)
    text = (
        f"[DEFAULT]\nhost = https://adb-123.4.azuredatabricks.net\ntoken = {pat}\n\n"
        f"[old]\nhost = https://acme.cloud.databricks.com\nusername = ada\npassword = {own}\n"
    )
    return CredentialFile(".databrickscfg", text, (pat, own))


def modal(rng: Random) -> CredentialFile:
    """Return the token of Modal."""
    secret = "as-aB" + keys.text(rng, keys.ALNUM, 20)
    ident = keys.text(rng, keys.ALNUM, 22)
    text = f'[default]\ntoken_id = "ak-{ident}"\ntoken_secret = "{secret}"\nactive = true\n'
    return CredentialFile(".modal.toml", text, (secret,))


def codex(rng: Random) -> CredentialFile:
    """Return the login of Codex with everything that it may hold."""
    login = {"iss": "https://auth.openai.com", "exp": FAR}
    secrets = {
        "OPENAI_API_KEY": keys.project_key(rng),
        "id_token": token(rng, login),
        "access_token": token(rng, login | {"scp": ["openid"]}),
        "refresh_token": f"rt_aB1{keys.text(rng, keys.B64URL, 40)}.{keys.text(rng, keys.B64URL, 43)}",
        "agent_identity": token(rng, {"agent_private_key": keys.text(rng, keys.ALNUM, 64)}),
        "personal_access_token": "at-aB1" + keys.text(rng, keys.B64URL, 60),
    }
    names = ("id_token", "access_token", "refresh_token")
    tokens = {name: secrets[name] for name in names} | {"account_id": "acc-1"}
    value = {"auth_mode": "chatgpt", **secrets, "tokens": tokens, "last_refresh": "2026-11-01T00:00:00Z"}
    text = json.dumps({name: each for name, each in value.items() if name not in names}, indent=2)
    return CredentialFile(".codex/auth.json", text, tuple(secrets.values()))


def codex_opaque(rng: Random) -> CredentialFile:
    """Return the login of Codex with a refresh token without a shape."""
    access, refresh = (
        token(rng, {"iss": "https://auth.openai.com", "exp": FAR}),
        "aB1" + keys.text(rng, keys.B64URL, 87),
    )
    tokens = {"id_token": access, "access_token": access, "refresh_token": refresh, "account_id": "acc-1"}
    text = json.dumps({"OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": "2026-11-01T00:00:00Z"})
    return CredentialFile(".codex/auth.json", text, (access, refresh))


def claude(rng: Random) -> CredentialFile:
    """Return the login of Claude Code."""
    access, refresh = keys.anthropic_key(rng, "oat01"), keys.anthropic_key(rng, "ort01")
    login = {"accessToken": access, "refreshToken": refresh, "expiresAt": FAR * 1000, "subscriptionType": "max"}
    return CredentialFile(".claude/.credentials.json", json.dumps({"claudeAiOauth": login}), (access, refresh))


def copilot(rng: Random) -> CredentialFile:
    """Return the login of Copilot, in the form of today and the one before."""
    hosts, apps = credentials.base62_token(rng, "gho_"), credentials.base62_token(rng, "ghu_")
    value = {"github.com": {"user": "ada", "oauth_token": hosts}, "github.com:Iv1.b507": {"oauth_token": apps}}
    return CredentialFile(".config/github-copilot/apps.json", json.dumps(value), (hosts, apps))


def huggingface(rng: Random) -> CredentialFile:
    """Return the token of Hugging Face, which is all that the file holds."""
    secret = keys.huggingface_token(rng)
    return CredentialFile(".cache/huggingface/token", secret, (secret,))


def google(rng: Random) -> CredentialFile:
    """Return the default credentials of a person at Google."""
    refresh = "1//0aB1" + keys.text(rng, keys.B64URL, 96)
    client = "1234-abc.apps.googleusercontent.com"
    value = {"account": "", "client_id": client, "refresh_token": refresh, "type": "authorized_user"}
    path = ".config/gcloud/application_default_credentials.json"
    return CredentialFile(path, json.dumps(value, indent=2), (refresh,))


def kubeconfig(rng: Random) -> CredentialFile:
    """Return a kubeconfig with one user of each kind."""
    key, opaque, own = encoded(credentials.rsa_pem(rng)), keys.text(rng, keys.ALNUM, 39) + "4", password(rng)
    account = token(rng, {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:default:ci"})
    users = (
        f"- name: admin\n  user:\n    client-key-data: {key}\n- name: token\n  user:\n    token: {opaque}\n"
        f"- name: ci\n  user:\n    token: {account}\n- name: basic\n  user:\n    username: root\n    password: {own}\n"
    )
    cluster = "clusters:\n- cluster:\n    server: https://10.0.0.1:6443\n  name: a\n"
    text = f"apiVersion: v1\n{cluster}current-context: a\nkind: Config\nusers:\n{users}"
    return CredentialFile(".kube/config", text, (key, opaque, account, own))


def s3cmd(rng: Random) -> CredentialFile:
    """Return the configuration of s3cmd for a storage of one's own; its settings are in the order of the alphabet."""
    secret = credentials.aws_secret(rng)
    between = "".join(f"option_{number} = False\n" for number in range(80))
    text = f"[default]\naccess_key = acme\nhost_base = s3.acme.io\n{between}secret_key = {secret}\nuse_https = True\n"
    return CredentialFile(".s3cfg", text, (secret,))


def rclone(rng: Random) -> CredentialFile:
    """Return remotes of rclone: a drive, a server and a bucket."""
    access, refresh = "ya29.a0" + keys.text(rng, keys.B64URL, 180), "1//0aB1" + keys.text(rng, keys.B64URL, 96)
    other, obscured = "aB1" + keys.text(rng, keys.B64URL, 100), "aB1" + keys.text(rng, keys.B64URL, 30)
    ident, secret = credentials.aws_key_id(rng), credentials.aws_secret(rng)
    drive = json.dumps({"access_token": access, "token_type": "Bearer", "refresh_token": refresh, "expiry": "2026"})
    box = json.dumps({"access_token": other, "token_type": "Bearer", "expiry": "2026"})
    text = (
        f"[drive]\ntype = drive\ntoken = {drive}\n\n[box]\ntype = box\ntoken = {box}\n\n"
        f"[server]\ntype = sftp\nhost = files.acme.io\nuser = ada\npass = {obscured}\n\n"
        f"[bucket]\ntype = s3\nprovider = AWS\naccess_key_id = {ident}\nsecret_access_key = {secret}\n"
    )
    return CredentialFile(".config/rclone/rclone.conf", text, (access, refresh, other, obscured, ident, secret))


def pgpass(rng: Random) -> CredentialFile:
    """Return passwords of PostgreSQL, of one database and of all."""
    one, every = password(rng), password(rng)
    text = f"# host:port:database:user:password\ndb.acme.io:5432:app:app:{one}\n*:*:*:postgres:{every}\n"
    return CredentialFile(".pgpass", text, (one, every))


def terraform(rng: Random) -> CredentialFile:
    """Return a state of Terraform with a database and an access key."""
    own, ident, secret = password(rng), credentials.aws_key_id(rng), credentials.aws_secret(rng)
    attributes = [
        ("aws_db_instance", {"address": "db.acme.io", "password": own, "username": "app"}),
        ("aws_iam_access_key", {"id": ident, "secret": secret, "user": "ci"}),
    ]
    resources = [
        {"mode": "managed", "type": kind, "name": "x", "instances": [{"schema_version": 0, "attributes": each}]}
        for kind, each in attributes
    ]
    text = json.dumps({"version": 4, "terraform_version": "1.9.0", "resources": resources}, indent=2)
    return CredentialFile("terraform.tfstate", text, (own, ident, secret))


def terraform_login(rng: Random) -> CredentialFile:
    """Return the login of Terraform Cloud."""
    secret = f"{keys.text(rng, keys.ALNUM, 14)}.atlasv1.{keys.text(rng, keys.ALNUM, 67)}"
    text = json.dumps({"credentials": {"app.terraform.io": {"token": secret}}})
    return CredentialFile(".terraform.d/credentials.tfrc.json", text, (secret,))


FILES: tuple[Callable[[Random], CredentialFile], ...] = (
    aws, netrc, npmrc, pypirc, docker, git, databricks, modal, codex, codex_opaque, claude, copilot, huggingface,
    google, kubeconfig, s3cmd, rclone, pgpass, terraform, terraform_login,
)  # fmt: skip
"""What makes each file."""
