"""Tells keys that people made up, as in documentation and tests, from random ones."""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyguard.detection.spelling import reads_as_name
from keyguard.detection.surprise import described, inside_of
from keyguard.detection.words import ELISION, HAN, TEMPLATE

SAVED_BITS = 17.0
"""How much shorter a made-up text is than a random one; of random texts fewer than one in 2 ** 17 are."""
SHARE = 0.4
"""Which part of a text has to be explained: a long run of zeros alone does not refuse a key."""
_ENOUGH = 0.75
_UNEXPLAINED = 24
"""With more characters than these that nothing explains, words are the name of a service and not the key."""
_SHORT = 16
_SHORT_BITS = 8.0
_SHORT_SHARE = 0.85
_ARMOUR = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----")
_TELLING = "EXAMPLE"
"""The word that providers themselves put into otherwise random keys of their documentation."""
_MARKER = "T3BlbkFJ"
_PREFIX = re.compile(
    r"sk-(?:proj|svcacct|admin|None|or-v1|ant-[a-z]{3,5}\d\d)-|(?:[sp]k|gsk|hf|r8|ghp|xai|csk|nvapi)[-_]"
)


def looks_made_up(text: str, known: Iterable[str] = (), *, name_bits: float = SAVED_BITS) -> str | None:
    """Return why a text is no random key, or None; what is `known` of its shape does not count.

    A text that takes `name_bits` less as a name than as random characters is a name.
    """
    if HAN.search(text) or _TELLING in text:
        return "it has words in it"
    if TEMPLATE.search(text):
        return "it is a template"
    if ELISION.search(text):
        return "its middle is left out"
    body = _body(text, known)
    found = described(body)
    letters = inside_of(body)
    if letters < _SHORT:
        made_up = found.saved >= _SHORT_BITS and found.characters >= _SHORT_SHARE * letters
    else:
        if reads_as_name(body, name_bits):
            return "it reads like a name"
        made_up = found.saved >= SAVED_BITS and _is_explained(found.characters, letters)
    return found.reason if made_up else None


def _is_explained(explained: int, letters: int) -> bool:
    if explained >= _ENOUGH * letters:
        return True
    return explained >= SHARE * letters and letters - explained <= _UNEXPLAINED


def _body(text: str, known: Iterable[str]) -> str:
    text = _PREFIX.sub("", _ARMOUR.sub("", text), count=1) if text[:1].isascii() else text
    for part in (*known, _MARKER):
        if part:
            text = text.replace(part, "")
    return text
