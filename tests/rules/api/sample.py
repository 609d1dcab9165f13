"""Sound tables of a provider's API, for tests to take a piece from or to break."""

from __future__ import annotations

from tests.rules.sample import GUIDE, HEAD, RULE

VERIFY = """\
[verify]
request = "POST https://api.acme.example/v1/{account}/whoami?limit=1"
read-only = true
also = ["eu.acme.example"]
headers = { X-Key = "{secret}", Acme-Version = "2" }
body = { query = "query { me { id } }", deep = [{ flag = true, count = 3 }] }
part = 'acme_[a-z0-9]{20,40}'
answers = [
  { status = 200, is = { ok = [true, 1], data.0.kind = "key" }, has = ["data.id"], means = "live" },
  { status = [401, 403], holds = { error.message = ["scope", "right"] }, means = "live-restricted" },
  { status = 401, is = { error.code = "gone" }, means = "revoked" },
  { status = 402, means = "live-no-credit" },
  { status = 401, means = "unknown" },
]
sureness = "likely"
source = "https://acme.example/docs/whoami"
"""
REVOKE = """\
[revoke]
by = "admin-key"
find = "GET https://api.acme.example/v1/keys?limit=9"
request = "DELETE https://api.acme.example/v1/keys/{key-id}"
basic = "admin:{admin-key}"
form = { why = "leaked {key-id}" }
success = { status = [200, 204], is = { deleted = true } }
irreversible = false
sureness = "sure"
source = "https://acme.example/docs/delete"
"""
CREATE = """\
[create]
by = "login"
request = "PUT https://api.acme.example/v1/keys"
headers = { Authorization = "Bearer {access-token}" }
body = { name = "{name}" }
success = { status = 201, has = ["key.value"] }
secret-at = "key.value"
ends-old = true
sureness = "guess"
source = "https://acme.example/docs/create"
"""
COMMAND = """\
[revoke]
by = "login"
find = "acme keys list"
command = "acme keys delete {key-id}"
irreversible = true
sureness = "sure"
source = "https://acme.example/docs/cli"
"""
SOUND = HEAD + RULE + VERIFY + REVOKE + CREATE + GUIDE


def of_rule(table: str) -> str:
    """Return a provider's table as one of its rule."""
    return table.replace("[", "[rule.", 1)
