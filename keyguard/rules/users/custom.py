"""The provider of keys that no provider file knows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from keyguard.rules import guide
from keyguard.rules.catalogue import Provider
from keyguard.rules.fields import Fields

ID = "custom"
FILE = "custom.toml"


@cache
def provider() -> Provider:
    """Return it, without rules; it has no console and no documentation, as nobody knows whose its keys are."""
    table = Fields(tomllib.loads(files(__package__).joinpath(FILE).read_text("utf-8")), FILE)
    return Provider(
        id=ID, name=table.both("name"), console="", docs="", checked="", rules=(), advice=guide.of_provider(table)
    )
