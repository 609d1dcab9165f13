"""Makes up the keys of examples at run time, the same in every run, so that no file holds a whole one."""

from __future__ import annotations

import base64
import hashlib
import re
import string
from collections.abc import Callable, Iterator, Mapping

MOST = 8192
"""How many characters one template may stand for."""
ALPHABETS: Mapping[str, str] = {
    "alnum": string.ascii_letters + string.digits,
    "b64url": string.ascii_letters + string.digits + "-_",
    "b64": string.ascii_letters + string.digits + "+/",
    "hex": string.digits + "abcdef",
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "digits": string.digits,
    "loweralnum": string.ascii_lowercase + string.digits,
    "upperalnum": string.ascii_uppercase + string.digits,
    "bech32": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
"""What each template of random characters draws from."""
_TEMPLATE = re.compile(r"<<([a-z0-9-]+)(?::([^<>]*))?>>")
"""Only an innermost one, so that the text to encode may itself hold templates."""


class TemplateError(ValueError):
    """A template that does not exist, or without what it needs."""


def expanded(text: str, seed: str, secret: str = "") -> str:
    """Return text with every template carried out; `seed` decides which random characters it gets."""
    text = text.replace("<<secret>>", secret)
    number = 0
    while found := _TEMPLATE.search(text):
        number += 1
        before = text[: found.start()]
        text = before + _made(found[1], found[2], before, f"{seed}/{number}") + text[found.end() :]
    return text


def is_random(text: str) -> bool:
    """Return whether a text holds a template of random characters, and so looks like a key."""
    return any(found[1] in ALPHABETS for found in _TEMPLATE.finditer(text))


def _made(name: str, argument: str | None, before: str, seed: str) -> str:
    if name in ALPHABETS:
        return random_text(ALPHABETS[name], _length(argument), seed)
    if name == "x":
        return "x" * _length(argument)
    if name.endswith("-checksum"):
        return _checksum(name, before, argument or "")
    encode = _ENCODERS.get(name)
    if encode is None or argument is None:
        raise TemplateError(f"there is no template <<{name}>>" if encode is None else f"<<{name}>> needs a text")
    return encode(argument.encode()).decode()


def random_text(alphabet: str, length: int, seed: str) -> str:
    """Return characters in which none equals or follows on the one before it, so that nothing looks typed."""
    made = ""
    drawn = _bytes(seed)
    while len(made) < length:
        character = alphabet[next(drawn) % len(alphabet)]
        if not made or ord(character) - ord(made[-1]) not in (-1, 0, 1):
            made += character
    return made


def _bytes(seed: str) -> Iterator[int]:
    """Yield bytes without end; made by a hash since the standard generators may change between versions."""
    block = seed.encode()
    while True:
        block = hashlib.sha256(block).digest()
        yield from block


def _length(argument: str | None) -> int:
    if argument is None or not argument.isdecimal() or not 0 < int(argument) <= MOST:
        raise TemplateError(f"a template of random characters needs a length from 1 to {MOST}")
    return int(argument)


def _checksum(name: str, before: str, argument: str) -> str:
    from keyguard.rules import checksums

    make = checksums.MAKERS.get(name)
    if make is None:
        raise TemplateError(f"there is no template <<{name}>>")
    try:
        return make(before, argument)
    except ValueError:
        raise TemplateError(f"<<{name}>> cannot be worked out from what stands before it") from None


_ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "b64url-of": lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    "b64-of": base64.b64encode,
}
