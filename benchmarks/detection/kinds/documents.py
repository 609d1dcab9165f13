"""Private keys: text of several lines, which tools report with or without its frame and its escapes."""

from __future__ import annotations

import json
from random import Random

from benchmarks.detection.model import Key, Kind, Own
from benchmarks.detection.shapes import DIGITS, HEX, ed25519_der, pem, rsa_der, rsa_pkcs8_der, run


def _ed25519(rng: Random) -> Key:
    return _block(pem("PRIVATE KEY", ed25519_der(rng)))


def _rsa(rng: Random) -> Key:
    return _block(pem("RSA PRIVATE KEY", rsa_der(rng)))


def _service_account(rng: Random) -> Key:
    return _block(pem("PRIVATE KEY", rsa_pkcs8_der(rng)))


def _block(text: str) -> Key:
    """What a tool has to report of a block is its second line: it lies in whatever part it calls the secret."""
    lines = text.split("\n")
    return Key(lines[min(2, len(lines) - 2)], text)


def _account_file(key: str, rng: Random) -> str:
    account = {
        "type": "service_account",
        "project_id": "acme-prod",
        "private_key_id": run(rng, HEX, 40),
        "private_key": key + "\n",
        "client_email": "deploy@acme-prod.iam.gserviceaccount.com",
        "client_id": run(rng, DIGITS, 21),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(account, indent=2)


DOCUMENTS = (
    Kind("pem-ed25519", "pem", _ed25519, ("SSH_PRIVATE_KEY", "JWT_PRIVATE_KEY"), service="jwt", field="private_key",
         block=True, by_place=True, own=Own(".ssh/id_ed25519", lambda key, _: key + "\n")),
    Kind("pem-rsa", "pem", _rsa, ("TLS_PRIVATE_KEY", "DEPLOY_KEY"), service="tls", field="private_key",
         block=True, by_place=True, own=Own(".ssh/id_rsa", lambda key, _: key + "\n")),
    Kind("google-service-account", "google", _service_account, ("GOOGLE_PRIVATE_KEY",), service="google",
         field="private_key", block=True, by_place=True, needs_name=True,
         own=Own("service-account.json", _account_file)),
)  # fmt: skip
