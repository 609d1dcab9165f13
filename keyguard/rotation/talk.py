"""How a rotation speaks with its user, whoever that is: a terminal, or answers given beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from keyguard.model import Secret


class Talk(Protocol):
    """Words go by their names in the catalogue of messages, in the language of the user."""

    def tell(self, name: str, /, **values: str | int) -> None:
        """Say something."""

    def words(self, name: str, /, **values: str | int) -> str:
        """Return what would be said, made harmless."""

    def confirm(self, name: str, /, **values: str | int) -> bool:
        """Ask a question, and return whether the answer is yes."""

    def choose(self, name: str, options: Sequence[str], /) -> int | None:
        """Let the user choose one of several, and return its number from 0; None where nobody can be asked."""

    def paste(self, name: str, /, **values: str | int) -> Secret | None:
        """Take a key that is not shown; None where none is given."""

    def show(self, url: str) -> None:
        """Name a page to go to, and open it if the user wants pages to be opened."""
