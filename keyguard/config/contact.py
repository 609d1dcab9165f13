"""Whom a repository wants to be told of findings: its own security team, in the words of whoever wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyguard.config.words import NotThatError
from keyguard.language import Language, Text

LONGEST = {"name": 80, "text": 400, "email": 120, "url": 300}
"""How many characters each may have."""
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
URL = r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%!$&()*+,;=:@/?#-]*)?|mailto:" + EMAIL
"""An https address without a user's name in it, which looks like another host than it is, or a mail address."""
_SPEECH = str.maketrans("“”„«»「」『』", '"' * 9)


@dataclass(frozen=True, slots=True)
class Contact:
    """What stands under `[contact]`, of which KeyGuard knows only that it is harmless to print; `file` is where."""

    file: str = ""
    name: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)
    email: str | None = None
    url: str | None = None

    @property
    def link(self) -> str | None:
        """What to open: the address, else the mail address as a link."""
        return self.url or (f"mailto:{self.email}" if self.email else None)


def read_contact(value: object) -> Contact:
    """Return the contact that a table describes; raises `NotThatError` for what is not as documented."""
    if not isinstance(value, dict):
        raise NotThatError("is a table of name, email, url and text")
    for key in value:
        if key not in LONGEST:
            raise NotThatError(f"has only {', '.join(LONGEST)}", key)
    if not value:
        raise NotThatError("says nothing: it has name, email, url or text")
    return Contact(
        name=_words("name", value),
        text=_words("text", value),
        email=_fitting("email", value, EMAIL, "a mail address"),
        url=_fitting("url", value, URL, "a link that begins with https:// or mailto:"),
    )


def _words(key: str, table: Mapping[str, object]) -> Text:
    """Return a text in both languages; what is given in one only stands for the other as well."""
    if key not in table:
        return {}
    value = table[key]
    if not isinstance(value, dict):
        text = _line(key, value)
        return dict.fromkeys(Language, text)
    if not value or not value.keys() <= {*Language}:
        raise NotThatError(f"has a {key} that is neither a text nor a table of en and zh", key)
    given = {language: _line(key, value[language]) for language in Language if language in value}
    return {language: given.get(language) or next(iter(given.values())) for language in Language}


def _line(key: str, value: object) -> str:
    """Return one line of words, without quotation marks that could seem to end them."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST[key]:
        raise NotThatError(f"has a {key} that is not one line of up to {LONGEST[key]} characters", key)
    return value.strip().translate(_SPEECH)


def _fitting(key: str, table: Mapping[str, object], pattern: str, wanted: str) -> str | None:
    value = table.get(key)
    if key not in table:
        return None
    if not isinstance(value, str) or len(value) > LONGEST[key] or not re.fullmatch(pattern, value):
        raise NotThatError(f"has {'an' if key == 'email' else 'a'} {key} that is not {wanted}", key)
    return value
