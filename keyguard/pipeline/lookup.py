"""Finds again what reports name by fingerprint, and takes keys that somebody hands over."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.language import Language
from keyguard.model import Confidence, Exposure, Finding, Origin, Place, ScanResult, Secret, Stats, Where
from keyguard.pipeline.merge import merged
from keyguard.pipeline.request import Request, Verdict, run, verdict
from keyguard.pipeline.setup import Settings, prepare, selected
from keyguard.rules import loader
from keyguard.rules.catalogue import Rule
from keyguard.sources.content import content

FINGERPRINT = re.compile(r"kg1s?-[0-9a-f]{1,32}")
"""A fingerprint or the beginning of one."""
SHOWN, MOST_SHOWN = 16, 5
"""How much of a fingerprint is named where one is to be chosen, and how many are."""


def looked_for(
    fingerprints: Sequence[str], settings: Settings, paths: Sequence[Path] = (), told: Sequence[str] = ()
) -> Verdict:
    """Look for secrets in the files here, at these paths, in the index and in the history, however unsure they are.

    `told` are paths from the top of the repository that a report tells of; those that are no files here are left out.
    """
    repository = discover(Path())
    top = repository.top if repository and repository.top else Path()
    worktree = repository is None or not repository.bare
    files = [file for file in (top / each for each in told) if file.is_file() and not file.is_symlink()]
    wanted = replace(settings, fingerprint=tuple(fingerprints), min_confidence=Confidence.LOW)
    found = run(Request((top, *files), worktree=worktree, history=repository is not None), wanted)
    if not paths:
        return found
    more = run(Request(tuple(paths)), wanted)  # by itself, since they may lie in another repository, or in none
    return replace(found, result=merged([found.result, more.result]))


def named(found: Verdict, fingerprint: str) -> Finding | None:
    """Return the finding that a fingerprint names; None where there is none, an error where there are several."""
    several = [each for each in found.result.findings if each.fingerprint.startswith(fingerprint)]
    if len(several) > 1:
        raise ambiguous(fingerprint, [each.fingerprint for each in several])
    return several[0] if several else None


def ambiguous(beginning: str, fingerprints: Sequence[str]) -> UsageError:
    """Return the error for the beginning of several fingerprints, which names them."""
    shown = ", ".join(each[:SHOWN] for each in fingerprints[:MOST_SHOWN])
    more = "" if len(fingerprints) <= MOST_SHOWN else ", …"
    return UsageError(
        f"{beginning} is the beginning of {len(fingerprints)} fingerprints", f"give more of its digits: {shown}{more}"
    )


def missing(found: Verdict, fingerprint: str) -> str:
    """Return the words that say that a secret is not here any more."""
    unread = " (not all of it could be read)" if found.result.unread else ""
    return f"no secret with the fingerprint {fingerprint} is in this folder or its history{unread}"


def handed_over(data: bytes, settings: Settings) -> Verdict:
    """Return the keys that somebody gives, one a line, as rules know them; raises `UsageError` for another line."""
    scan = prepare(replace(settings, no_repo_config=True, min_confidence=Confidence.LOW), None)
    items = content(Origin(Where.STDIN), io.BytesIO(data).read, scan.engine.reach)
    found = verdict(scan, scan.run(items, Stats(), None), None)
    known = {
        line
        for finding in found.result.findings
        for place in finding.places
        for line in range(place.line, place.end_line + 1)
    }
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip() and number not in known:
            raise UsageError(
                f"line {number} of what was given is no key that a rule knows; nothing was sent",
                "name its kind: --rule ID (keyguard rules list shows all)",
            )
    return found


def handed_over_as(kind: str, data: bytes, settings: Settings) -> Verdict:
    """Return the keys that somebody gives, one a line, all of one kind; raises `UsageError` for one of another form."""
    catalogue = loader.load()
    rule = selected(catalogue, [kind], []).by_id[kind]
    language = settings.language or Language.from_environment()
    findings: dict[Secret, Finding] = {}
    for number, line in enumerate(data.splitlines(), 1):
        key = line.strip()
        if not key:
            continue
        found = rule.pattern.search(key)
        if found is None or found[0] != key:
            raise UsageError(f"line {number} of what was given has not the form of {kind}; nothing was sent")
        finding = _finding(rule, found["secret"], number, rule.title[language])
        findings.setdefault(finding.secret, finding)
    return Verdict(ScanResult(tuple(findings.values()), (), (), Stats()), catalogue, language)


def _finding(rule: Rule, key: bytes, line: int, title: str) -> Finding:
    secret = Secret(key.decode("utf-8", "surrogateescape"), rule.prefix)
    place = Place(Origin(Where.STDIN), line, 1, line, len(secret) + 1)
    return Finding(
        rule.id, rule.provider, title, rule.confidence, rule.severity, secret, (place,), exposure=Exposure.NONE
    )
