"""What an import says of itself: what it changed, and what it could not carry over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know of a rule, or of a part of the file; `lost` if it was not carried over."""

    subject: str
    text: str
    lost: bool


@dataclass(slots=True)
class Notes:
    """What there is to say, in the order in which it came up."""

    all: list[Note] = field(default_factory=list)

    def changed(self, subject: str, text: str) -> None:
        """Note what means something else than it did."""
        self.all.append(Note(subject, text, lost=False))

    def lost(self, subject: str, text: str) -> None:
        """Note what is not there any more."""
        self.all.append(Note(subject, text, lost=True))


def lines(notes: list[Note]) -> Iterator[str]:
    """Yield a line for each thing that was noted, with all that it was noted of."""
    of: dict[str, list[str]] = {}
    for note in notes:
        of.setdefault(note.text, []).append(note.subject)
    for text, subjects in of.items():
        yield f"{', '.join(dict.fromkeys(subjects))}: {text}"
