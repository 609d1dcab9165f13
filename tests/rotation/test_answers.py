"""Whatever a provider answers about keys is understood, or ends in words; nothing else comes of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyguard.model import Secret
from keyguard.rotation.issuers import tables
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.listings import LISTINGS
from keyguard.rotation.issuers.openai import sdk
from keyguard.rotation.issuers.openai.project import ProjectKeys
from keyguard.rotation.issuers.tables import TableKeys
from keyguard.rotation.journal import Attempt
from keyguard.rotation.values import Held, Way, Wish
from keyguard.rules import loader
from keyguard.verification.client import Reply
from tests.support import anything, keys

OWN, OLD = Secret(keys.admin_key(random.Random(3))), Secret(keys.service_account_key(random.Random(1)))
FEW = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
SHOWN = f"{OLD.reveal()[:12]}...{OLD.reveal()[-4:]}"
DEEP = b"[" * 9000
BODIES = st.binary(max_size=9) | st.just(DEEP)
STATUSES = st.sampled_from([200, 200, 200, 201, 401, 404])


def issuer(rule: str) -> TableKeys:
    catalogue = loader.load()
    provider = catalogue.by_id[rule].provider
    api = catalogue.provider_by_id[provider].apis[rule]
    given = dict.fromkeys(("team", "account", "project", "user"), "x")
    return TableKeys(provider, api, "https://a.example", lambda _, url: url, LISTINGS[rule], OWN, OLD, given)


def ended(ask: Callable[[], Any]) -> Any:
    """Return what comes of it, None where it ends in words; these hold no key."""
    try:
        return ask()
    except IssuerError as error:
        said = f"{error!r}{error.message}{error.hint}"
    return None if OWN.reveal() not in said and OLD.reveal() not in said else pytest.fail("a key is told")


@pytest.mark.parametrize("rule", LISTINGS)
@given(data=st.data(), status=STATUSES)
@FEW
def test_any_list_of_keys(monkeypatch: pytest.MonkeyPatch, rule: str, data: st.DataObject, status: int):
    listing = LISTINGS[rule]
    words = [SHOWN, "key_1", "n", "2026-01-02T03:04:05Z", "true"]
    fields = ["name", listing.shown, listing.created, listing.place, listing.off[0]]
    identity = st.sampled_from(["key_1", "key_1", "", None]) | anything.values(words)
    item = st.fixed_dictionaries({listing.id: identity}, optional={name: anything.values(words) for name in fields})
    items = st.lists(item, max_size=3) | anything.values()
    document = st.fixed_dictionaries(
        {listing.items: items}, optional={"has_more": st.booleans(), "last_id": st.just("x")}
    )
    body = data.draw(document.map(anything.spelled) | anything.tables([listing.items]).map(anything.spelled) | BODIES)
    monkeypatch.setattr(tables, "send", lambda *_: Reply(status, "application/json", None, body))
    monkeypatch.setattr("time.sleep", lambda _: None)
    known = issuer(rule)
    held = Held("key_1", name="n")
    for found in (ended(lambda: known.find(OLD)), ended(lambda: known.made(held, Attempt("n")))):
        assert found is None or all(isinstance(each, Held) and each.id for each in found)
    assert ended(lambda: known.has(held)) in (None, True, False)
    minted = ended(lambda: known.mint(held, Wish(Way.SAME_OWNER, "n")))
    assert minted is None or minted.secret.reveal()
    assert ended(lambda: known.delete(held)) is None


@pytest.mark.parametrize("rule", LISTINGS)
@pytest.mark.parametrize("identity", [{}, {"id": None}, {"hash": "", "apiKeyId": ""}])
def test_a_key_without_an_id_could_be_any(monkeypatch: pytest.MonkeyPatch, rule: str, identity: dict[str, Any]):
    body = anything.spelled({LISTINGS[rule].items: [{**identity, "name": "n"}]})
    monkeypatch.setattr(tables, "send", lambda *_: Reply(200, "application/json", None, body))
    with pytest.raises(IssuerError, match="not understood"):
        issuer(rule).made(Held("key_1"), Attempt("n"))


PROJECT = {"id": "proj_app", "name": "App", "object": "organization.project"}
FIELDS = ["id", "name", "redacted_value", "created_at", "last_used_at", "owner", "type", "api_key.created", "data"]


@given(
    status=STATUSES,
    items=st.lists(anything.tables(FIELDS, [SHOWN, "proj_app", "key_0001", "api_key.created", "user"]), max_size=2)
    | anything.values(FIELDS),
    body=st.none() | BODIES,
)
@FEW
@example(200, [{**PROJECT, "redacted_value": SHOWN, "owner": {"type": "user", "user": {"id": "u"}}}], None)
@example(200, [], DEEP)
def test_any_answer_of_openai(monkeypatch: pytest.MonkeyPatch, status: int, items: Any, body: bytes | None):
    spelled = anything.spelled({"object": "list", "data": items, "has_more": False})
    monkeypatch.setattr(
        sdk, "send", lambda *_: Reply(status, "application/json", None, spelled if body is None else body)
    )
    monkeypatch.setattr("time.sleep", lambda _: None)
    known = ProjectKeys(sdk.connected(OWN, lambda _, url: url))
    held = Held("key_0001", place="proj_app", account="svc_ci")
    found = ended(lambda: known.find(OLD))
    assert found is None or all(isinstance(each, Held) for each in found)
    scopes = ended(lambda: known.scopes(held))
    assert scopes is None or all(isinstance(each, str) for each in scopes)
    ended(lambda: known.has(held))
    ended(lambda: known.spent(held, 0))
    ended(lambda: known.delete(held))
    minted = ended(lambda: known.mint(held, Wish(Way.SAME_OWNER, "n")))
    assert minted is None or minted.secret.reveal()
