"""How much less sure a finding is where all that holds it are tests and examples: keys there are mostly made up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from keyguard.model import Confidence, Finding, Origin

REASON = "stands in test or example files only"
_FOLDER = re.compile(
    r"""
    t   # as in Perl and git
  | (?: [a-z0-9]+ [._-] )?
    (?: tests? | testing | testdata | test[._-]?(?:data|files|cases|utils|helpers|resources|fixtures|suite|keys|certs)
      | __tests?__ | specs? | e2e | fixtures? | __fixtures__ | mocks? | __mocks__ | stubs? | unittests?
      | examples? | samples? | demos? | snippets | cookbooks? | tutorials? )
    (?: [._-] [a-z0-9]+ )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A folder of tests or examples, also as one word of several: `integration-tests`, `examples_v2`."""
_FILE = re.compile(
    r"""
    (?: (?: test | tests | spec ) [_-] .*   # a hasty test.py is where real keys are tried
      | (?: mock | fake | example | sample | dummy | demo ) [._-] .*
      | .* [._-] (?: test | tests | spec | specs | mock | mocks | fixture | fixtures | example | sample | dummy | demo
                 | template | dist )
        (?: \. [a-z0-9]{1,8} ){0,2}
      | (?i: examples? \. (?: md | rst | adoc | txt ) )
      | conftest\.py | .+ (?: Test | Tests | Spec | IT ) \. (?: java | kt | scala | groovy | cs | swift | php ) )
    """,
    re.VERBOSE,
)
"""A file of a test, or one that shows what another file ought to look like: `.env.example`, `config.sample.yml`."""


def weighed(finding: Finding, roots: Iterable[str] = ()) -> Finding:
    """Return the finding, one step less sure where every place of it is in a test or an example.

    `roots` are what the user named outside a repository: that those lie in a folder called tests says nothing.
    """
    if finding.confidence is Confidence.LOW or not finding.places:
        return finding
    if not all(_is_in_test(place.origin, roots) for place in finding.places):
        return finding
    return replace(finding, confidence=Confidence(finding.confidence - 1), evidence=(*finding.evidence, REASON))


def is_test(path: str) -> bool:
    """Return whether a path is that of a test, a fixture, a sample or an example."""
    *folders, file = path.split("/")
    return _FILE.fullmatch(file) is not None or any(_FOLDER.fullmatch(folder) for folder in folders)


def _is_in_test(origin: Origin, roots: Iterable[str]) -> bool:
    return any(path is not None and is_test(path) for path in (_below(origin.path, roots), origin.member))


def _below(path: str | None, roots: Iterable[str]) -> str | None:
    """Return what of a path lies below the root that it begins with; of a root that is the file itself, its name."""
    for root in roots:
        if path == root:
            return root.rpartition("/")[2]
        if path is not None and path.startswith(f"{root.rstrip('/')}/"):
            return path[len(root.rstrip("/")) + 1 :]
    return path
