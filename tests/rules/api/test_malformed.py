"""What the reader of the API's tables refuses, and what it says about it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.errors import RuleError
from keyguard.rules.api.request import read_request
from keyguard.rules.fields import Fields
from keyguard.rules.loader import load_file
from tests.rules.api.sample import COMMAND, CREATE, REVOKE, SOUND, VERIFY, of_rule
from tests.rules.sample import GUIDE, HEAD, RULE, written

URL = "https://api.acme.example/v1/{account}/whoami?limit=1"
LIVE = '{ status = 402, means = "live-no-credit" }'
GONE = '{ status = 401, is = { error.code = "gone" }, means = "revoked" }'

BROKEN = [
    # a piece of the sound file, what stands in its place, what the message names
    ("[verify]\n", "[verify]\nurl = 1\n", ["verify", "url", "unknown field", "known here"]),
    ('sureness = "likely"', 'sureness = "maybe"', ["verify", "sureness", "sure, likely, guess"]),
    ('sureness = "likely"\n', "", ["verify", "sureness", "missing"]),
    ('source = "https://acme.example/docs/whoami"', "", ["verify", "source", "missing"]),
    ("https://acme.example/docs/whoami", "http://acme.example", ["verify", "source", "https"]),
    # where a key goes
    ("POST https://api", "POST http://api", ["verify", "request", "https address"]),
    (f"POST {URL}", URL, ["verify", "request", "GET https://", "methods here: GET, POST"]),
    ("POST https", "DELETE https", ["verify", "request", "no method"]),
    ("POST https", "post https", ["verify", "request", "no method"]),
    ("api.acme.example/v1/{account}", "{account}.acme.example/v1", ["verify", "request", "literal host"]),
    ("api.acme.example/v1", "api.acme.example:8443/v1", ["verify", "request", "literal host"]),
    ("api.acme.example/v1", "a@api.acme.example/v1", ["verify", "request", "literal host"]),
    ("api.acme.example/v1", "169.254.169.254/v1", ["verify", "request", "literal host"]),
    ("api.acme.example/v1", "localhost/v1", ["verify", "request", "literal host"]),
    ("api.acme.example/v1", "api.acme.example\\\\@evil.example/v1", ["verify", "request", "literal host"]),
    ("whoami?limit=1", "whoami?key={secret}", ["verify", "request", "query"]),
    ("whoami?limit=1", "whoami#{secret}", ["verify", "request", "fragment"]),
    ("whoami?limit=1", "who ami", ["verify", "request", "https address"]),
    ("whoami?limit=1", "who\\nami", ["verify", "request", "https address"]),
    ("{account}/whoami", "{acount}/whoami", ["verify", "request", "unknown placeholder", "did you mean account?"]),
    ("{account}/whoami", "{Account}/whoami", ["verify", "request", "brace"]),
    ("{account}/whoami", "{account/whoami", ["verify", "request", "brace"]),
    ('also = ["eu.acme.example"]', 'also = ["{account}.acme.example"]', ["verify", "also", "literal host"]),
    ('also = ["eu.acme.example"]', 'also = ["https://eu.acme.example"]', ["verify", "also", "literal host"]),
    ('X-Key = "{secret}"', 'X-Key = "{secrets}"', ["verify", "headers", "did you mean secret?"]),
    ('X-Key = "{secret}"', 'X-Key = "{secret}\\r\\nX: y"', ["headers", "X-Key", "printable ASCII"]),
    ('X-Key = "{secret}"', '"X Key" = "{secret}"', ["headers", "X Key", "printable ASCII"]),
    ('X-Key = "{secret}"', 'X-Key = "{secret}", Host = "evil.example"', ["headers", "Host", "leave it out"]),
    ('X-Key = "{secret}"', 'X-Key = "{secret}", cookie = "a=b"', ["headers", "cookie", "leave it out"]),
    ('X-Key = "{secret}"', "X-Key = 3", ["headers", "X-Key", "a text"]),
    ('{ X-Key = "{secret}", Acme-Version = "2" }', '"{secret}"', ["headers", "a table"]),
    (VERIFY, VERIFY.replace("{secret}", "x").replace("part", "#"), ["verify", "request", "does not send the key"]),
    ('X-Key = "{secret}"', 'X-Key = "{secret}{admin-key}"', ["verify", "request", "needs {admin-key}"]),
    # what is sent, and that it changes nothing
    ("read-only = true\n", "", ["verify", "read-only", "POST"]),
    ("read-only = true", "read-only = false", ["verify", "read-only", "POST"]),
    ("POST https", "GET https", ["verify", "body", "GET"]),
    ("query = ", "when = 2026-11-23, query = ", ["verify", "body", "cannot be sent"]),
    ("count = 3", "count = 2026-11-23", ["verify", "body", "cannot be sent"]),
    ("query { me { id } }", "query {me{id}}", ["verify", "body", "unknown placeholder"]),
    ("body = {", "form = { a = 'b' }\nbody = {", ["verify", "one body too many"]),
    ('why = "leaked {key-id}"', "why = 3", ["revoke", "form", "cannot be sent"]),
    ('basic = "admin:{admin-key}"', 'basic = "{admin-key}"', ["revoke", "basic", "user and password"]),
    ("basic = ", "headers = { authorization = 'x' }\nbasic = ", ["revoke", "basic", "leave out one"]),
    ("part = 'acme_", "part = '(acme_", ["verify", "part", "group open"]),
    ("{20,40}'\nanswers", "+'\nanswers", ["verify", "part", "bound"]),
    ("form = {", "part = 'a'\nform = {", ["revoke", "part", "without {secret}"]),
    # what an answer can mean
    (VERIFY[VERIFY.index("[\n") : VERIFY.index("]\nsureness")], "{ status = 200 }#", ["verify", "answers", "a list"]),
    ('means = "live" }', 'means = "alive" }', ["answers 1", "means", "live-no-credit, revoked"]),
    (LIVE, '{ status = 402, is = 3, means = "live" }', ["answers 4", "is", "a table"]),
    (LIVE, '{ status = 402, is = { a = 1.5 }, means = "live" }', ["answers 4", "is", "a has to be", "whole number"]),
    (LIVE, '{ status = 402, is = { a = [] }, means = "live" }', ["answers 4", "is", "a has to be"]),
    (LIVE, '{ status = 402, holds = { a.b = 1 }, means = "live" }', ["answers 4", "holds", "a.b has to be", "text"]),
    (LIVE, '{ status = 402, has = "a", means = "live" }', ["answers 4", "has", "a list"]),
    (LIVE, '{ status = 402, code = "a", means = "live" }', ["answers 4", "code", "unknown field"]),
    (LIVE, '{ means = "live" }', ["answers 4", "status", "from 200 to 299"]),
    (LIVE, '{ status = 503, means = "unknown" }', ["answers 4", "status", "5xx"]),
    (LIVE, '{ status = 302, means = "live" }', ["answers 4", "status", "redirects"]),
    (LIVE, '{ status = true, means = "live" }', ["answers 4", "status"]),
    (LIVE, '{ status = [], means = "live" }', ["answers 4", "status"]),
    (LIVE, '{ status = ["200"], means = "live" }', ["answers 4", "status"]),
    (GONE, GONE.replace("401", "403"), ["answers 3", "means", "403 and 429 never prove"]),
    (GONE, GONE.replace("401", "[401, 429]"), ["answers 3", "means", "403 and 429 never prove"]),
    (GONE, '{ status = 403, means = "revoked" }', ["answers 3", "means", "403 and 429 never prove"]),
    (GONE, '{ status = 429, means = "revoked" }', ["answers 3", "means", "403 and 429 never prove"]),
    (GONE, '{ status = 404, means = "revoked" }', ["answers 3", "means", "only a 401"]),
    (LIVE, '{ status = 400, means = "live" }', ["answers 4", "means", "more than its status"]),
    (GONE, '{ status = [400, 401], means = "revoked" }', ["answers 3", "means", "only a 401"]),
    (GONE, '{ status = 200, means = "revoked" }', ["answers 3", "means", "only a 401"]),
    (GONE, '{ status = 429, means = "live" }', ["answers 3", "means", "prove life"]),
    (GONE, '{ status = [200, 403], means = "live-restricted" }', ["answers 3", "means", "prove life"]),
    (GONE, '{ status = 401, means = "live" }', ["answers 3", "means", "prove life"]),
    (GONE, '{ status = 401, means = "revoked" }', ["answers", "number 5 is never reached"]),
    (LIVE, '{ status = 401, means = "revoked" }', ["answers", "number 5 is never reached"]),
    (VERIFY[VERIFY.index("  { status = 200") : VERIFY.index("  { status = 401, means")], "", ["answers", "means live"]),
    # never
    (VERIFY, '[verify]\nnone = "lazy"\n', ["verify", "none", "single-use", "undocumented"]),
    (VERIFY, "[verify]\nnone = true\n", ["verify", "none", "a text"]),
    (VERIFY, '[verify]\nnone = "host"\nsource = "https://a.example"\n', ["verify", "source", "unknown field"]),
    (VERIFY, '[verify]\nnone = "pair"\ncommand = "acme whoami {secret}"\n', ["verify", "command", "remembered"]),
    (VERIFY, '[verify]\nnone = "pair"\ncommand = "acme\\nwhoami"\n', ["verify", "command", "line break"]),
    (VERIFY, "verify = false\n", ["verify", "a table"]),
    (REVOKE, "[revoke]\nnone = false\n", ["revoke", "none", "write none = true"]),
    (REVOKE, '[revoke]\nnone = true\nby = "login"\n', ["revoke", "by", "unknown field"]),
    (CREATE, '[create]\nnone = "no"\n', ["create", "none", "true or false"]),
    # calls that change something
    ('by = "admin-key"\n', "", ["revoke", "by", "missing"]),
    ('by = "admin-key"', 'by = "owner"', ["revoke", "by", "anyone, the-key, admin-key, login"]),
    ('by = "admin-key"', 'by = "anyone"', ["revoke", "request", "does not hold {secret}"]),
    ('by = "admin-key"', 'by = "login"', ["revoke", "request", "does not hold {access-token}"]),
    ("admin:{admin-key}", "{access-token}:{admin-key}", ["revoke", "request", "holds {access-token}"]),
    ("DELETE https", "GET https", ["revoke", "request", "no method", "POST, DELETE, PATCH, PUT"]),
    ("PUT https", "DELETE https", ["create", "request", "no method", "POST, PUT"]),
    ("irreversible = false\n", "", ["revoke", "irreversible", "missing"]),
    ("irreversible = false", 'irreversible = "no"', ["revoke", "irreversible", "true or false"]),
    ("irreversible = false", "irreversible = false\nends-old = true", ["revoke", "ends-old", "unknown field"]),
    ("success = { status = [200, 204], is = { deleted = true } }\n", "", ["revoke", "success", "missing"]),
    ("is = { deleted = true }", 'means = "live"', ["revoke", "success", "means", "unknown field"]),
    ("GET https://api.acme.example/v1/keys?limit=9", "GET http://a.example", ["revoke", "find", "request", "https"]),
    ("GET https://api.acme.example/v1/keys?limit=9", "DELETE https://a.example", ["revoke", "find", "no method"]),
    ('secret-at = "key.value"\n', "", ["create", "secret-at", "request"]),
    ("ends-old = true", "ends-old = 1", ["create", "ends-old", "true or false"]),
    (REVOKE, COMMAND.replace("{key-id}", "{secret}"), ["revoke", "command", "remembered"]),
    (REVOKE, COMMAND.replace("{key-id}", "{key}"), ["revoke", "command", "unknown placeholder"]),
    (REVOKE, COMMAND.replace('"login"', '"admin-key"'), ["revoke", "by", "login"]),
    (REVOKE, COMMAND + "success = { status = 200 }\n", ["revoke", "success", "unknown field"]),
    (REVOKE, COMMAND + 'request = "POST https://a.example"\n', ["revoke", "request", "unknown field"]),
    (CREATE, COMMAND.replace("irreversible = true", 'secret-at = "a"').replace("[revoke]", "[create]"),
     ["create", "secret-at", "has to go with a request"]),
]  # fmt: skip


@pytest.mark.parametrize(("piece", "instead", "named"), BROKEN, ids=lambda value: str(value)[:50])
def test_a_malformed_table_is_refused_and_the_message_says_where(
    tmp_path: Path, piece: str, instead: str, named: list[str]
):
    assert piece in SOUND
    file = written(tmp_path, SOUND.replace(piece, instead, 1))
    with pytest.raises(RuleError) as refusal:
        load_file(file)
    said = f"{refusal.value.message} {refusal.value.hint}"
    assert said.startswith("acme.toml: ")
    for word in named:
        assert word in said


def test_a_status_proves_nothing_where_keys_are_self_hosted(tmp_path: Path):
    plain = SOUND.replace('{ status = 401, means = "unknown" }', '{ status = 401, means = "revoked" }')
    load_file(written(tmp_path, plain))
    with pytest.raises(RuleError, match=r"verify: answers: .*self-hosted"):
        load_file(written(tmp_path, plain.replace("[verify]\n", "[verify]\nself-hosted = true\n")))


def test_a_message_about_a_rules_own_table_names_the_rule(tmp_path: Path):
    own = of_rule(VERIFY.replace("POST https", "POST http"))
    with pytest.raises(RuleError, match=r"^acme\.toml: rule acme-key: verify: request: "):
        load_file(written(tmp_path, HEAD + RULE + own + GUIDE))


def test_a_message_does_not_repeat_what_stands_in_the_file(tmp_path: Path):
    for piece in ("https://api.acme.example", "{account}", "{secret}"):
        with pytest.raises(RuleError) as refusal:
            load_file(written(tmp_path, SOUND.replace(piece, "hunter2 {hunter3}", 1)))
        assert "hunter" not in f"{refusal.value.message} {refusal.value.hint}"


@given(
    st.sampled_from(["api.acme.example", "api.acme.example/", ""]),
    st.lists(st.sampled_from(["api.acme.example", "evil.example", *"/\\@:?#%.&=-{} \t\n", "{secret}", "密", "443"])),
    st.text("aZ0-_/@:?#.\\%", min_size=1),
)
def test_whatever_is_accepted_goes_to_the_host_that_was_read_whatever_the_key_is(
    host: str, pieces: list[str], secret: str
):
    try:
        request = read_request(Fields({"request": f"GET https://{host}{''.join(pieces)}"}, "acme.toml"), ("GET",))
    except RuleError:
        return
    address = urlsplit(request.url.replace("{secret}", secret))
    assert (address.scheme, address.netloc, address.hostname) == ("https", request.host, request.host)
