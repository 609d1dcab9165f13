"""Decides what an answer says of a key: the first answer of the provider's table that fits, by status and error code.

The reason is put together from the table's own words. Of what the provider wrote only the code of an error is shown,
if it looks like one: messages quote keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from keyguard.model import Live, LiveCheck, Secret
from keyguard.rules.api.values import Condition, Path, Probe
from keyguard.verification.client import Reply

_CODES = (
    ("error", "code"), ("error", "type"), ("error", "status"), ("errors", "0", "code"), ("code",), ("type",),
    ("error_code",), ("error",), ("reason",), ("name",),
)  # fmt: skip
"""Where providers put the code of an error, the most telling place first."""
_CODE = re.compile(r"[A-Za-z]+(?:[_.-][A-Za-z]+){0,7}")
_LONGEST_CODE = 48
_PIECE = 6
"""A code that shares so many characters with the key is not shown."""


def judged(probe: Probe, reply: Reply, secret: Secret) -> LiveCheck:
    """Return what a reply says of the key that was sent; unknown where it is none that the table knows."""
    status = f"HTTP {reply.status}"
    if 300 <= reply.status < 400:
        return LiveCheck(Live.UNKNOWN, f"{status}: a redirect, which is not followed")
    document = reply.document
    if document is None:
        return LiveCheck(Live.UNKNOWN, f"{status}: the answer is not the provider's JSON")
    for answer in probe.answers:
        if fits(answer.when, reply.status, document):
            return LiveCheck(answer.means, ", ".join([status, *_grounds(answer.when, document)]))
    code = _code(document, secret)
    return LiveCheck(Live.UNKNOWN, ", ".join([status, code]) if code else f"{status}: an answer that proves nothing")


def fits(when: Condition, status: int, document: Any) -> bool:  # noqa: ANN401 (JSON)
    """Whether an answer is as the condition demands."""
    return (
        status in when.status
        and all(_equals(at(document, path), values) for path, values in when.equal.items())
        and all(_holding(at(document, path), texts) is not None for path, texts in when.holds.items())
        and all(at(document, path) is not None for path in when.has)
    )


def _grounds(when: Condition, document: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """Yield what made an answer fit, in the words of the table, never in those of the answer."""
    for path, values in when.equal.items():
        found = at(document, path)
        yield f"{'.'.join(path)} = {next(str(each) for each in values if _same(found, each))}"
    for path, texts in when.holds.items():
        yield f'{".".join(path)}: "{_holding(at(document, path), texts)}"'


def at(value: Any, path: Path) -> Any:  # noqa: ANN401 (JSON)
    """Return what stands at a path, or None."""
    for name in path:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _equals(found: Any, values: tuple[str | int | bool, ...]) -> bool:  # noqa: ANN401 (JSON)
    return any(_same(found, each) for each in values)


def _same(found: Any, wanted: str | int | bool) -> bool:  # noqa: ANN401 (JSON)
    return type(found) is type(wanted) and bool(found == wanted)  # in Python true equals 1


def _holding(found: Any, texts: tuple[str, ...]) -> str | None:  # noqa: ANN401 (JSON)
    """Return the first of these texts that stands in what was found, in any case."""
    if not isinstance(found, str):
        return None
    lower = found.lower()
    return next((text for text in texts if text.lower() in lower), None)


def _code(document: Any, secret: Secret) -> str | None:  # noqa: ANN401 (JSON)
    for path in _CODES:
        found = at(document, path)
        if isinstance(found, str) and len(found) <= _LONGEST_CODE and _CODE.fullmatch(found):
            return None if _shares(found, secret.reveal()) else found
    return None


def _shares(code: str, text: str) -> bool:
    return any(code[start : start + _PIECE] in text for start in range(max(1, len(code) - _PIECE + 1)))
