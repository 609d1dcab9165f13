"""Strict reading of one TOML table of a rule file: what is missing, unknown or of the wrong kind is refused."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from keyguard.errors import RuleError
from keyguard.language import Language, Text

T = TypeVar("T")
SURENESS = {word: word for word in ("sure", "likely", "guess")}
"""How sure a fact of a file is."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One table, and where it stands: `place` begins every message, and names the file and the rule."""

    values: Mapping[str, Any]
    place: str

    def error(self, name: str, problem: str, hint: str | None = None) -> RuleError:
        """Return the error about one field; its value is not quoted, since it could be a key."""
        return RuleError(f"{self.place}: {name}: {problem}", hint)

    def only(self, known: Collection[str]) -> None:
        """Raise for a field that the schema does not have."""
        for name in self.values:
            if name not in known:
                raise self.error(name, "unknown field", nearest(name, known))

    def without(self, names: Collection[str]) -> Fields:
        """Return the table without these fields, which somebody else reads."""
        return Fields({name: value for name, value in self.values.items() if name not in names}, self.place)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text, which may not be blank."""
        value = self._get(name, str, "a text", default)
        if name in self.values and not value.strip():
            raise self.error(name, "is blank", "write something, or leave the field out if it may be")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none of them blank; no field is an empty list."""
        value: list[Any] = self._get(name, list, "a list of texts", [])
        if not all(isinstance(each, str) and each.strip() for each in value):
            raise self.error(name, "has to hold texts, none of them blank", f'write {name} = ["…", "…"]')
        return tuple(value)

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        if isinstance(self.values.get(name), bool):
            raise self.error(name, "has to be a whole number")
        return self._get(name, int, "a whole number", default)

    def amount(self, name: str, default: float) -> float:
        """Return a number that is not below zero."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self.error(name, "has to be a number, and not below zero")
        return float(value)

    def flag(self, name: str) -> bool:
        """Return whether something is set; no field is false."""
        return self._get(name, bool, "true or false", False)

    def choice(self, name: str, choices: Mapping[str, T], default: T | None = None) -> T:
        """Return what a word of a fixed list stands for."""
        if name not in self.values and default is not None:
            return default
        word = self.text(name)
        if word not in choices:
            raise self.error(name, "is none of the words it may be", f"choose from {', '.join(choices)}")
        return choices[word]

    def optional_choice(self, name: str, choices: Mapping[str, T]) -> T | None:
        """Return what a word stands for, or None where there is no such field."""
        return self.choice(name, choices) if name in self.values else None

    def link(self, name: str) -> str:
        """Return an address, which has to be https."""
        return self.secure(name, self.text(name))

    def secure(self, name: str, address: str) -> str:
        """Return an address of this field as it is; raise unless it is https."""
        if not address.startswith("https://") or any(mark in address for mark in " <>\"'"):
            raise self.error(name, "is not a plain https address", "give the https:// address of the page")
        return address

    def both(self, name: str) -> Text:
        """Return a text in every language."""
        own = self.table(name)
        own.only([language.value for language in Language])
        return {language: own.text(language.value) for language in Language}

    def table(self, name: str) -> Fields:
        """Return a table within this one."""
        value: dict[str, Any] = self._get(name, dict, "a table")
        return Fields(value, f"{self.place}: {name}")

    def tables(self, name: str) -> Iterator[Fields]:
        """Yield the tables of a list; no field is an empty list."""
        value: list[Any] = self._get(name, list, "a list of tables", [])
        for number, each in enumerate(value, 1):
            if not isinstance(each, dict):
                raise self.error(name, f"number {number} is not a table")
            yield Fields(each, f"{self.place}: {name} {number}")

    def _get(self, name: str, kind: type[T], article: str, default: T | None = None) -> T:
        if name not in self.values:
            if default is None:
                raise self.error(name, "is missing", f"add {name}, {article}; docs/rules.md describes it")
            return default
        value = self.values[name]
        if not isinstance(value, kind):
            raise self.error(name, f"has to be {article}")
        return value


def nearest(name: str, known: Collection[str]) -> str:
    """Return a hint for a name that is none of the known ones: the one that was likely meant, or all of them."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"
