"""The two languages that people are spoken to in, and how one is chosen."""

from __future__ import annotations

import enum
import os
from collections.abc import Mapping


class Language(enum.StrEnum):
    """A language of the guide and of the text report."""

    EN = "en"
    ZH = "zh"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Language:
        """Return the language of the locale, by the order POSIX gives its variables (`LC_ALL` first).

        GNU's `LANGUAGE` comes before them where a locale other than C is set, as gettext has it.
        """
        environ = os.environ if environ is None else environ
        locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
        if locale.split(".")[0] in ("", "C", "POSIX"):
            return cls.EN
        preferred = (environ.get("LANGUAGE") or locale).split(":")[0]
        return cls.ZH if preferred.lower().startswith("zh") else cls.EN


Text = Mapping[Language, str]
"""The same words in every language."""
