"""What OpenAI's servers may answer instead of what is documented: it ends in words, and nothing is taken for done."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import pytest

from keyguard.model import Secret
from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.openai import usage
from keyguard.rotation.issuers.openai.calls import USAGE
from keyguard.rotation.issuers.openai.project import ProjectKeys
from keyguard.rotation.issuers.openai.sdk import connected
from keyguard.rotation.values import Held, Way, Wish
from tests.support import keys
from tests.support.endpoints import faults, openai
from tests.support.endpoints.organization import Organization
from tests.support.endpoints.server import Fault, StandIn
from tests.support.keyguard_with_endpoints import Placed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
OLD = keys.service_account_key(random.Random(1))
ADMIN = keys.admin_key(random.Random(3))
HELD = Held("key_0001", place="proj_app", account="svc_ci")
KEY = {
    "id": "k", "name": "n", "redacted_value": f"{OLD[:12]}...{OLD[-4:]}", "created_at": 1, "last_used_at": 2,
    "owner": {"type": "user", "user": {"id": "u", "name": "Ada", "email": "ada@example.org"}},
}  # fmt: skip
VALUES: list[Any] = [None, 5, [], {}, [{}], "x", 10**30]
ODD: list[Any] = [
    [], {}, {"data": None}, {"data": 5}, {"data": [5]}, {"data": [None]}, {"data": {"a": 1}}, {"data": [{}]},
]  # fmt: skip


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.0)
    app = Organization({ADMIN: openai.Key.LIVE}, projects={"proj_app": "App"})
    app.add(OLD)
    with StandIn(app) as stand_in:
        yield stand_in


@pytest.fixture
def issuer(server: StandIn) -> ProjectKeys:
    return ProjectKeys(connected(Secret(ADMIN), Placed({"openai": f"{server.url}/v1"})))


def odd_keys() -> Iterator[dict[str, Any]]:
    for name in KEY:
        for value in VALUES:
            yield {"object": "list", "data": [{**KEY, name: value}], "has_more": False}


def test_lists_of_keys_are_understood_or_end_it(server: StandIn, issuer: ProjectKeys):
    projects = {"object": "list", "data": [{"id": "proj_app", "name": "App"}], "has_more": False}
    for document in (*ODD, *odd_keys()):
        server.faults.extend([faults.answered(200, projects), faults.answered(200, document)])
        found: list[Held] = []
        with contextlib.suppress(IssuerError):  # and nothing else
            found += issuer.find(Secret(OLD))
        assert {type(value) for each in found for value in (each.id, each.name, each.owner)} <= {str}, document
        assert {type(value) for each in found for value in (each.created, each.used)} <= {int, type(None)}, document
        server.faults.clear()


PAGES: list[Fault] = [
    faults.page(), faults.page(503), faults.redirected("http://127.0.0.1:9"), faults.huge(5 << 20), faults.dropped,
    faults.cut, faults.rate_limited("0"), faults.answered(403, {"error": {"code": "<b>", "message": OLD}}),
    faults.answered(200, "text"), faults.answered(200, {"object": "page", "data": [{"results": 7}]}),
]  # fmt: skip


def results(**result: Any) -> dict[str, Any]:
    return {"object": "page", "data": [{"results": [result]}], "has_more": False, "next_page": None}


@pytest.mark.parametrize("number", range(len(PAGES)))
def test_what_is_not_told_of_usage_and_costs_is_said_and_ends_nothing(
    server: StandIn, issuer: ProjectKeys, number: int
):
    server.always = PAGES[number]
    spent = issuer.spent(HELD, 1)
    assert (spent.dollars, dict(spent.requests)) == (None, {})
    assert len(spent.untold) == len(USAGE) + 1
    assert OLD[20:30] not in "".join(spent.untold)


@pytest.mark.parametrize(
    "document",
    [
        results(num_model_requests="x"), results(num_model_requests=[1]), results(),
        results(num_model_requests=1, input_tokens="many"), {"data": [{}]}, {"data": [None]}, [],
    ],
)  # fmt: skip
def test_numbers_that_are_none_are_not_counted(server: StandIn, issuer: ProjectKeys, document: Any):
    server.always = faults.answered(200, document)
    spent = issuer.spent(HELD, 1)
    assert sum(spent.requests.values()) == sum(spent.tokens.values()) == 0


def test_costs_that_are_none(server: StandIn, issuer: ProjectKeys):
    amounts: list[Any] = ["x", 5, {"value": "x"}, {"value": []}]
    for amount in amounts:
        server.always = faults.answered(200, results(num_model_requests=1, amount=amount))
        assert issuer.spent(HELD, 1).dollars is None, amount


def test_pages_without_an_end_are_not_read_for_ever(server: StandIn, issuer: ProjectKeys, monkeypatch: Any):
    monkeypatch.setattr(usage, "_MOST_PAGES", 3)
    server.always = faults.answered(200, {**results(num_model_requests=1), "has_more": True, "next_page": "p"})
    assert sum(issuer.spent(HELD, 1).requests.values()) == 3 * len(USAGE)


def test_a_new_key_that_is_none_is_not_taken_for_one(server: StandIn, issuer: ProjectKeys):
    made = {"id": "key_9", "name": "n", "created_at": 1}
    values: list[dict[str, Any]] = [
        {}, {"value": None}, {"value": ""}, {"value": 5}, {"value": [OLD]}, {"value": OLD, "id": None},
    ]  # fmt: skip
    for value in values:
        server.always = faults.answered(200, {**made, **value})
        with pytest.raises(IssuerError, match="not understood"):
            issuer.mint(HELD, Wish(Way.SAME_OWNER, "n"))
    server.always = faults.answered(200, {"id": "svc", "api_key": {"id": "key_9", "value": 7}})
    with pytest.raises(IssuerError, match="not understood"):
        issuer.mint(HELD, Wish(Way.NEW_ACCOUNT, "n"))


def test_scopes_that_are_none_are_unknown(server: StandIn, issuer: ProjectKeys):
    told: list[Any] = ["api.model.read", [1], {"a": 1}, [[]], None]
    for scopes in told:
        event = {"id": "a", "type": "api_key.created", "api_key.created": {"id": "k", "data": {"scopes": scopes}}}
        server.always = faults.answered(200, {"object": "list", "data": [event], "has_more": False})
        assert issuer.scopes(HELD) is None, scopes


def test_a_deletion_that_does_not_say_so_is_none(server: StandIn, issuer: ProjectKeys):
    documents: list[dict[str, Any]] = [{}, {"deleted": False}, {"deleted": "true"}, {"deleted": 1}]
    for document in documents:
        server.always = faults.answered(200, document)
        with pytest.raises(IssuerError, match="did not say"):
            issuer.delete(HELD)
