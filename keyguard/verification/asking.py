"""Asks about one key: tries again what may go better, waits as it is told to, and keeps to its time."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, replace

from keyguard.model import Live, LiveCheck
from keyguard.rules.api.values import SECRET
from keyguard.verification.addresses import Addresses
from keyguard.verification.answers import judged
from keyguard.verification.client import NoReplyError, Reply, send
from keyguard.verification.proxy import Proxy
from keyguard.verification.question import Question, call_of

NO_TIME = "no time was left to ask"
LEAST_SLOWED, MOST_SLOWED = 0.1, 2.0
"""How far apart, in seconds, requests are to a provider that counts them."""
_TOO_MANY = 429
ELSEWHERE = "of a key of an installation of your own this says nothing"
"""What is added where a provider's public host cannot know all of its keys."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long all of it may take: times in seconds.

    `overall` for all keys of a run, `per_key` for one with all its hosts and tries, `answer` for one answer. `pause` is
    the first wait before another try, and doubles; `interval` lies between two requests to one provider, of which
    `at_once` may be under way. A server that says how long to wait is asked up to `tries_when_told` times.
    """

    overall: float = 120.0
    per_key: float = 20.0
    answer: float = 10.0
    tries: int = 3
    tries_when_told: int = 6
    pause: float = 0.5
    interval: float = 0.1
    at_once: int = 2


class Pace:
    """Keeps the requests to one provider apart, whichever thread makes them."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, until: float) -> bool:
        """Return true when it is this caller's turn, or false at once if that would be later than it has time."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            if turn >= until:
                return False
            self._next = turn + self._interval
        time.sleep(max(0.0, turn - time.monotonic()))
        return True

    def slow(self, seconds: float) -> None:
        """Let everybody wait so long, and be slower from then on: the provider counts requests."""
        with self._lock:
            self._interval = min(max(2 * self._interval, LEAST_SLOWED), MOST_SLOWED)
            self._next = max(self._next, time.monotonic() + seconds)


@dataclass(frozen=True, slots=True)
class Asker:
    """What every question of a run is asked with; `until` is when the run's time is over (of the monotonic clock)."""

    addresses: Addresses
    patience: Patience
    until: float
    proxy: Proxy | None = None

    def ask(self, question: Question, pace: Pace) -> LiveCheck:
        """Return what the provider says: live if one of its hosts knows the key, revoked only if all say so."""
        until = min(self.until, time.monotonic() + self.patience.per_key)
        checks: list[LiveCheck] = []
        for host in question.hosts:
            checks.append(self._at(question, host, pace, until))
            if checks[-1].state.alive:
                break
        asked = tuple(host for each in checks for host in each.hosts)
        unknown = next((each for each in checks if each.state is Live.UNKNOWN), None)
        deciding = checks[-1] if checks[-1].state.alive else unknown or checks[0]
        if deciding.state is Live.REVOKED and question.probe.self_hosted:
            why = f"{deciding.why}; {ELSEWHERE}"
            deciding = replace(deciding, why=why)
        return replace(deciding, hosts=asked)

    def _at(self, question: Question, host: str, pace: Pace, until: float) -> LiveCheck:
        """Ask one host, and again where that may help and there is time to."""
        request = question.probe.request
        url = self.addresses(question.provider, f"https://{host}{request.target}")
        call = call_of(request, url, {**question.values, SECRET: question.sent})
        check = LiveCheck(Live.UNKNOWN, NO_TIME)
        for number in range(self.patience.tries_when_told):
            if not pace.wait(until):
                break
            try:
                reply = send(call, max(0.01, min(until - time.monotonic(), self.patience.answer)), self.proxy)
            except NoReplyError as failure:
                check, again, told = LiveCheck(Live.UNKNOWN, failure.why, (host,)), failure.again, None
            else:
                check = replace(judged(question.probe, reply, question.sent), hosts=(host,))
                again, told = _again(reply, check), reply.retry_after
            pause = self._pause(number, told)
            if not again or pause is None or time.monotonic() + pause >= until:
                break
            if told is None:
                time.sleep(pause)
            else:
                pace.slow(pause)
        return check

    def _pause(self, number: int, told: float | None) -> float | None:
        """Return how long to wait before another try, None for none; one that was told to wait has more of them."""
        tries = self.patience.tries if told is None else self.patience.tries_when_told
        if number + 1 >= tries:
            return None
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 (no secret depends on it)
        return jitter * self.patience.pause * 2.0**number if told is None else told


def _again(reply: Reply, check: LiveCheck) -> bool:
    """Whether to ask again: a server that is ill may recover, and one that counts requests will tell more later."""
    return reply.status >= 500 or (reply.status == _TOO_MANY and check.state in (Live.UNKNOWN, Live.LIVE))
