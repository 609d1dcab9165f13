"""Reads what other scanners accept: the baseline of detect-secrets, and ignore files of gitleaks and betterleaks."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keyguard.config.document import decoded, refuse_markers
from keyguard.errors import ConfigError
from keyguard.model import Finding, Place, Status
from keyguard.suppression.baseline import Decision, Entry, fits

LARGEST = 1 << 26
"""How many bytes such a file may have: detect-secrets writes a paragraph for each finding."""
_IGNORED = re.compile(r"(?:(?P<commit>[0-9a-f]{7,64}):)?(?P<path>.+):(?P<rule>[^:\s]+):(?P<line>\d{1,9})", re.ASCII)
_SHA1 = re.compile(r"[0-9a-f]{40}")
_VALUE = re.compile(r"(?:hmac-sha256:)?(?P<digest>[0-9a-f]{64})")
"""What betterleaks 2 calls a value fingerprint: the SHA-256 of the secret, or with a key one that nobody can match."""


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that another scanner's file names: by the SHA-1 or SHA-256 of its secret, or else by its place.

    `shown` is how messages call it; `decision` is what somebody found it to be.
    """

    shown: str
    digest: str | None = None
    path: str | None = None
    line: int = 0
    commit: str | None = None
    decision: Decision | None = None


@dataclass(slots=True)
class Carried:
    """What became of the findings that a file names: entries by fingerprint, and what there is none for."""

    entries: dict[str, Entry] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> list[Known]:
    """Return the findings that a file names, of whichever of the two kinds it is.

    detect-secrets: https://github.com/Yelp/detect-secrets/blob/master/docs/design.md; gitleaks and betterleaks:
    https://github.com/gitleaks/gitleaks#gitleaksignore; of betterleaks 2.0 by what it prints and heeds. Raises
    `ConfigError`, with the line where it can be told.
    """
    text = decoded(data, name)
    refuse_markers(text, name)
    return list(_of_detect_secrets(text, name) if text.lstrip().startswith("{") else _of_gitleaks(text, name))


def _of_gitleaks(text: str, name: str) -> Iterator[Known]:
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        if value := _VALUE.fullmatch(entry):
            yield Known(f"the fingerprint of line {number}", digest=value["digest"])
            continue
        found = _IGNORED.fullmatch(entry)
        if found is None:
            raise ConfigError(
                f"{name}:{number}: not an entry of an ignore file",
                "they are [COMMIT:]PATH:RULE:LINE or a SHA-256; of detect-secrets its .secrets.baseline is read",
            )
        path, line_number = _posix(found["path"]), int(found["line"])
        yield Known(f"{path}:{line_number}", path=path, line=line_number, commit=found["commit"])


def _of_detect_secrets(text: str, name: str) -> Iterator[Known]:
    try:
        results = json.loads(text).get("results")
    except json.JSONDecodeError as error:
        raise ConfigError(f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise ConfigError(f"{name}: nested too deeply, or a number is too long") from None
    if not isinstance(results, dict):
        raise ConfigError(f"{name}: no baseline of detect-secrets: it has no table of results")
    for path, found in results.items():
        if not isinstance(found, list):
            raise _malformed(text, name, path)
        for each in found:
            digest = each.get("hashed_secret") if isinstance(each, dict) else None
            if not isinstance(digest, str) or not _SHA1.fullmatch(digest):
                raise _malformed(text, name, path)
            yield Known(_place(path, each), digest=digest, decision=_labelled(each))


def _malformed(text: str, name: str, path: str) -> ConfigError:
    lines = text.split("\n")
    line = next((number for number, line in enumerate(lines, 1) if json.dumps(path) in line), None)
    where = name if line is None else f"{name}:{line}"
    return ConfigError(f"{where}: a result without the SHA-1 of its secret", "let detect-secrets write the file anew")


def _place(path: str, result: Mapping[str, Any]) -> str:
    line = result.get("line_number")
    return f"{_posix(path)}:{line}" if isinstance(line, int) else _posix(path)


def _labelled(result: Mapping[str, Any]) -> Decision | None:
    """Return what its audit says; what it has verified itself was a live key, unless somebody disagreed."""
    if result.get("is_secret") is False:
        return Decision.FALSE_ALARM
    real = result.get("is_secret") is True or result.get("is_verified") is True
    return Decision.REAL if real else None


def _posix(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def carried(known: Sequence[Known], findings: Sequence[Finding], source: str) -> Carried:
    """Return the entries for what is found now; `source` is the file that reasons name.

    A place that holds several secrets accepts none of them: the file does not say which one was meant.
    """
    result = Carried()
    reason = f"imported from {source}" if fits(f"imported from {source}") else "imported"
    by_digest = {digest: each for each in findings for digest in _digests(each)}
    by_path: dict[str, list[tuple[Finding, Place]]] = {}
    for finding in findings:
        for place in finding.places:
            by_path.setdefault(place.origin.path or "", []).append((finding, place))
    for each in known:
        if each.digest is not None:
            found = [by_digest[each.digest]] if each.digest in by_digest else []
        else:
            at = by_path.get(each.path or "", ())
            found = list({finding.fingerprint: finding for finding, place in at if _is_at(place, each)}.values())
        if len(found) == 1:
            _add(result.entries, found[0], Entry(found[0].rule, reason, each.decision))
        else:
            (result.several if found else result.unmatched).append(each.shown)
    return result


def _digests(finding: Finding) -> tuple[str, str]:
    data = finding.secret.reveal().encode("utf-8", "surrogateescape")
    return hashlib.sha1(data, usedforsecurity=False).hexdigest(), hashlib.sha256(data).hexdigest()


def _is_at(place: Place, known: Known) -> bool:
    same = known.commit is None or (place.commit or "").startswith(known.commit)
    return same and place.line <= known.line <= place.end_line


def _add(entries: dict[str, Entry], finding: Finding, entry: Entry) -> None:
    if finding.status is not Status.ALLOWED:
        before = entries.get(finding.fingerprint)
        entries[finding.fingerprint] = before.joined(entry) if before else entry
