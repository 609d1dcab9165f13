"""What every part of the text report needs: the words, the room there is, and the only ways for data onto the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from keyguard.language import Language
from keyguard.model import Secret
from keyguard.reporting import markup
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import ascii_only, clean, display_width, fit, wrap
from keyguard.reporting.words import Words

LEAST_COLUMNS = 60
UNWRAPPED = 1 << 40
"""Wider than any line."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of `width` columns."""

    say: Words
    redact: Redactor
    width: int = 80
    color: bool = False
    unicode: bool = True
    markdown: bool = False

    @classmethod
    def make(cls, language: Language, redact: Redactor, *, width: int, color: bool, unicode: bool) -> Page:
        """Return a page that is at least so wide that something can stand on it."""
        return cls(Words(language), redact, max(width, LEAST_COLUMNS), color, unicode)

    @classmethod
    def unwrapped(cls, language: Language, redact: Redactor, *, markdown: bool = False) -> Page:
        """Return a page for text that no terminal shows: its lines go on as far as they have to."""
        return cls(Words(language), redact, UNWRAPPED, markdown=markdown)

    def data(self, text: str, columns: int | None = None) -> str:
        """Return text that somebody else chose, harmless and without secrets, for one line of this page.

        Of a text of more than `columns` that many are left; its end is cut before it is marked up, never after.
        """
        shown = self.plain(clean(self.redact(text)))
        if columns is not None:
            shown = fit(shown, columns)
        return markup.prose(shown) if self.markdown else shown

    def masked(self, secret: Secret) -> str:
        """Return the masked form of a secret; it is not searched for secrets, as it begins like all of its kind."""
        shown = self.plain(clean(secret.masked))
        return markup.code(shown) if self.markdown else shown

    def plain(self, text: str) -> str:
        """Return text as the console can show it."""
        return text if self.unicode else ascii_only(text)

    def paint(self, text: str, style: str) -> str:
        """Return text in a style, where there is colour; no markup in the text is obeyed."""
        if not self.color or not text:
            return text
        from rich.style import Style

        return Style.parse(style).render(text)

    def hang(self, first: str, text: str) -> Iterator[str]:
        """Yield wrapped lines, the first behind `first` and the others as far in."""
        indent = display_width(first)
        for number, line in enumerate(wrap(text, self.width - indent)):
            yield (" " * indent if number else first) + line

    def indented(self, columns: int) -> Page:
        """Return a page for what will be moved to the right."""
        return replace(self, width=self.width - columns)
