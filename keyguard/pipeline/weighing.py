"""How much less sure a finding is where all that holds it are tests and examples: keys there are mostly made up."""

from __future__ import annotations

import base64
import enum
import re
from collections.abc import Iterable
from dataclasses import replace

from keyguard.detection.randomness import looks_random
from keyguard.model import Confidence, Finding, Origin

REASON = "stands in test or example files only"
_TEST_FOLDER = re.compile(
    r"""
    t   # as in Perl and git
  | (?: [a-z0-9]+ [._-] )?
    (?: tests? | testing | testdata | test[._-]?(?:data|files|cases|utils|helpers|resources|fixtures|suite|keys|certs)
      | __tests?__ | specs? | e2e | fixtures? | __fixtures__ | mocks? | __mocks__ | stubs? | unittests? )
    (?: [._-] [a-z0-9]+ )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A folder of tests, also as one word of several: `integration-tests`."""
_TEST_FILE = re.compile(
    r"""
    (?: (?: test | tests | spec ) [_-] .*   # a hasty test.py is where real keys are tried
      | (?: mock | fake | dummy ) [._-] .*
      | .* [._-] (?: test | tests | spec | specs | mock | mocks | fixture | fixtures | dummy )
        (?: \. [a-z0-9]{1,8} ){0,2}
      | conftest\.py | .+ (?: Test | Tests | Spec | IT ) \. (?: java | kt | scala | groovy | cs | swift | php ) )
    """,
    re.VERBOSE,
)
_SHOWN_FOLDER = re.compile(
    r"(?:[a-z0-9]+[._-])?(?:examples?|samples?|demos?|snippets|cookbooks?|tutorials?)(?:[._-][a-z0-9]+)?", re.IGNORECASE
)
"""A folder of examples, also as one word of several: `examples_v2`."""
_SHOWN_FILE = re.compile(
    r"""
    (?: (?: example | sample | demo ) [._-] .*
      | .* [._-] (?: example | sample | demo | template | dist ) (?: \. [a-z0-9]{1,8} ){0,2}
      | (?i: examples? \. (?: md | rst | adoc | txt ) ) )
    """,
    re.VERBOSE,
)
"""A file that shows what another ought to look like: `.env.example`, `config.sample.yml`."""
_RECORDED = re.compile(
    r"(?: (?: [a-z0-9]+ [._-] )? (?: cassettes? | recordings? ) | .* \. har )", re.VERBOSE | re.IGNORECASE
)
"""What tests play back was sent to a real service once."""
_KEY = re.compile(r"[A-Za-z0-9+/=_-]+(?:[.:][A-Za-z0-9+/=_-]+)?")
"""What may be drawn by chance: no text, no block of lines, and no token that says in clear what it is for."""


class _Kind(enum.Enum):
    TEST = enum.auto()
    """Made for a test."""
    SHOWN = enum.auto()
    """Shown to be run by others, or recorded when it ran."""


def weighed(finding: Finding, roots: Iterable[str] = ()) -> Finding:
    """Return the finding, one step less sure where every place of it is in a test or an example.

    In examples, which run against the real service, people leave keys of their own; so a key that is clearly drawn by
    chance stays at medium there, as it does in what was recorded. `roots` are what the user named outside a
    repository: that those lie in a folder called tests says nothing.
    """
    if finding.confidence is Confidence.LOW or not finding.places:
        return finding
    kinds = {_kind_of(place.origin, roots) for place in finding.places}
    if None in kinds:
        return finding
    lower = Confidence(finding.confidence - 1)
    if lower is Confidence.LOW and _Kind.SHOWN in kinds and _is_drawn(finding.secret.reveal()):
        lower = Confidence.MEDIUM
    return replace(finding, confidence=lower, evidence=(*finding.evidence, REASON))


def is_test(path: str) -> bool:
    """Return whether a path is that of a test, a fixture, a sample or an example."""
    return _kind(path) is not None


def _kind(path: str) -> _Kind | None:
    *folders, file = path.split("/")
    if any(map(_RECORDED.fullmatch, (*folders, file))):
        return _Kind.SHOWN
    if _TEST_FILE.fullmatch(file) or any(map(_TEST_FOLDER.fullmatch, folders)):
        return _Kind.TEST
    return _Kind.SHOWN if _SHOWN_FILE.fullmatch(file) or any(map(_SHOWN_FOLDER.fullmatch, folders)) else None


def _kind_of(origin: Origin, roots: Iterable[str]) -> _Kind | None:
    paths = (path for path in (_below(origin.path, roots), origin.member) if path is not None)
    return next((kind for kind in map(_kind, paths) if kind is not None), None)


def _is_drawn(text: str) -> bool:
    return bool(_KEY.fullmatch(text)) and looks_random(text.replace("-", "")) and not _is_encoded_text(text)


def _is_encoded_text(text: str) -> bool:
    """Return whether it is text in base64, such as a user with a password that somebody typed."""
    try:
        said = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")
    except ValueError:
        return False
    return said.isascii() and said.decode("ascii").isprintable()


def _below(path: str | None, roots: Iterable[str]) -> str | None:
    """Return what of a path lies below the root that it begins with; of a root that is the file itself, its name."""
    for root in roots:
        if path == root:
            return root.rpartition("/")[2]
        if path is not None and path.startswith(f"{root.rstrip('/')}/"):
            return path[len(root.rstrip("/")) + 1 :]
    return path
