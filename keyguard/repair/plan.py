"""What is done about the keys of a work tree, and what is left to the user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from keyguard.detection.engine import Engine
from keyguard.model import Secret
from keyguard.pipeline.scrub import masked
from keyguard.repair.draft import IGNORE, Draft
from keyguard.repair.shown import HEADER
from keyguard.reporting.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Left:
    """A key that stays in a file: why, and how the file's language reads the variable, if it does."""

    path: str
    line: int
    secret: Secret
    why: str
    snippet: str | None = None


@dataclass
class Plan:
    """The files as they are to become, and what is left to the user.

    `moved` are the secrets that are taken out of some file; `names` the variables that the env file has for them;
    `commands` are for the user, since the index is theirs.
    """

    draft: Draft
    env_file: str
    engine: Engine
    redact: Redactor
    moved: dict[Secret, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def differences(self) -> Iterable[list[str]]:
        """Yield for each file the lines of its diff, in which no key can be read."""
        for path, lines in self.draft.differences(self.engine):
            shown = self.masked(path)
            yield [line.replace(path, shown) if number < HEADER else line for number, line in enumerate(lines)]

    def masked(self, text: str) -> str:
        """Return a text, such as the name of a file, in which no key can be read."""
        return masked(self.redact(text), self.engine)

    def write(self) -> None:
        """Write all or nothing: git ignores the env file, and it has the values, before anything loses them."""
        self.draft.write((IGNORE, self.env_file))
