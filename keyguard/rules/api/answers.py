"""Reads what an API may answer, and refuses a verdict that such an answer cannot carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from keyguard.model import Live
from keyguard.rules.api.values import Answer, Condition, Path
from keyguard.rules.fields import Fields

T = TypeVar("T")
_CONDITION = ("status", "is", "holds", "has")
_STATES = {state.value: state for state in Live}
_NEVER_DEAD = (403, 429)
"""What a firewall, a country, a missing right or a limit answers as well: never a proof that a key is dead."""
_NO_CREDIT = 402
_UNAUTHORIZED = 401


def read_answers(table: Fields) -> tuple[Answer, ...]:
    """Return the answers in their order; raises `RuleError` for one that cannot mean what it is said to."""
    answers = tuple(_answer(own) for own in table.tables("answers"))
    if not any(answer.means.startswith("live") for answer in answers):
        raise table.error("answers", "has none that means live", 'add { status = 200, means = "live" }')
    decided: set[int] = set()
    for number, answer in enumerate(answers, 1):
        if decided.issuperset(answer.when.status):
            raise table.error(
                "answers", f"number {number} is never reached", "put it before the one without a condition"
            )
        if answer.when.plain:
            decided.update(answer.when.status)
    return answers


def read_condition(table: Fields, *also: str) -> Condition:
    """Return a condition; `also` names the fields that its table has besides."""
    table.only((*_CONDITION, *also))
    return Condition(
        status=_status(table),
        equal=dict(_leaves(table, "is", (str, int, bool))),
        holds=dict(_leaves(table, "holds", (str,))),
        has=tuple(tuple(each.split(".")) for each in table.texts("has")),
    )


def _answer(table: Fields) -> Answer:
    answer = Answer(read_condition(table, "means"), table.choice("means", _STATES))
    status = answer.when.status
    if answer.means is Live.REVOKED:
        if any(each in _NEVER_DEAD for each in status):
            raise table.error("means", "403 and 429 never prove that a key is dead", 'say "unknown", or leave it out')
        if answer.when.plain and any(each != _UNAUTHORIZED for each in status):
            raise table.error(
                "means", "only a 401 may say this by its status alone", "add is or holds: the error's code"
            )
    elif answer.means is not Live.UNKNOWN and answer.when.plain and any(400 <= each != _NO_CREDIT for each in status):
        raise table.error("means", "an error needs more than its status to prove life", "add is or holds")
    return answer


def _status(table: Fields) -> tuple[int, ...]:
    value = table.values.get("status")
    codes = value if isinstance(value, list) and value else [value]
    if not all(type(each) is int and (200 <= each < 300 or 400 <= each < 500) for each in codes):
        hint = "write status = 200 or status = [401, 403]; redirects are not followed, 5xx says nothing of the key"
        raise table.error("status", "has to be a code from 200 to 299 or from 400 to 499, or a list of them", hint)
    return tuple(codes)


def _leaves(table: Fields, name: str, kinds: tuple[type[T], ...]) -> Iterator[tuple[Path, tuple[T, ...]]]:
    own = table.table(name) if name in table.values else Fields({}, table.place)
    for path, value in _walked(own.values):
        choices = value if isinstance(value, list) and value else [value]
        if not all(type(each) in kinds for each in choices):
            raise table.error(
                name, f"{'.'.join(path)} has to be one value, or a list of values", f"kinds: {_named(kinds)}"
            )
        yield path, tuple(choices)


def _walked(table: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _walked(value, (*above, name))
        else:
            yield (*above, name), value


def _named(kinds: tuple[type[T], ...]) -> str:
    return ", ".join({str: "text", int: "whole number", bool: "true or false"}[kind] for kind in kinds)
