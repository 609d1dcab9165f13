"""Decides what a match of a rule's pattern is worth: context, checks, placeholders, proofs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from keyguard.detection.candidates import Candidate
from keyguard.detection.placeholders import SAVED_BITS, looks_made_up
from keyguard.model import Confidence, Secret
from keyguard.rules.catalogue import Kind, Rule

_Verdict = tuple[Confidence, tuple[str, ...]]


IDENTIFIER_BITS = -3.0
"""Bits that a name saves where programs have names that begin like a key; fewer than one in 5000 random keys does."""
_BEGINS_IDENTIFIERS = re.compile(r"[a-z][a-z0-9]{1,2}_")
"""Prefixes such as `fw_` and `re_`: what follows may be the rest of a name in a program."""
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_MOST_VERDICTS = 1 << 10
"""How many texts a judge remembers; a key stands in many versions of a file."""


class Judge:
    """Decides about the matches of one rule; what it thinks of a text it remembers for the next one."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._known = known_parts(rule)
        self._name_bits = IDENTIFIER_BITS if _BEGINS_IDENTIFIERS.fullmatch(rule.prefix) else SAVED_BITS
        self._verdicts: dict[str, _Verdict | None] = {}

    def decided(self, data: bytes, start: int, end: int) -> Candidate | None:
        """Return the candidate at these bytes, or None where the context or a check speaks against it."""
        rule = self._rule
        near = rule.near if rule.kind is Kind.PATTERN else ()  # else it was decided before this is asked
        around = data[max(0, start - rule.context) : end + rule.context].lower() if near or rule.hints else b""
        if near and not any(word in around for word in near):
            return None
        text = data[start:end].decode("utf-8", "surrogateescape")
        if text not in self._verdicts:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts.clear()
            self._verdicts[text] = self._verdict(text)
        verdict = self._verdicts[text]
        if verdict is None:
            return None
        confidence, reasons = verdict
        hint = next((word for word in rule.hints if word in around), None)
        if hint is not None:
            reasons += (f"{hint.decode(errors='replace')} stands near it",)
        return Candidate(rule, start, end, text, confidence, reasons, () if hint else rule.candidates)

    def _verdict(self, text: str) -> _Verdict | None:
        """Return what the text alone says; None for a look-alike or a placeholder."""
        if any(
            evidence is not None and not evidence.holds for evidence in (check(text) for check in self._rule.require)
        ):
            return None
        if any(looks_made_up(reading, self._known, name_bits=self._name_bits) for reading in _readings(text)) or (
            self._rule.samples and _is_sample(self._rule, text)
        ):
            return None
        return _proven(self._rule, text)


def _readings(text: str) -> Iterator[str]:
    """Yield a text, and what it says in an address, where a word may be two with %20 between, or have accents."""
    yield text
    if "%" in text:
        plain = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode("utf-8", "surrogateescape"))
        said = plain.decode("utf-8", "replace")
        yield said
        yield "".join(each for each in unicodedata.normalize("NFKD", said) if not unicodedata.combining(each))


def _is_sample(rule: Rule, text: str) -> bool:
    return Secret(text).fingerprint in rule.samples


def known_parts(rule: Rule) -> tuple[str, ...]:
    """Return what every key of the rule has in it, so that it says nothing about chance."""
    if rule.kind is not Kind.PATTERN:
        return (rule.prefix,)
    literals = (entry.literal for entry in rule.gate if not entry.ignore_case)
    return (rule.prefix, *(literal.decode("ascii", "replace") for literal in literals))


def _proven(rule: Rule, text: str) -> _Verdict:
    spoken = [evidence for evidence in (proof(text) for proof in rule.proofs) if evidence is not None]
    reasons = tuple(evidence.reason for evidence in spoken)
    if any(evidence.holds for evidence in spoken) and rule.proven is not None:
        return rule.proven, reasons
    if spoken and not any(evidence.holds for evidence in spoken) and rule.disproven is not None:
        return rule.disproven, reasons
    return rule.confidence, reasons
