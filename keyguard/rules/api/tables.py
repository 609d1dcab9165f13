"""Puts together what a provider's file says of its API for each of its rules."""

from __future__ import annotations

from collections.abc import Mapping

from keyguard.rules.api.call import read_create, read_revoke
from keyguard.rules.api.probe import read_verify
from keyguard.rules.api.values import Api
from keyguard.rules.fields import Fields


def read_apis(table: Fields) -> Mapping[str, Api]:
    """Return the API of each rule of a file, by the rules' ids; raises `RuleError` where a table breaks the schema."""
    shared = _api(table, Api())
    rules = {rule.text("id"): rule.values for rule in table.tables("rule")}
    return {own: _api(Fields(values, f"{table.place}: rule {own}"), shared) for own, values in rules.items()}


def _api(table: Fields, shared: Api) -> Api:
    """Return what one table says, and of what it does not mention what is said for the whole provider."""
    return Api(
        verify=read_verify(table.table("verify")) if "verify" in table.values else shared.verify,
        revoke=read_revoke(table.table("revoke")) if "revoke" in table.values else shared.revoke,
        create=read_create(table.table("create")) if "create" in table.values else shared.create,
    )
