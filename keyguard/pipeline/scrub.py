"""Takes keys out of messages: a name, an argument or a line of configuration that an error quotes can hold one."""

from __future__ import annotations

from functools import cache

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader


def scrubbed(text: str) -> str:
    """Return the text with everything masked that any rule takes for a secret, however unsure it is."""
    return masked(text, _engine())


@cache
def _engine() -> Engine:
    """Return the engine of KeyGuard's own rules, made once."""
    return Engine(loader.load(), bulk=False)


def masked(text: str, engine: Engine) -> str:
    """Return the text with everything masked that this engine takes for a secret."""
    chunk = Chunk(Origin(Where.STDIN), text.encode("utf-8", "surrogateescape"))
    secrets = {match.secret for match in engine.detect(chunk) if isinstance(match, Match)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret.reveal(), secret.masked)
    return text
