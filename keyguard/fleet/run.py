"""One run over many repositories: what is new of them is scanned, and what comes of it is stored as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from keyguard import __version__
from keyguard.errors import SourceError, UsageError
from keyguard.fleet import mirrors
from keyguard.fleet.jobs import SPLIT_FROM, Ended, Job, Outcome, Task, Watcher
from keyguard.fleet.pools import Make
from keyguard.fleet.settings import of_fleet, packed, rules_of, sought_by, unpacked
from keyguard.fleet.state import state_of
from keyguard.fleet.store import Before, Run, Store
from keyguard.fleet.targets import Target, Unfit
from keyguard.fleet.writing import Sought
from keyguard.incidents import state as ledgers
from keyguard.pipeline.desk import now
from keyguard.pipeline.setup import Settings, prepare
from keyguard.verification.addresses import Addresses

AGAIN = timedelta(hours=12)
"""After which time what could not be read is tried again, although nothing has changed there."""
ASKING = 16
"""How many hosts are asked for their refs at the same time; each answer is waited for, not worked for."""


class Observer(Watcher, Protocol):
    """What wants to know how a run goes."""

    def begun(self, run: int, repositories: int) -> None:
        """A run has begun, or goes on."""

    def checked(self, unchanged: int, left: int) -> None:
        """So many repositories are as they were, and so many are left to be scanned."""

    def ended(self, outcome: Outcome, tries: int) -> None:
        """A repository is done."""

    def asking(self, keys: int) -> None:
        """So many keys are sent to their providers, to hear whether they live."""

    def unasked(self, outcome: Outcome) -> None:
        """The keys of a repository could not be asked about."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked for. With `resume` the last run goes on that did not come to its end.

    `away`: the work is done on other machines. `verify`: providers are asked whether the open keys live.
    """

    targets: Sequence[Target | Unfit]
    settings: Settings
    folder: Path
    make: Make
    resume: bool = False
    away: bool = False
    verify: bool = False
    addresses: Addresses | None = None
    split: int = SPLIT_FROM


@dataclass(slots=True)
class Summary:
    """How a run went: `left` were not scanned because nobody was there to do it, `why` says for what reason."""

    run: int
    unchanged: int = 0
    read: int = 0
    failed: int = 0
    left: int = 0
    why: SourceError | None = None


def check(wanted: Wanted) -> None:
    """Raise `UsageError` or `ConfigError` for what cannot be asked for, before anything is begun."""
    prepare(wanted.settings, None)
    for each in wanted.targets:
        if wanted.away and isinstance(each, Target) and each.secret:
            raise UsageError(
                f"{each.shown} has a password in it, which may not go to a scheduler",
                "give the address alone, and each worker a credential helper of git",
            )


def carried_out(wanted: Wanted, store: Store, observer: Observer) -> Summary:
    """Scan what is new, store it, and say how it went; what was stored stays, whatever ends this."""
    targets = [each for each in wanted.targets if isinstance(each, Target)]
    unfit = [each for each in wanted.targets if isinstance(each, Unfit)]
    rules = rules_of(wanted.settings)
    run, settings = _run(wanted, store, rules, [*targets, *(Target(each.name) for each in unfit)])
    if wanted.resume:  # what is named now may be more, and may have the passwords that are not kept
        given = {each.name for each in wanted.targets}
        targets += [each for each in store.targets(run) if each.name not in given]
    done = store.done(run)
    targets = [each for each in targets if each.name not in done]
    observer.begun(run.id, len(targets) + len(unfit) + len(done))
    summary = Summary(run.id)
    known = _ledgers()
    keeping = _Keeping(store, run, known, observer, summary, sought_by(settings))
    for each in unfit:
        keeping.add(Outcome(each.name, Ended.FAILED, why=each.why, mend=each.mend), 1)
    same, left = _parted(targets, store.known(), _Sameness(run.rules, known, wanted.folder))
    store.unchanged(run, same)
    summary.unchanged += len(same) + len(done)
    observer.checked(summary.unchanged, len(left))
    folder = str(wanted.folder)
    job = partial(Job, settings=settings, rules=run.rules, version=__version__, cache=folder, split=wanted.split)
    jobs = [job(each, state=before.state, watched=before.watched) for each, before in left]
    if jobs:
        from keyguard.fleet.carrying import Carrying

        carrying = Carrying(wanted.make, observer)
        with closing(carrying.outcomes(jobs)) as outcomes:
            for outcome, tries in outcomes:
                keeping.add(outcome, tries)
        summary.left, summary.why = len(carrying.out), carrying.failure
    if not summary.left:
        if wanted.verify:
            _ask(wanted, store, run, job, observer)
        store.end(run)
    return summary


def _ask(wanted: Wanted, store: Store, run: Run, job: Callable[..., Job], observer: Observer) -> None:
    """Ask the providers of all open keys whether they live, of each where one repository holds it."""
    from keyguard.fleet.carrying import Carrying

    keys = store.to_ask(run)
    observer.asking(sum(map(len, keys.values())))
    given = {each.name: each for each in wanted.targets if isinstance(each, Target)}
    asking = [
        job(given.get(each.name, each), task=Task.ASK, keys=tuple(keys[each.name]), addresses=wanted.addresses)
        for each in store.targets(run)
        if each.name in keys
    ]
    with closing(Carrying(wanted.make, observer).outcomes(asking)) as outcomes:
        for outcome, _ in outcomes:
            if outcome.ended is Ended.ASKED:
                store.answered(outcome.record["answers"])
            else:
                observer.unasked(outcome)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Stores what comes, counts it, and tells of it."""

    store: Store
    run: Run
    ledgers: str
    observer: Observer
    summary: Summary
    sought: Sought

    def add(self, outcome: Outcome, tries: int) -> None:
        self.store.add(self.run, outcome, tries, self.ledgers, self.sought)
        self.summary.read += outcome.ended is Ended.READ
        self.summary.failed += outcome.ended is Ended.FAILED
        self.summary.unchanged += outcome.ended is Ended.UNCHANGED
        self.observer.ended(outcome, tries)


def _run(wanted: Wanted, store: Store, rules: str, targets: Sequence[Target]) -> tuple[Run, Settings]:
    """Return the run that begins, or that goes on by what it was begun with."""
    if not wanted.resume:
        return store.begin(rules, packed(wanted.settings), __version__, targets), wanted.settings
    run = store.unfinished()
    if run is None:
        raise UsageError("there is no run that did not come to its end", "leave out --resume to begin one")
    settings = unpacked(run.settings)
    if packed(wanted.settings) not in (packed(settings), packed(of_fleet(Settings()))):
        raise UsageError(
            "a run goes on with the options that it was begun with",
            "leave them out, or leave out --resume: a new run begins",
        )
    if rules_of(settings) != run.rules:
        raise UsageError(
            "the rules, or KeyGuard, are others than when this run began", "leave out --resume: a new run begins"
        )
    store.aim(run, targets)
    return run, settings


@dataclass(frozen=True, slots=True)
class _Sameness:
    """What a verdict was given by, if it still counts; git is run in a folder of KeyGuard's own."""

    rules: str
    ledgers: str
    folder: Path

    def counts(self, known: Before) -> bool:
        """Return whether what was said of a repository still holds if nothing has changed there."""
        if not known.whole and known.read < now(AGAIN):
            return False
        return known.rules == self.rules and (not known.keys or known.ledgers == self.ledgers)

    def refs(self, target: Target) -> str:
        """Return what stands for the refs that a host tells; nothing where it cannot be asked from here."""
        try:
            return mirrors.state(mirrors.refs_of(target, self.folder))
        except SourceError:
            return ""


def _parted(
    targets: Sequence[Target], before: Mapping[str, Before], sameness: _Sameness
) -> tuple[list[str], list[tuple[Target, Before]]]:
    """Part what is as it was at a scan by the same rules from what has to be scanned."""
    nothing = Before()
    told = [(each, before.get(each.name, nothing)) for each in targets]
    told = [(each, known if sameness.counts(known) else nothing) for each, known in told]
    with ThreadPoolExecutor(ASKING) as threads:
        asked = {each.name: threads.submit(sameness.refs, each) for each, known in told if known.state and each.address}
        same = {
            each.name
            for each, known in told
            if known.state and not each.address and state_of(each.path, known.watched) == known.state
        }
        same |= {each.name for each, known in told if each.name in asked and asked[each.name].result() == known.state}
    return sorted(same), [(each, known) for each, known in told if each.name not in same]


def _ledgers() -> str:
    """Return what stands for all ledgers of incidents that the user has on this machine."""
    try:
        found = [(each.name, each.stat()) for each in sorted(ledgers.place().glob("*.toml"))]
    except (OSError, UsageError):
        return ""
    told = [(name, status.st_size, status.st_mtime_ns, status.st_ino) for name, status in found]
    return blake2b(repr(told).encode(), digest_size=20).hexdigest()
