"""Jobs are done once, whatever becomes of the workers; a job that kills them does not take others along."""

from __future__ import annotations

import concurrent.futures
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from keyguard.errors import SourceError
from keyguard.fleet import carrying
from keyguard.fleet.carrying import Carrying
from keyguard.fleet.jobs import Ended, Job, Outcome, Task
from keyguard.fleet.pools import Pool
from keyguard.fleet.targets import Target
from keyguard.pipeline.setup import Settings
from tests.fleet.fleets import Watched

Behaviour = Callable[[Job], Outcome]


def job(name: str) -> Job:
    return Job(Target(name), Settings(), "rules", "0", "")


def read(job: Job) -> Outcome:
    return Outcome(job.target.name, Ended.READ)


class Together(Executor):
    """Does what it is given once it is asked to wait; one death breaks all that it has, as a pool of processes does."""

    def __init__(self, behaviour: Behaviour, seen: Counter[str]) -> None:
        self._behaviour = behaviour
        self._seen = seen
        self._given: list[tuple[Future[Any], Job]] = []
        self.broken = False

    def submit(self, _work: Any, job: Job, /) -> Future[Any]:  # type: ignore[override]  # it is given jobs alone
        if self.broken:
            raise BrokenProcessPool
        future: Future[Any] = Future()
        self._given.append((future, job))
        if len(self._given) >= 3:
            self.do()
        return future

    def do(self) -> None:
        given, self._given = self._given, []
        for future, each in given:
            self._seen[each.target.name] += 1
            try:
                outcome = None if self.broken else self._behaviour(each)
            except SystemExit:
                self.broken = True
            except Exception as error:
                future.set_exception(error)
                continue
            if self.broken:
                future.set_exception(BrokenProcessPool())
            else:
                future.set_result(outcome)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Together]:
    """Waiting makes the executors do what they have."""
    made: list[Together] = []
    real = concurrent.futures.wait

    def wait(futures: Any, *rest: Any) -> Any:
        for each in made:
            each.do()
        return real(futures, *rest)

    monkeypatch.setattr(carrying, "wait", wait)
    monkeypatch.setattr(carrying, "PAUSE_SECONDS", 0)
    return made


def carried(quick: list[Together], behaviour: Behaviour, names: str) -> tuple[list[tuple[Outcome, int]], Counter[str]]:
    seen: Counter[str] = Counter()

    def make() -> Pool:
        quick.append(executor := Together(behaviour, seen))
        return Pool(executor, 3, lambda: True, lambda at_once: None, breaks=True)

    return list(Carrying(make, Watched()).outcomes(map(job, names))), seen


def test_all_are_done_once(quick: list[Together]):
    outcomes, seen = carried(quick, read, "abcdefgh")
    assert sorted(outcome.name for outcome, _ in outcomes) == list("abcdefgh")
    assert set(seen.values()) == {1}
    assert {tries for _, tries in outcomes} == {1}


def test_one_that_kills_its_worker_fails_alone(quick: list[Together]):
    def deadly(job: Job) -> Outcome:
        if job.target.name == "c":
            raise SystemExit
        return read(job)

    outcomes, seen = carried(quick, deadly, "abcdefgh")
    ended = {outcome.name: outcome.ended for outcome, _ in outcomes}
    assert len(outcomes) == 8
    assert ended == {name: Ended.FAILED if name == "c" else Ended.READ for name in "abcdefgh"}
    assert seen["c"] == 4  # once, and three times again
    assert all(count <= 2 for name, count in seen.items() if name != "c")
    (why,) = [outcome.why for outcome, _ in outcomes if outcome.why]
    assert "died, 4 times" in why


def test_processes_that_cannot_be_started_end_it(quick: list[Together]):
    class Refusing(Executor):
        def submit(self, *_: Any) -> Future[Any]:  # type: ignore[override]  # whatever it is given
            made.append(1)
            assert len(made) < 20
            raise BlockingIOError(11, "Resource temporarily unavailable")

    made: list[int] = []
    carrying = Carrying(lambda: Pool(Refusing(), 3, lambda: True, lambda at_once: None, breaks=True), Watched())
    assert list(carrying.outcomes([job("a"), job("b")])) == []
    assert {each.target.name for each in carrying.out} == {"a", "b"}


def test_a_death_that_was_chance_costs_nothing(quick: list[Together]):
    died: list[str] = []

    def once(job: Job) -> Outcome:
        if job.target.name == "b" and not died:
            died.append("b")
            raise SystemExit
        return read(job)

    outcomes, _ = carried(quick, once, "abcdef")
    assert sorted((outcome.name, outcome.ended) for outcome, _ in outcomes) == [(name, "read") for name in "abcdef"]


def test_what_fails_is_tried_three_times(quick: list[Together]):
    def failing(job: Job) -> Outcome:
        return Outcome(job.target.name, Ended.FAILED, why="no", again=job.target.name == "a")

    outcomes, seen = carried(quick, failing, "ab")
    assert {outcome.name: tries for outcome, tries in outcomes} == {"a": 3, "b": 1}
    assert seen == {"a": 3, "b": 1}


def test_parts_come_before_the_end_and_fail_for_nobody(quick: list[Together]):
    done: list[tuple[str, str]] = []

    def splitting(job: Job) -> Outcome:
        done.append((job.target.name, job.task))
        if job.task is Task.PART and job.part == 1:
            return Outcome(job.target.name, Ended.FAILED)
        if job.target.name == "a" and job.task is Task.SCAN:
            return Outcome("a", Ended.SPLIT, parts=3)
        return read(job)

    outcomes, _ = carried(quick, splitting, "abcdefgh")
    assert Counter(outcome.name for outcome, _ in outcomes) == Counter("abcdefgh")
    of_a = [task for name, task in done if name == "a"]
    assert of_a == [Task.SCAN, Task.PART, Task.PART, Task.PART, Task.FINISH]
    assert done.index(("b", "scan")) < done.index(("a", "finish"))


def test_without_anybody_to_do_it_the_rest_is_left(quick: list[Together]):
    tried: list[int] = []

    def make() -> Pool:
        tried.append(1)
        raise SourceError("no scheduler answers")

    carrying = Carrying(make, Watched())
    assert list(carrying.outcomes(map(job, "abc"))) == []
    assert [each.target.name for each in carrying.out] == list("abc")
    assert carrying.failure is not None
    assert len(tried) == 3


def test_several_that_kill_their_workers_take_nobody_along(quick: list[Together]):
    def deadly(job: Job) -> Outcome:
        if job.target.name in "bcd":
            raise SystemExit
        return read(job)

    outcomes, _ = carried(quick, deadly, "abcdefgh")
    assert {outcome.name for outcome, _ in outcomes if outcome.ended is Ended.READ} == set("aefgh")
    assert len(outcomes) == 8


def test_a_scheduler_that_dies_again_and_again_is_given_up(quick: list[Together]):
    alive = [True]

    def dying(_: Job) -> Outcome:
        alive[0] = False
        raise SystemExit

    def make() -> Pool:
        alive[0] = True
        quick.append(executor := Together(dying, Counter()))
        return Pool(executor, 3, lambda: alive[0], lambda at_once: None)

    carrying = Carrying(make, Watched())
    outcomes = list(carrying.outcomes(map(job, "abcdefghijklmnopqrstuvwxyz")))
    assert len(outcomes) + len(carrying.out) == 26
    assert len(carrying.out) > 10


def test_a_job_that_the_pool_has_given_up_is_not_given_to_it_again(quick: list[Together]):
    class TooManyError(Exception):
        pass

    def behave(job: Job) -> Outcome:
        if job.target.name == "b":
            raise TooManyError
        return read(job)

    seen: Counter[str] = Counter()

    def make() -> Pool:
        quick.append(executor := Together(behave, seen))
        return Pool(
            executor, 3, lambda: True, lambda at_once: None, gave_up=lambda error: isinstance(error, TooManyError)
        )

    outcomes = list(Carrying(make, Watched()).outcomes(map(job, "abc")))
    assert {outcome.name: outcome.ended for outcome, _ in outcomes} == {"a": "read", "b": "failed", "c": "read"}
    assert seen["b"] == 1


def test_a_pool_that_dies_again_and_again_is_given_up(quick: list[Together]):
    def dying(_: Job) -> Outcome:
        raise SystemExit

    outcomes, seen = carried(quick, dying, "ab")
    assert all(outcome.ended is Ended.FAILED for outcome, _ in outcomes)
    assert max(seen.values()) <= 4
