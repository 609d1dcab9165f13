"""Decides which cells a scanner found, which not and why, and which look-alikes it took for keys."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from benchmarks.detection.corpus import Cell
from benchmarks.detection.tools.model import Alarm, Report

OVERALL, WORST = 0.995, 0.98
"""KeyGuard's targets: the share of all cells, and of the worst kind and the worst surrounding."""
_FOLDER = re.compile(r"(?:^|/)(\d{6})(?=/|$)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_DECOY = re.compile(r"\d{4}/(?:quoted|assigned|bare)/[^/]*$")


@dataclass(frozen=True)
class Score:
    """What one scanner found. `misses` has the reason by the cell's number; without a score, `failed` says why."""

    name: str
    version: str
    cells: Sequence[Cell]
    misses: Mapping[int, str]
    false_alarms: Sequence[Alarm]
    strangers: Sequence[Alarm]
    seconds: float = 0.0
    failed: str = ""

    def share(self, wanted: Callable[[Cell], bool] = lambda _: True) -> float | None:
        """Return the share of the cells that it found, or None where it was given none of them."""
        cells = [cell for cell in self.cells if wanted(cell)]
        return None if self.failed or not cells else sum(cell.number not in self.misses for cell in cells) / len(cells)

    @cached_property
    def by_kind(self) -> Mapping[str, float]:
        """The share of each kind's cells."""
        return self._shares(lambda cell: cell.kind.id)

    @cached_property
    def by_surrounding(self) -> Mapping[str, float]:
        """The share of each surrounding's cells."""
        return self._shares(lambda cell: cell.surrounding.id)

    def _shares(self, name: Callable[[Cell], str]) -> Mapping[str, float]:
        groups: dict[str, list[bool]] = defaultdict(list)
        for cell in self.cells:
            groups[name(cell)].append(cell.number not in self.misses)
        return {each: sum(found) / len(found) for each, found in groups.items()}

    def reached(self) -> bool:
        """Whether it reaches KeyGuard's targets."""
        worst = [min(shares.values(), default=1.0) for shares in (self.by_kind, self.by_surrounding)]
        return not self.failed and (self.share() or 0.0) >= OVERALL and min(worst) >= WORST and not self.false_alarms


def fingerprint(secret: str) -> str:
    """Return what KeyGuard's report says of a secret instead of the secret."""
    return "kg1-" + hashlib.sha256(secret.encode()).hexdigest()[:32]


def score(cells: Sequence[Cell], report: Report) -> Score:
    """Compare a report with what was written."""
    given = [cell for cell in cells if report.reads_history or not cell.surrounding.where.in_repository]
    alarms = Alarms([*report.files, *report.repository])
    misses: dict[int, str] = {}
    for cell in given if not report.failed else ():
        if why := alarms.misses(cell):
            misses[cell.number] = why
    return Score(
        name=report.name,
        version=report.version,
        cells=given,
        misses=misses,
        false_alarms=[alarm for alarm in report.decoys if alarm.counts],
        strangers=alarms.strangers(cells),
        seconds=report.seconds,
        failed=report.failed,
    )


class Alarms:
    """The findings of one scanner, by what they can be told by."""

    def __init__(self, alarms: Iterable[Alarm]) -> None:
        self._by_text: dict[str, list[Alarm]] = defaultdict(list)
        self._by_folder: dict[int, list[Alarm]] = defaultdict(list)
        self._elsewhere: list[Alarm] = []
        self._all = list(alarms)
        for alarm in self._all:
            self._by_text[alarm.text or alarm.fingerprint].append(alarm)
            if number := _FOLDER.search(alarm.path):
                self._by_folder[int(number[1])].append(alarm)
            else:
                self._elsewhere.append(alarm)

    def misses(self, cell: Cell) -> str:
        """Return why a cell does not count as found, or an empty text."""
        found = self._of(cell)
        if not found:
            near = sorted({f"{each.rule} reports another text" for each in self._by_folder[cell.number]})
            return "; ".join(near) or "not reported"
        counting = [alarm for alarm in found if alarm.counts]
        if not counting:
            return f"{found[0].rule} reports it with low confidence"
        if cell.kind.shared and all(each.vendors and not cell.kind.vendors & each.vendors for each in counting):
            return f"{counting[0].rule} names the vendor {', '.join(sorted(counting[0].vendors))}"
        return ""

    def _of(self, cell: Cell) -> list[Alarm]:
        """Return the findings of a cell's secret: by the secret itself, by a text that holds it, or by its file."""
        names = [name for secret in (cell.secret, cell.inner) if secret for name in (secret, fingerprint(secret))]
        exact = [alarm for name in names for alarm in self._by_text.get(name, ())]
        near = self._by_folder[cell.number] or self._elsewhere
        return exact or [alarm for alarm in near if holds(alarm, cell)]

    def strangers(self, cells: Sequence[Cell]) -> list[Alarm]:
        """Return the findings that are none of the secrets and hold none: pieces of keys, or other texts."""
        known = [secret for cell in cells for secret in (cell.secret, cell.inner) if secret]
        secrets = {*known, *map(fingerprint, known)}
        by_number = {cell.number: cell for cell in cells}
        return [each for each in self._all if each.counts and self._is_strange(each, secrets, by_number)]

    @staticmethod
    def _is_strange(alarm: Alarm, secrets: set[str], by_number: Mapping[int, Cell]) -> bool:
        if (alarm.text or alarm.fingerprint) in secrets:
            return False
        number = _FOLDER.search(alarm.path)
        cell = by_number.get(int(number[1])) if number else None
        if cell is None:
            return True
        return not holds(alarm, cell)


def holds(alarm: Alarm, cell: Cell) -> bool:
    """Whether a finding in a cell's file is of its secret: its text has it, or nothing but the file can tell."""
    if cell.kind.by_place and cell.kind.vendors & alarm.vendors:
        return True
    secrets = [each for each in (cell.secret, cell.inner) if each]
    return any(secret in reading for reading in readings(alarm.text) for secret in secrets)


def readings(text: str) -> Iterator[str]:
    """Yield what a scanner shows, and what that says where it is percent-encoded or base64: some show keys encoded."""
    yield text
    yield unquote(text)
    for run in _BASE64.findall(text):
        yield base64.b64decode(run[: len(run) // 4 * 4], altchars=b"-_").decode("latin-1")


def place_of(alarm: Alarm) -> str:
    """Return where a look-alike stands: its number, its form and its file."""
    found = _DECOY.search(alarm.path)
    return found[0] if found else alarm.path
