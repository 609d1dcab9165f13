"""Reads what else a rule demands of a match: the path of its file, and what tells look-alikes."""

from __future__ import annotations

import regex

from keyguard.rules.catalogue import Refusal, Target
from keyguard.rules.fields import Fields
from keyguard.rules.patterns import PatternError

_TARGETS = {target.value: target for target in Target}
_CONDITIONS = {"any": False, "all": True}


def path_of(table: Fields) -> regex.Pattern[bytes] | None:
    """Return the pattern that is looked for in the path of a file."""
    return _searched(table, "path", table.text("path")) if "path" in table.values else None


def refusals_of(table: Fields) -> tuple[Refusal, ...]:
    """Return what tells look-alikes; raises `RuleError` for one that says nothing."""
    return tuple(refusal(own) for own in table.tables("refuse")) if "refuse" in table.values else ()


def refusal(own: Fields) -> Refusal:
    """Return what one table refuses; raises `RuleError` for one that says nothing."""
    own.only(("patterns", "target", "words", "paths", "condition"))
    if not any(own.texts(name) for name in ("patterns", "words", "paths")):
        raise own.error("patterns", "are missing, as are words and paths", "say what tells a look-alike from a secret")
    return Refusal(
        patterns=tuple(_searched(own, "patterns", each) for each in own.texts("patterns")),
        target=own.choice("target", _TARGETS, Target.SECRET),
        words=tuple(each.lower() for each in own.texts("words")),
        paths=tuple(_searched(own, "paths", each) for each in own.texts("paths")),
        every=own.choice("condition", _CONDITIONS, False),
    )


def _searched(table: Fields, name: str, source: str) -> regex.Pattern[bytes]:
    """Return a pattern that is looked for in a short text, so that its repeats need no bound."""
    from keyguard.rules.syntax.dialect import KEYGUARD
    from keyguard.rules.syntax.reader import read

    try:
        read(source, KEYGUARD)
        return regex.compile(source.encode("ascii"), regex.VERBOSE | regex.ASCII)
    except UnicodeEncodeError:
        raise table.error(name, "is not ASCII", "write other characters as the bytes they have: \\x…") from None
    except regex.error as error:
        raise table.error(name, f"is no regular expression: {error}") from None
    except PatternError as error:
        raise table.error(name, str(error), error.hint) from None
