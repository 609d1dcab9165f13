"""What one key called and cost since a time, by OpenAI's accounts of usage and costs; what they refuse is told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import openai

from keyguard.rotation.issuers.issuer import IssuerError
from keyguard.rotation.issuers.openai.calls import USAGE
from keyguard.rotation.issuers.openai.sdk import asked, number
from keyguard.rotation.values import Spent

if TYPE_CHECKING:
    from openai.resources.admin.organization.organization import Organization

LONGEST = 180 * 86_400
"""How many seconds back the accounts are read, so that an old key does not mean hundreds of pages."""
_BUCKETS = {"costs": 180}
_MOST_PAGES = 100


def spent(organization: Organization, key: str, since: int) -> Spent:
    """Return all that this key did since then, or in the last half year."""
    start = max(since, int(time.time()) - LONGEST)
    requests: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    untold: list[str] = []
    for kind in USAGE:
        try:
            with asked(f"tell the usage of {kind}"):
                for result in _results(getattr(organization.usage, kind), kind, key, start, group_by=["model"]):
                    name = f"{kind} {result.model}" if getattr(result, "model", None) else kind
                    count = sum(number(getattr(result, each, None)) for each in ("input_tokens", "output_tokens"))
                    requests[name] += number(result.num_model_requests)
                    tokens[name] += count
        except IssuerError as error:
            untold.append(error.message)
    try:
        with asked("tell the costs"):
            amounts = [each.amount for each in _results(organization.usage.costs, "costs", key, start)]
            dollars: float | None = sum(float(each.value or 0) for each in amounts if each)
    except IssuerError as error:
        dollars = None
        untold.append(error.message)
    return Spent({name: count for name, count in requests.items() if count}, +tokens, dollars, tuple(untold))


def _results(ask: Callable[..., Any], kind: str, key: str, start: int, **given: Any) -> Iterator[Any]:
    page: Any = openai.omit
    for _ in range(_MOST_PAGES):
        answer = ask(
            start_time=start, api_key_ids=[key], bucket_width="1d", limit=_BUCKETS.get(kind, 31), page=page, **given
        )
        yield from [result for bucket in answer.data for result in bucket.results]
        if not answer.has_more or not answer.next_page:
            return
        page = answer.next_page
