"""Leaves the tables `verify`, `revoke` and `create` of the provider files alone until somebody asks for them.

A hook reads every file and none of these tables, so this module imports nothing that reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyguard.rules.api.values import Api

TABLES = ("verify", "revoke", "create")
_HEADS = tuple(f"{above}{name}]" for above in ("", "rule.") for name in TABLES)


def without(text: str) -> str:
    """Return the text of a sound file without these sections, each of which ends at the next `[` in column 1."""
    first, *sections = text.split("\n[")
    return "\n[".join([first, *(section for section in sections if not section.startswith(_HEADS))])


class Apis(Mapping[str, "Api"]):
    """The API of each kind of key by the ids of the rules, read when it is first asked for."""

    def __init__(self, read: Callable[[], Mapping[str, Api]]) -> None:
        self._read = read

    @cached_property
    def _all(self) -> Mapping[str, Api]:
        return self._read()

    def __getitem__(self, rule: str) -> Api:
        return self._all[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)
