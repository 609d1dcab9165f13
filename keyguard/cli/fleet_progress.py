"""Shows how a run over many repositories goes: a live table for people, JSON Lines for programs, or faults alone."""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from keyguard.cli.output import spoken
from keyguard.errors import UsageError
from keyguard.fleet.jobs import Ended, Outcome, Task
from keyguard.fleet.run import Summary
from keyguard.language import Language
from keyguard.reporting import ascii_json
from keyguard.reporting.terminal import clean
from keyguard.reporting.words import Words

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

SHAPES = ("auto", "table", "jsonl", "none")
LAST = 8
"""How many of the repositories that ended last are shown, and at most of those at work."""
PER_SECOND = 4


def observer(shape: str, language: Language | None) -> Faults:
    """Return what shows the progress in a shape; raises `UsageError` for a table where there is no terminal."""
    try:
        terminal = sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # closed
        terminal = False
    if shape == "jsonl":
        return Lines()
    if shape == "table" and not terminal:
        raise UsageError("a live table needs a terminal on standard error", "--progress jsonl is for programs")
    if shape in ("auto", "table") and terminal:
        return LiveTable(Words(spoken(language or Language.from_environment())))
    return Faults()


class Faults(AbstractContextManager["Faults"]):
    """Says what goes wrong, and nothing else."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def begun(self, run: int, repositories: int) -> None:
        """A run has begun, or goes on."""

    def checked(self, unchanged: int, left: int) -> None:
        """So many repositories are as they were, and so many are left."""

    def given(self, name: str, task: Task) -> None:
        """A job was handed over."""

    def split(self, name: str, parts: int) -> None:
        """A large repository is read in parts."""

    def tick(self) -> None:
        """Time goes by."""

    def lost(self, name: str, tries: int) -> None:
        """A worker was lost."""
        self._say(f"{name}: its worker was lost; it is given to another ({tries})")

    def failed(self, outcome: Outcome, tries: int) -> None:
        """A repository failed, and is tried again."""
        self._say(f"{outcome.name}: {outcome.why}; it is tried again ({tries})")

    def unread(self, outcome: Outcome) -> None:
        """Something in a repository could not be read, which is tried once more."""

    def ended(self, outcome: Outcome, tries: int) -> None:
        """A repository is done."""
        if outcome.ended is Ended.FAILED:
            self._say(f"{outcome.name}: not read: {outcome.why}")
        elif outcome.record.get("unread"):
            self._say(f"{outcome.name}: {len(outcome.record['unread'])} things in it could not be read")

    def asking(self, keys: int) -> None:
        """Keys are sent to their providers."""
        if keys:
            self._say(f"asking whether {keys} keys live: each is sent to its own provider, and to nobody else")

    def unasked(self, outcome: Outcome) -> None:
        """The keys of a repository could not be asked about."""
        self._say(f"{outcome.name}: whether its keys live could not be asked: {outcome.why}")

    def over(self, summary: Summary | None, seconds: float) -> None:
        """The run is over; without a summary it was interrupted."""

    def _say(self, text: str) -> None:
        click.echo(f"keyguard: {clean(text)}", err=True)


class Lines(Faults):
    """Writes each event as a line of JSON."""

    def begun(self, run: int, repositories: int) -> None:
        """Write it."""
        self._write("begun", run=run, repositories=repositories)

    def checked(self, unchanged: int, left: int) -> None:
        """Write it."""
        self._write("checked", unchanged=unchanged, left=left)

    def given(self, name: str, task: Task) -> None:
        """Write it."""
        self._write("given", repository=name, task=task.value)

    def split(self, name: str, parts: int) -> None:
        """Write it."""
        self._write("split", repository=name, parts=parts)

    def lost(self, name: str, tries: int) -> None:
        """Write it."""
        self._write("lost", repository=name, tries=tries)

    def failed(self, outcome: Outcome, tries: int) -> None:
        """Write it."""
        self._write("again", repository=outcome.name, why=outcome.why, tries=tries)

    def unread(self, outcome: Outcome) -> None:
        """Write it."""
        self._write("again", repository=outcome.name, why=f"{len(outcome.record['unread'])} unread", tries=1)

    def ended(self, outcome: Outcome, tries: int) -> None:
        """Write it."""
        told: dict[str, Any] = {"seconds": round(outcome.seconds, 3), "worker": outcome.worker or None, "tries": tries}
        if outcome.ended is Ended.FAILED:
            told |= {"why": outcome.why, "mend": outcome.mend}
        if outcome.record:
            told |= {"keys": len(outcome.record["findings"]), "unread": len(outcome.record["unread"])}
        self._write("ended", repository=outcome.name, how=outcome.ended.value, **told)

    def asking(self, keys: int) -> None:
        """Write it."""
        self._write("asking", keys=keys)

    def unasked(self, outcome: Outcome) -> None:
        """Write it."""
        self._write("unasked", repository=outcome.name, why=outcome.why)

    def over(self, summary: Summary | None, seconds: float) -> None:
        """Write it."""
        counts = {name: getattr(summary, name) for name in ("read", "unchanged", "failed", "left")} if summary else {}
        self._write("over", interrupted=summary is None, seconds=round(seconds, 3), **counts)

    def _write(self, event: str, **values: object) -> None:
        click.echo(ascii_json.dumps({"event": event, **values}), err=True)


@dataclass
class LiveTable(Faults):
    """A table that is drawn anew while the run goes on, and that goes away with it; faults stay above it."""

    say: Words
    _live: Live | None = None
    _started: float = field(default_factory=time.monotonic)
    _of: int = 0
    _done: int = 0
    _read: int = 0
    _keys: int = 0
    _failed: int = 0
    _at_work: dict[str, str] = field(default_factory=dict)
    _last: deque[tuple[str, str, str]] = field(default_factory=lambda: deque(maxlen=LAST))

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(
            console=Console(stderr=True), get_renderable=self._table, refresh_per_second=PER_SECOND, transient=True
        )
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def begun(self, run: int, repositories: int) -> None:
        """Show how many there are."""
        self._of = repositories

    def checked(self, unchanged: int, left: int) -> None:
        """Show how many are as they were."""
        self._done += unchanged

    def given(self, name: str, task: Task) -> None:
        """Show what is at work."""
        self._at_work[name] = self.say("fleet.at-work" if task is not Task.PART else "fleet.part")

    def split(self, name: str, parts: int) -> None:
        """Show what is read in parts."""
        self._at_work[name] = self.say("fleet.part")

    def failed(self, outcome: Outcome, tries: int) -> None:
        """Show what is tried again."""
        self._at_work[outcome.name] = self.say("fleet.again", n=tries)

    def unread(self, outcome: Outcome) -> None:
        """Show what is tried again."""
        self._at_work[outcome.name] = self.say("fleet.again", n=1)

    def lost(self, name: str, tries: int) -> None:
        """Show what is tried again."""
        self._at_work[name] = self.say("fleet.again", n=tries)

    def ended(self, outcome: Outcome, tries: int) -> None:
        """Show what came of it."""
        self._at_work.pop(outcome.name, None)
        keys = len(outcome.record.get("findings", ()))
        self._done += 1
        self._read += outcome.ended is Ended.READ
        self._keys += keys
        self._failed += outcome.ended is Ended.FAILED
        self._last.append((outcome.name, self.say(f"fleet.ended-{outcome.ended}"), str(keys or "")))
        super().ended(outcome, tries)

    def _say(self, text: str) -> None:
        if self._live is not None:
            self._live.console.print(f"keyguard: {clean(text)}", markup=False, highlight=False)

    def _table(self) -> Group:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        say = self.say
        title = say("fleet.done", done=self._done, of=self._of, keys=self._keys, failed=self._failed)
        if self._read:
            seconds = (time.monotonic() - self._started) * (self._of - self._done) / self._read
            minutes, rest = divmod(round(seconds), 60)
            title += say("verdict.comma") + say("fleet.left", left=f"{minutes}:{rest:02}")
        table = Table(box=None, pad_edge=False)
        for name in ("place", "state", "keys"):
            table.add_column(say(f"fleet.column-{name}"), overflow="ellipsis", no_wrap=True)
        for name, what, keys in (*self._last, *((name, what, "") for name, what in [*self._at_work.items()][:LAST])):
            table.add_row(Text(clean(name)), Text(what), Text(keys))
        return Group(Text(title), table)
