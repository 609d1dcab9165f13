"""Asks about all the keys of a run: each key once, providers beside each other, one provider's keys at a slow pace.

The threads are daemons: a look-up of a name cannot be given a time, and must keep nobody from ending.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from keyguard.model import Live, LiveCheck
from keyguard.verification.addresses import Addresses
from keyguard.verification.asking import NO_TIME, Asker, Pace, Patience
from keyguard.verification.proxy import Proxy
from keyguard.verification.question import Question

AT_ONCE = 16
"""How many requests are under way at the same time, to all providers together."""
_Answered = tuple[Question, LiveCheck]
_Waiting = dict[str, deque[Question]]
"""By the ids of the providers what no thread has taken up yet."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of each question; `interrupted`: the user ended it, and what is missing is unknown."""

    checks: Mapping[Question, LiveCheck]
    interrupted: bool = False


def ask_all(
    questions: Iterable[Question], addresses: Addresses, patience: Patience, proxy: Proxy | None = None
) -> Answers:
    """Return an answer to every question when all have come or the time is over."""
    wanted = list(dict.fromkeys(questions))
    asker = Asker(addresses, patience, time.monotonic() + patience.overall, proxy)
    answered: queue.SimpleQueue[_Answered] = queue.SimpleQueue()
    waiting = _start(wanted, asker, answered)
    checks: dict[Question, LiveCheck] = {}
    interrupted = False
    try:
        for question, check in _collected(answered, len(wanted), asker.until):
            checks[question] = check
    except KeyboardInterrupt:
        interrupted = True
    for each in wanted:
        if each not in checks:
            why = "interrupted" if interrupted else NO_TIME
            untouched = each in waiting[each.provider]
            checks[each] = LiveCheck(Live.UNKNOWN, why, () if untouched else each.hosts)
    return Answers(checks, interrupted)


def _collected(answered: queue.SimpleQueue[_Answered], count: int, until: float) -> Iterator[_Answered]:
    for _ in range(count):
        try:
            yield answered.get(timeout=max(0.01, until - time.monotonic()))
        except queue.Empty:
            return


def _start(wanted: list[Question], asker: Asker, answered: queue.SimpleQueue[_Answered]) -> _Waiting:
    """Start the threads of every provider, which share its pace; return what waits for them."""
    waiting: _Waiting = {}
    for question in wanted:
        waiting.setdefault(question.provider, deque()).append(question)
    slots = threading.BoundedSemaphore(AT_ONCE)
    for own in waiting.values():
        pace = Pace(asker.patience.interval)
        for _ in range(min(asker.patience.at_once, len(own))):
            work = (own, asker, pace, slots, answered)
            threading.Thread(target=_work, args=work, name="keyguard-verify", daemon=True).start()
    return waiting


def _work(
    waiting: deque[Question],
    asker: Asker,
    pace: Pace,
    slots: threading.BoundedSemaphore,
    answered: queue.SimpleQueue[_Answered],
) -> None:
    while time.monotonic() < asker.until:
        try:
            question = waiting.popleft()
        except IndexError:
            return
        with slots:
            answered.put((question, _answer(question, asker, pace)))


def _answer(question: Question, asker: Asker, pace: Pace) -> LiveCheck:
    try:
        check = asker.ask(question, pace)
    except Exception as error:  # what leaves a thread is printed with its text, which could quote the request
        check = LiveCheck(Live.UNKNOWN, f"internal error ({type(error).__name__})")
    return replace(check, at=datetime.now(UTC).isoformat(timespec="seconds")) if check.hosts else check
