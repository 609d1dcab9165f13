"""Gives jobs to a pool and takes what comes of them, whatever becomes of workers, pools and schedulers meanwhile."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field, replace

from keyguard.errors import SourceError
from keyguard.fleet.jobs import Ended, Job, Outcome, Task, Watcher
from keyguard.fleet.pools import Make, Pool
from keyguard.fleet.worker import work

MOST_TRIES = 3
"""How often a job is done that fails, and how often one is done again whose worker was lost."""
PAUSE_SECONDS = 2.0
TICK_SECONDS = 0.5


@dataclass(slots=True)
class _Work:
    """A job with how often it was tried, and how often it was lost."""

    job: Job
    tries: int = 0
    lost: int = 0


@dataclass
class Carrying:
    """The carrying out of jobs; `out` is what is left when there is no pool any more, and `failure` says why."""

    make: Make
    watcher: Watcher
    pool: Pool | None = None
    out: list[Job] = field(default_factory=list)
    failure: SourceError | None = None
    _waiting: deque[_Work] = field(default_factory=deque)
    _parts: deque[_Work] = field(default_factory=deque)
    _suspects: deque[_Work] = field(default_factory=deque)
    _running: dict[Future[Outcome], _Work] = field(default_factory=dict)
    _whole: dict[str, tuple[int, Job]] = field(default_factory=dict)
    _turn: bool = False
    _breaks: int = 0

    def outcomes(self, jobs: Iterable[Job]) -> Generator[tuple[Outcome, int]]:
        """Yield what came of each repository, once, with how often it was tried; in the order in which they end."""
        self._waiting.extend(map(_Work, jobs))
        try:
            while self._waiting or self._parts or self._suspects or self._running:
                if not self._has_pool():
                    self._give_up()
                    return
                self._fill()
                yield from self._ended()
        except BaseException:
            self.close(at_once=True)
            raise
        self.close(at_once=False)

    def close(self, *, at_once: bool) -> None:
        """End the pool."""
        pool, self.pool = self.pool, None
        if pool is not None:
            pool.close(at_once)

    def _give_up(self) -> None:
        """Keep in mind what was not done."""
        left = [*self._running.values(), *self._suspects, *self._waiting]
        names = {each.job.target.name: each.job for each in (*left, *self._parts)}
        names |= {name: job for name, (_, job) in self._whole.items()}
        self.out = list(names.values())

    def _has_pool(self) -> bool:
        """Make a pool where there is none; False once that has failed a bounded number of times."""
        if self.pool is not None and not self.pool.alive():
            self._break()
        if self.pool is None and self._breaks <= MOST_TRIES:
            self.pool = self._made()
        return self.pool is not None

    def _made(self) -> Pool | None:
        for left in reversed(range(MOST_TRIES)):
            try:
                return self.make()
            except SourceError as error:
                self.failure = error
                time.sleep(PAUSE_SECONDS if left else 0)
        return None

    def _break(self) -> None:
        """Let a broken pool go; what it had is handed over again."""
        if self.pool is not None and not self.pool.breaks:  # where one job breaks it, that one is found out
            self._breaks += 1
        running, self._running = self._running, {}
        for each in running.values():
            self._again(each)
        self.close(at_once=True)

    def _again(self, lost: _Work) -> None:
        lost.lost += 1
        self.watcher.lost(lost.job.target.name, lost.lost)
        self._suspects.append(lost)

    def _fill(self) -> None:
        """Hand jobs over; lost ones go one by one where a death takes others along, so that it shows whose it is."""
        while self.pool is not None:
            suspected = bool(self._suspects) or any(each.lost for each in self._running.values())
            alone = self.pool.breaks and suspected
            if self._running and (alone or len(self._running) >= self.pool.slots):
                return
            given = self._next()
            if given is None:
                return
            try:
                future = self.pool.executor.submit(work, given.job)
            except (BrokenExecutor, RuntimeError, OSError):
                self._suspects.appendleft(given)
                if self.pool.breaks and not self._running:  # no job has done that, so that it ends at some time
                    self._breaks += 1
                self._break()
                return
            self._running[future] = given
            self.watcher.given(given.job.target.name, given.job.task)

    def _next(self) -> _Work | None:
        """Return the next job: lost ones first, then parts and whole repositories in turn."""
        if self._suspects:
            return self._suspects.popleft()
        self._turn = not self._turn
        queues = (self._parts, self._waiting) if self._turn else (self._waiting, self._parts)
        return next((queue.popleft() for queue in queues if queue), None)

    def _ended(self) -> Iterator[tuple[Outcome, int]]:
        if not self._running:
            return
        done, _ = wait(self._running, TICK_SECONDS, FIRST_COMPLETED)
        self.watcher.tick()
        broken = False
        for future in done:
            each = self._running.pop(future)
            try:
                outcome = future.result()
            except BrokenExecutor:
                broken = True
                yield from self._lost(each)
            except (CancelledError, Exception) as error:  # a worker or the scheduler died; a job raises nothing itself
                if self.pool is not None and self.pool.gave_up(error):
                    each.lost = MOST_TRIES
                yield from self._lost(each)
            else:
                self._breaks = 0
                yield from self._came(each, outcome)
        if broken:
            self._break()

    def _lost(self, lost: _Work) -> Iterator[tuple[Outcome, int]]:
        if lost.lost < MOST_TRIES:
            self._again(lost)
            return
        why = f"the worker that had it died, {lost.lost + 1} times"
        mend = "it may need more memory than workers have; keyguard scan --history on it alone says more"
        yield from self._came(lost, Outcome(lost.job.target.name, Ended.FAILED, why=why, mend=mend, again=False))

    def _came(self, done: _Work, outcome: Outcome) -> Iterator[tuple[Outcome, int]]:
        job = done.job
        done.tries += 1
        if job.task is Task.PART:
            self._part_done(job)
        elif outcome.ended is Ended.SPLIT:
            self.watcher.split(outcome.name, outcome.parts)
            self._whole[outcome.name] = (outcome.parts, job)
            parts = (replace(job, task=Task.PART, part=number) for number in range(outcome.parts))
            self._parts.extend(map(_Work, parts))
        elif outcome.ended is Ended.FAILED and outcome.again and done.tries < MOST_TRIES:
            self.watcher.failed(outcome, done.tries)
            self._waiting.append(done)
        elif outcome.record.get("unread") and done.tries == 1:  # what was chance is read by another try
            self.watcher.unread(outcome)
            self._waiting.append(done)
        else:
            yield outcome, done.tries + done.lost

    def _part_done(self, job: Job) -> None:
        """Finish a repository whose parts are all read; a part that failed is read by that."""
        left, whole = self._whole[job.target.name]
        if left > 1:
            self._whole[job.target.name] = (left - 1, whole)
        else:
            del self._whole[job.target.name]
            self._waiting.appendleft(_Work(replace(whole, task=Task.FINISH)))
