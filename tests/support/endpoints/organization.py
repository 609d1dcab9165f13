"""An organisation of OpenAI's as its admin API has it: projects, their keys and service accounts, usage, costs, limits.

https://github.com/openai/openai-openapi; where the types of the installed package say something else, they count: a
service account's key is deleted like any other, and lists tell no scopes. `alive` notes after every request which keys
work, so that a test can say what was true at every moment.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support import keys as made_up
from tests.support.endpoints.limits import paged
from tests.support.endpoints.openai import Key, OpenAI, error
from tests.support.endpoints.server import Answer, Seen

ADMIN_KEYS = "/v1/organization/admin_api_keys"
BEGUN = 1_754_000_000
Route = Callable[..., Answer]


@dataclass
class Owned:
    """A key of a project; `account` is the service account that has it, else a person's."""

    id: str
    name: str
    text: str
    project: str
    account: str | None = None
    scopes: tuple[str, ...] = ()
    used: int | None = None


@dataclass
class Organization(OpenAI):
    """The provider with an organisation whose admin keys are those of `keys` that begin so."""

    projects: dict[str, str] = field(default_factory=lambda: {"proj_other": "Other", "proj_app": "App"})
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    owned: dict[str, Owned] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    usage: Mapping[str, int] = field(default_factory=dict)
    audited: bool = True
    slow_death: int = 0
    """How many more questions a deleted key answers as before."""
    slow_birth: int = 0
    """How many questions a new key is not known for."""
    alive: list[frozenset[str]] = field(default_factory=list)
    _dying: dict[str, int] = field(default_factory=dict)
    _unborn: dict[str, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.keys = dict(self.keys)

    def __call__(self, seen: Seen) -> Answer:
        try:
            return super().__call__(seen)
        finally:
            self.alive.append(frozenset(each.text for each in self.owned.values()))

    def add(self, text: str, account: str | None = "svc_ci", project: str = "proj_app", **given: Any) -> Owned:
        """Let the organisation have this key, of a service account or of a person."""
        number = next(self._numbers)
        if account is not None:
            self.accounts.setdefault(account, (project, f"account {account}"))
        key = Owned(f"key_{number:04}", given.pop("name", f"key {number}"), text, project, account, **given)
        self.owned[key.id] = key
        self.keys[text] = Key.LIVE  # type: ignore[index]
        return key

    def named(self, prefix: str) -> list[Owned]:
        """Return the keys whose name begins so."""
        return [each for each in self.owned.values() if each.name.startswith(prefix)]

    def _refused(self, key: str) -> Answer | None:
        if self._dying.get(key, 0) > 0:
            self._dying[key] -= 1
            return None
        if self._unborn.get(key, 0) > 0:
            self._unborn[key] -= 1
            return error(401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key")
        return super()._refused(key)

    def _found(self, seen: Seen) -> Answer:
        if not seen.path.startswith("/v1/organization/") or (seen.method, seen.path) == ("GET", ADMIN_KEYS):
            return super()._found(seen)
        if not seen.bearer.startswith("sk-admin-"):
            return error(401, "You have insufficient permissions", "invalid_request_error", None)
        for method, path, route in self._routes():
            if method == seen.method and (found := re.fullmatch(f"/v1/organization/{path}", seen.path)):
                return route(seen, *found.groups())
        return error(404, f"Invalid URL ({seen.method} {seen.path})", "invalid_request_error", None)

    def _routes(self) -> list[tuple[str, str, Route]]:
        project = r"projects/(\w+)"
        return [
            ("GET", "projects", self._list_projects),
            ("GET", f"{project}/api_keys", self._list_keys),
            ("DELETE", rf"{project}/api_keys/(\w+)", self._delete_key),
            ("GET", f"{project}/service_accounts", self._list_accounts),
            ("POST", f"{project}/service_accounts", self._create_account),
            ("DELETE", rf"{project}/service_accounts/(\w+)", self._delete_account),
            ("POST", rf"{project}/service_accounts/(\w+)/api_keys", self._create_key),
            ("GET", f"{project}/spend_limit", self._read_limit),
            ("POST", f"{project}/spend_limit", self._set_limit),
            ("GET", r"usage/(\w+)", self._usage),
            ("GET", "costs", self._costs),
            ("GET", "audit_logs", self._audit),
            ("POST", "admin_api_keys", self._create_admin),
            ("DELETE", r"admin_api_keys/(\w+)", self._delete_admin),
        ]

    # ---- projects and keys ------------------------------------------------------------------------------------------

    def _list_projects(self, seen: Seen) -> Answer:
        items = [
            {"id": own, "object": "organization.project", "name": name, "created_at": BEGUN, "status": "active"}
            for own, name in self.projects.items()
        ]
        return Answer({"object": "list", **paged(items, seen.query)})

    def _list_keys(self, seen: Seen, project: str) -> Answer:
        if seen.query.get("owner_project_access") != "any":
            return Answer({"object": "list", **paged([], seen.query)})  # what the default leaves out
        return Answer({"object": "list", **paged([self._shown(each) for each in self._of(project)], seen.query)})

    def _of(self, project: str) -> list[Owned]:
        return [each for each in self.owned.values() if each.project == project]

    def _shown(self, key: Owned) -> dict[str, Any]:
        if key.account:
            owner = {
                "type": "service_account",
                "service_account": {**self._account(key.account), "role": "member"},
            }
        else:
            person = {"id": "user_1", "name": "Ada", "email": "ada@example.org", "role": "owner", "created_at": BEGUN}
            owner = {"type": "user", "user": person}
        return {
            "object": "organization.project.api_key",
            "id": key.id,
            "name": key.name,
            "redacted_value": f"{key.text[:12]}*****{key.text[-4:]}",
            "created_at": BEGUN,
            "last_used_at": key.used,
            "owner": owner,
            "owner_project_access": "active",
        }

    def _account(self, account: str) -> dict[str, Any]:
        return {
            "object": "organization.project.service_account",
            "id": account,
            "name": self.accounts[account][1],
            "role": "member",
            "created_at": BEGUN,
        }

    def _delete_key(self, _seen: Seen, project: str, key: str) -> Answer:
        if key not in {each.id for each in self._of(project)}:
            return error(404, "No such key", "invalid_request_error", "not_found")
        self._kill(key)
        return Answer({"object": "organization.project.api_key.deleted", "id": key, "deleted": True})

    def _kill(self, key: str) -> None:
        text = self.owned.pop(key).text
        self._dying[text] = self.slow_death
        self.keys[text] = Key.REVOKED  # type: ignore[index]

    def _list_accounts(self, seen: Seen, project: str) -> Answer:
        items = [self._account(each) for each, (own, _) in self.accounts.items() if own == project]
        return Answer({"object": "list", **paged(items, seen.query)})

    def _create_account(self, seen: Seen, project: str) -> Answer:
        name = json.loads(seen.body)["name"]
        account = f"svc_{next(self._numbers)}"
        self.accounts[account] = (project, name)
        key = self._made(account, project, "Secret key", ())
        return Answer({**self._account(account), "api_key": self._given_out(key)})

    def _delete_account(self, _seen: Seen, project: str, account: str) -> Answer:
        if self.accounts.get(account, ("", ""))[0] != project:
            return error(404, "No such service account", "invalid_request_error", "not_found")
        for key in [each.id for each in self.owned.values() if each.account == account]:
            self._kill(key)
        del self.accounts[account]
        return Answer({"object": "organization.project.service_account.deleted", "id": account, "deleted": True})

    def _create_key(self, seen: Seen, project: str, account: str) -> Answer:
        if self.accounts.get(account, ("", ""))[0] != project:
            return error(404, "No such service account", "invalid_request_error", "not_found")
        wanted = json.loads(seen.body)
        return Answer(self._given_out(self._made(account, project, wanted["name"], tuple(wanted.get("scopes", ())))))

    def _made(self, account: str, project: str, name: str, scopes: tuple[str, ...]) -> Owned:
        text = made_up.service_account_key(random.Random(1000 + len(self.keys)))
        self._unborn[text] = self.slow_birth
        return self.add(text, account, project, name=name, scopes=scopes)

    def _given_out(self, key: Owned) -> dict[str, Any]:
        return {
            "object": "organization.project.service_account.api_key",
            "id": key.id,
            "name": key.name,
            "created_at": int(time.time()),
            "value": key.text,
        }

    def _create_admin(self, seen: Seen) -> Answer:
        text = made_up.admin_key(random.Random(1000 + len(self.keys)))
        self.keys[text] = Key.LIVE  # type: ignore[index]
        shown = {**self._admin(list(self.keys).index(text), text), "owner": {}, "value": text}
        return Answer({**shown, "name": json.loads(seen.body)["name"]})

    def _delete_admin(self, _seen: Seen, key: str) -> Answer:
        text = next((each for each in self.keys if f"key_{list(self.keys).index(each):04}" == key), None)
        if text is None or self.keys[text] is not Key.LIVE:
            return error(404, "No such key", "invalid_request_error", "not_found")
        self.keys[text] = Key.REVOKED  # type: ignore[index]
        return Answer({"object": "organization.admin_api_key.deleted", "id": key, "deleted": True})

    # ---- money ------------------------------------------------------------------------------------------------------

    def _read_limit(self, _seen: Seen, project: str) -> Answer:
        if project not in self.limits:
            return error(404, "No spend limit", "invalid_request_error", "not_found")
        return Answer(self._limit(project))

    def _set_limit(self, seen: Seen, project: str) -> Answer:
        wanted = json.loads(seen.body)
        if (wanted["currency"], wanted["interval"]) != ("USD", "month"):
            return error(400, "Unsupported", "invalid_request_error", None)
        self.limits[project] = wanted["threshold_amount"]
        return Answer(self._limit(project))

    def _limit(self, project: str) -> dict[str, Any]:
        return {
            "object": "project.spend_limit",
            "currency": "USD",
            "interval": "month",
            "threshold_amount": self.limits[project],
            "enforcement": {"status": "inactive"},
        }

    def _usage(self, seen: Seen, kind: str) -> Answer:
        if not seen.query.get("api_key_ids[]") or "start_time" not in seen.query:
            return error(400, "Missing required parameter", "invalid_request_error", None)
        requests = self.usage.get(kind, 0)
        result = {
            "object": f"organization.usage.{kind}.result",
            "num_model_requests": requests,
            "input_tokens": 10 * requests,
            "output_tokens": 5 * requests,
            "model": "gpt-5",
        }
        return self._buckets(seen, [result] if requests else [])

    def _costs(self, seen: Seen) -> Answer:
        dollars = self.usage.get("dollars", 0)
        result = {"object": "organization.costs.result", "amount": {"value": dollars, "currency": "usd"}}
        return self._buckets(seen, [result] if dollars else [])

    @staticmethod
    def _buckets(seen: Seen, results: list[dict[str, Any]]) -> Answer:
        """Give the results in the second of two pages."""
        last = seen.query.get("page") == "p2"
        start = int(seen.query["start_time"])
        bucket = {
            "object": "bucket",
            "start_time": start,
            "end_time": start + 86_400,
            "results": results if last else [],
        }
        return Answer({"object": "page", "data": [bucket], "has_more": not last, "next_page": None if last else "p2"})

    def _audit(self, seen: Seen) -> Answer:
        if not self.audited:
            return error(403, "Audit logging is off", "invalid_request_error", "audit_logs_disabled")
        key = self.owned.get(seen.query.get("resource_ids[]", ""))
        event = {
            "id": "audit_1",
            "type": "api_key.created",
            "effective_at": BEGUN,
            "api_key.created": {"id": key.id, "data": {"scopes": list(key.scopes)}} if key else {},
        }
        return Answer({"object": "list", **paged([event] if key else [], seen.query)})
