"""The exit codes, and the errors that people see: what happened, and what to do about it."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """What the process tells its caller; of several that apply, the first in this order is used."""

    INTERRUPTED = 130
    USAGE = 2
    FINDINGS = 1
    INCOMPLETE = 3
    CLEAN = 0


class KeyGuardError(Exception):
    """Something a person has to know or do; never carries the text of a secret."""

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class EndedError(KeyGuardError):
    """The user ended it, and nothing of it is left."""

    exit_code = ExitCode.INTERRUPTED


class UsageError(KeyGuardError):
    """The command cannot be carried out as it was asked for; nothing was scanned."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """A configuration, baseline or rule file is malformed."""


class RuleError(ConfigError):
    """A provider's rule file breaks the schema or its own examples."""


class SourceError(KeyGuardError):
    """Something that was asked for could not be read, so no verdict on it can be given."""
