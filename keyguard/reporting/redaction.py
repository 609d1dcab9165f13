"""Keeps found secrets out of everything else that a report shows: file names, addresses and refs can hold them too."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from keyguard.model import ELLIPSIS, Finding, Place, Secret, Where

PIECE = 8
"""How much of a secret's beginning is looked up; no secret that is worth the name is shorter."""


class Redactor:
    """Masks all found secrets in any text, in time that does not grow with their number."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._starts: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[str, str] = {}
        for secret in secrets:
            for form in _forms(secret.reveal()):
                if len(form) >= PIECE:
                    self._starts.setdefault(form[:PIECE], []).append((form, secret.masked))
        for forms in self._starts.values():
            forms.sort(key=lambda each: -len(each[0]))  # of two that begin alike the longer one

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Redactor:
        """Return one for the secrets of these findings."""
        return cls(finding.secret for finding in findings)

    def __call__(self, text: str) -> str:
        """Return the text with every secret in it masked."""
        if text not in self._known:
            self._known[text] = "".join(self._parts(text))
        return self._known[text]

    def _parts(self, text: str) -> Iterator[str]:
        kept = position = 0
        while position <= len(text) - PIECE:
            for form, masked in self._starts.get(text[position : position + PIECE], ()):
                if text.startswith(form, position):
                    yield text[kept:position] + masked
                    kept = position + len(form)
                    position = kept - 1
                    break
            position += 1
        yield text[kept:]

    def path(self, place: Place) -> str | None:
        """Return the path of a place; where it holds the secret in a form of its own, that part is left out."""
        return self._name(place, place.origin.path, is_named=place.origin.member is None)

    def member(self, place: Place) -> str | None:
        """Return the path inside an archive in the same way."""
        return self._name(place, place.origin.member, is_named=True)

    def _name(self, place: Place, name: str | None, *, is_named: bool) -> str | None:
        """Return a name; `is_named`: if a name holds the secret of the place, it is this one."""
        if name is None:
            return None
        shown = self(name)
        own = shown == name and is_named and not place.repository  # of a fleet's places this was done where they are
        if own and place.origin.where is Where.FILE_NAME and place.line == place.end_line:
            shown = shown[: place.column - 1] + ELLIPSIS + shown[place.end_column - 1 :]
        return shown


def _forms(text: str) -> Iterator[str]:
    """Yield the secret as it may stand in a name: as it is, and as the usual encodings write it."""
    data = text.encode("utf-8", "surrogateescape")
    yield text
    yield quote(data, safe="")
    yield data.hex()
    yield data.hex().upper()
    for shift in range(3):
        # the digits of base64 that depend on the secret alone, at each of its three alignments
        encoded = base64.b64encode(b"\0" * shift + data)
        own = encoded[(0, 2, 3)[shift] : len(encoded) - (0, 3, 2)[(shift + len(data)) % 3]].decode("ascii")
        yield own
        yield own.replace("+", "-").replace("/", "_")
