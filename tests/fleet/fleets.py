"""Runs a fleet in this process: the executor is a thread, so that a test costs no start of processes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keyguard.cli.output import Format, rendered
from keyguard.fleet import run, targets
from keyguard.fleet.jobs import Outcome
from keyguard.fleet.overview import verdict_of
from keyguard.fleet.pools import Make, Pool
from keyguard.fleet.settings import of_fleet
from keyguard.fleet.store import Store
from keyguard.language import Language
from keyguard.pipeline.setup import Settings
from keyguard.rules import loader

TIMES = ("started", "ended", "at", "detected", "seen", "gone", "seconds", "id", "days")


def threads(make: Callable[[], Executor] = lambda: ThreadPoolExecutor(1), *, breaks: bool = False) -> Make:
    """Return what makes pools that are executors in this process."""

    def made() -> Pool:
        executor = make()
        return Pool(executor, 2, lambda: True, lambda at_once: executor.shutdown(wait=not at_once), breaks=breaks)

    return made


@dataclass
class Watched:
    """Keeps what a run tells."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def ended(self, outcome: Outcome, tries: int) -> None:
        self.outcomes.append(outcome)
        self.told.append(("ended", outcome.name, outcome.ended.value, tries))

    def failed(self, outcome: Outcome, tries: int) -> None:
        self.told.append(("failed", outcome.name, tries))

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *values: self.told.append((name, *values)) if name != "tick" else None

    def how(self) -> dict[str, str]:
        return {name: ended for what, name, ended, _ in (each for each in self.told if each[0] == "ended")}


@dataclass
class TheFleet:
    """A file of results with a folder of clones."""

    folder: Path

    @property
    def db(self) -> Path:
        return self.folder / "fleet.db"

    def scan(
        self,
        *given: str | Path,
        settings: Settings | None = None,
        make: Make | None = None,
        resume: bool = False,
        **more: Any,
    ) -> tuple[run.Summary, Watched]:
        found = targets.found([str(each) for each in given])
        clones = self.folder / "clones"
        clones.mkdir(mode=0o700, exist_ok=True)
        wanted = run.Wanted(found, of_fleet(settings or Settings()), clones, make or threads(), resume=resume, **more)
        run.check(wanted)
        watched = Watched()
        with Store(self.db) as store:
            store.lock()
            return run.carried_out(wanted, store, watched), watched

    def report(self, form: Format = Format.JSON, language: Language = Language.EN) -> str:
        with Store(self.db, reading=True) as store:
            verdict, _ = verdict_of(store, loader.load(), language)
        return rendered(verdict, form)

    def json(self) -> Any:
        return json.loads(self.report())


def findings(report: Any, prefix: str = "") -> dict[str, Any]:
    """Return the findings of a report as a single scan has them, by fingerprint; paths without the repository's."""
    found = {}
    for each in report["findings"]:
        told = {name: value for name, value in each.items() if name not in ("guide", "fleet")}
        told["locations"] = [_location(place, prefix) for place in told["locations"]]
        found[each["fingerprint"]] = told
    return found


def _location(place: dict[str, Any], prefix: str) -> dict[str, Any]:
    path = place["path"].removeprefix(f"{prefix}/") if place["path"] else None
    return {name: value for name, value in place.items() if name != "repository"} | {"path": path}


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_times(each) for name, each in value.items() if name not in TIMES}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def names(paths: Sequence[Path]) -> list[str]:
    return [str(each) for each in paths]
