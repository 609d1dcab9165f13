"""Lists in pages, and a limit of requests: what the providers' servers have in common."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any


def paged(items: Sequence[Mapping[str, Any]], query: Mapping[str, str], default: int = 20) -> dict[str, Any]:
    """Return one page of a list as OpenAI and Anthropic both give it: behind the id `after` or `after_id`."""
    after = query.get("after") or query.get("after_id")
    ids = [item["id"] for item in items]
    start = ids.index(after) + 1 if after in ids else 0
    size = int(query.get("limit", default))
    shown = list(items[start : start + size])
    return {
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + size < len(items),
    }


class Allowance:
    """So many requests in so many seconds; `over` says whether one more is too many."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests = requests
        self.seconds = seconds
        self._times: list[float] = []
        self._lock = threading.Lock()

    def over(self) -> bool:
        """Count a request, unless it is one too many."""
        with self._lock:
            now = time.monotonic()
            self._times = [each for each in self._times if now - each < self.seconds]
            if len(self._times) >= self.requests:
                return True
            self._times.append(now)
            return False
