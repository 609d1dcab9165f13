"""One scan from its sources to its verdict: read, detect, trace through git, suppress, count."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from keyguard.cache import Shelf
from keyguard.config import Config
from keyguard.detection.engine import Engine
from keyguard.git.repository import Repository
from keyguard.language import Language
from keyguard.model import (
    Chunk,
    Confidence,
    Exposure,
    Finding,
    Item,
    Match,
    Omitted,
    Opaque,
    Place,
    PolicyChange,
    ScanResult,
    Secret,
    Stats,
    Status,
    Unread,
)
from keyguard.pipeline.changes import Watched
from keyguard.pipeline.ledger import Known
from keyguard.pipeline.nesting import innermost
from keyguard.pipeline.precedence import counted, named, severity
from keyguard.pipeline.scrub import masked
from keyguard.pipeline.standing import Base
from keyguard.pipeline.weighing import weighed
from keyguard.rules.catalogue import Catalogue
from keyguard.suppression.baseline import Baseline
from keyguard.suppression.inline import allowed

if TYPE_CHECKING:
    from keyguard.sources.attribution import Traced
    from keyguard.sources.tracing import Sightings

MOST_SECRETS = 100_000
"""Different secrets that are kept: each takes some 3 KB, and nobody mends so many one by one."""
TOO_MANY = Unread("the rest", f"there are more than {MOST_SECRETS} different keys", "scan a part of it by itself")

IN_DOUBT = "a key stands there so often that the allow comments of its further places were not looked at"


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts: the wanted confidence and secret, and what the repository's own files hide.

    `config` and `baseline` are those of the scanned repository unless the user named others; `comments` says whether
    its inline allow comments count, and `base`, where there is one, what they are compared with; `start` is what the
    scanned change is compared with where that is another. `watched` are the paths that decide on all that. `known` is
    what the ledgers know. `strict`: archives that cannot be opened are unread.
    """

    min_confidence: Confidence = Confidence.MEDIUM
    fingerprint: str | tuple[str, ...] | None = None
    config: Config = field(default_factory=Config)
    baseline: Baseline = field(default_factory=Baseline)
    comments: bool = True
    base: Base | None = None
    start: Base | None = None
    watched: Watched = field(default_factory=Watched)
    known: Known = field(default_factory=Known)
    strict: bool = False

    @property
    def is_bound(self) -> bool:
        """Whether a commit decides, and not what is scanned."""
        return self.base is not None and self.base.binding


@dataclass(slots=True)
class Collected:
    """What one pass over the items gave: matches by secret, and what was not read or not opened."""

    matches: dict[Secret, list[Match]] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    omitted: list[Omitted] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    interrupted: bool = False

    def add(self, item: Unread | Opaque | Omitted | Chunk) -> None:
        """Add what was told of something that is not in the chunks."""
        if isinstance(item, Unread):
            if item is not TOO_MANY or TOO_MANY not in self.unread:
                self.unread.append(item)
        elif isinstance(item, Opaque):
            self.opaque.append(item)
        elif isinstance(item, Omitted):
            self.omitted.append(item)


@dataclass(frozen=True)
class Scan:
    """Everything that a scan needs besides what it reads; `roots` are the paths named outside a repository.

    `notes` are lines for people on the rules that are used; `made_of` is what makes the rules others than KeyGuard's.
    `below` is the path of a submodule that is scanned: what is told of it is told as seen from the outer repository.
    On the `shelf` is remembered what was traced, if there is one.
    """

    catalogue: Catalogue
    engine: Engine
    policy: Policy = field(default_factory=Policy)
    language: Language = Language.EN
    roots: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    below: str = ""
    made_of: bytes = b""
    shelf: Shelf | None = None

    def run(self, items: Iterable[Item | Match], stats: Stats, repository: Repository | None) -> ScanResult:
        """Read all the items and return the verdict on them; `stats` is what their source counts in."""
        started = time.monotonic()
        collected = self.collect(items)
        return self.judge(collected, stats, repository, started)

    def collect(self, items: Iterable[Item | Match]) -> Collected:
        """Detect in everything that was read, and add what was detected where it was read."""
        found = Collected()
        try:
            for item in self.searched(items):
                self._add(item, found)
        except KeyboardInterrupt:  # what was found until now is worth a report
            found.interrupted = True
            found.add(Unread("the rest", "the scan was interrupted", "run it again and let it end"))
        return found

    def searched(self, items: Iterable[Item | Match]) -> Iterator[Item | Match]:
        """Yield what is found in content, and in its place whatever else was read."""
        for item in self.engine.sifted(map(self._accounted, items)):
            yield from self.engine.detect(item) if isinstance(item, Chunk) else (item,)

    def _add(self, each: Item | Match, found: Collected) -> None:
        if not isinstance(each, Match):
            found.add(each)
        elif not each.secret.fingerprint.startswith(self.policy.fingerprint or ""):
            return
        elif each.secret in found.matches or len(found.matches) < MOST_SECRETS:
            found.matches.setdefault(each.secret, []).append(self._checked(each))
        else:
            found.add(TOO_MANY)

    def judge(self, collected: Collected, stats: Stats, repository: Repository | None, started: float) -> ScanResult:
        """Trace what was found through git, and decide what of it counts."""
        sightings = {
            secret: innermost(dict.fromkeys(each.place for each in many)) for secret, many in collected.matches.items()
        }
        traced = self._traced(sightings, repository) if sightings else {}
        counting = {secret: counted(many, traced[secret]) for secret, many in collected.matches.items()}
        findings = [
            weighed(self._finding(many, counting[secret]), self.roots)
            for secret, many in collected.matches.items()
            if counting[secret]
        ]
        strong = [each for each in findings if each.confidence >= self.policy.min_confidence]
        weaker = len(findings) - len(strong)
        strong, changes = self._compared(strong, repository)
        settled = sorted(self._settled(strong, repository), key=_order)
        unread = [*collected.unread, *_in_doubt(settled, collected)]
        opaque = tuple(dict.fromkeys(replace(each, what=self._told(each.what)) for each in collected.opaque))
        stats.opaque = len(opaque)
        stats.seconds = time.monotonic() - started
        return ScanResult(
            findings=tuple(settled),
            unread=tuple(dict.fromkeys(replace(each, what=self._told(each.what)) for each in unread)),
            omitted=tuple(dict.fromkeys(replace(each, what=self._told(each.what)) for each in collected.omitted)),
            stats=stats,
            weaker=weaker,
            opaque=opaque,
            interrupted=collected.interrupted,
            policy_changes=tuple(changes),
        )

    def _traced(self, sightings: Sightings, repository: Repository | None) -> dict[Secret, list[Traced]]:
        """Follow what was found through git; what does it is loaded only for that."""
        from keyguard.sources.tracing import moved, trace

        traced = trace(sightings, repository, self.engine.detect, self.engine.reach, self.shelf)
        if self.below:
            traced = {secret: [moved(each, self.below) for each in many] for secret, many in traced.items()}
        return traced

    def _compared(
        self, findings: list[Finding], repository: Repository | None
    ) -> tuple[list[Finding], list[PolicyChange]]:
        """Return the findings with the allow comments that count, and what is new of these."""
        changes: list[PolicyChange] = []
        if repository is None or not any(place.allowed for each in findings for place in each.places):
            return findings, changes
        for base in filter(None, (self.policy.base, self.policy.start)):
            from keyguard.pipeline.comments import Comments

            rules = frozenset(self.catalogue.by_id)
            compared = Comments(base, repository, self.engine, rules, within=bool(self.below))
            findings, new = compared.judged(findings)
            changes += new
        return findings, changes

    def _accounted(self, item: Item | Match) -> Item | Match:
        """Return an item as the policy counts it: what the configuration hides is left out, and told."""
        if isinstance(item, (Match, Omitted)):
            return item
        path = item.origin.path if item.origin else None
        if path is not None and self.policy.config.excludes(path):
            return Omitted(path, "excluded by the configuration", by_repository=True)
        if isinstance(item, Unread) and item.accept in self.policy.config.accept_unread:
            return Omitted(item.what, "accepted by the configuration as not decoded", by_repository=True)
        if isinstance(item, Opaque) and self.policy.strict:
            return Unread(item.what, item.why, "unpack it, and scan what it holds", origin=item.origin)
        return item

    def _checked(self, match: Match) -> Match:
        if self.policy.comments and allowed(match, self.catalogue.by_id):
            return replace(match, place=replace(match.place, allowed=True))
        return match

    def _finding(self, matches: list[Match], traced: list[Traced]) -> Finding:
        deciding = named(matches, self.catalogue)
        best = max(deciding, key=lambda match: (match.confidence, not match.decoded_via))
        rule = self.catalogue.by_id[best.rule]
        places = dict.fromkeys(sorted((each.place for each in traced), key=lambda place: place.sort_key))
        candidates: tuple[str, ...] = best.candidates if all(match.candidates for match in deciding) else ()
        return Finding(
            rule=rule.id,
            provider=rule.provider,
            title=rule.title[self.language],
            confidence=max(match.confidence for match in matches),
            severity=severity(rule, matches, self.catalogue),
            secret=best.secret,
            places=tuple(places),
            exposure=max((each.exposure for each in traced), key=lambda each: each.reach, default=Exposure.NONE),
            evidence=tuple(dict.fromkeys(reason for match in matches for reason in match.evidence)),
            candidates=candidates,
            decoded_via=best.decoded_via,
            further=sum(match.further for match in matches),
        )

    def _told(self, text: str) -> str:
        """Return how a thing is called, without keys: it was not searched as content."""
        return masked(f"{self.below}: {text}" if self.below else text, self.engine)

    def _settled(self, findings: Collection[Finding], repository: Repository | None) -> Iterator[Finding]:
        """Yield the findings with their status: what accepts them, and what the ledgers know of them."""
        if not findings:
            return
        from keyguard.pipeline.traces import Traces

        traces = Traces(repository, self.engine, within=bool(self.below)) if repository else None
        for each in findings:
            yield self.policy.known.settled(self._suppressed(each), traces)

    def _suppressed(self, finding: Finding) -> Finding:
        policy = self.policy
        if finding.fingerprint in policy.baseline:
            return replace(finding, status=Status.BASELINE)
        hidden = (
            finding.rule in policy.config.exclude_rules
            or finding.confidence < (policy.config.min_confidence or Confidence.LOW)
            or (finding.places and all(self._is_hidden(place) for place in finding.places))
        )
        return replace(finding, status=Status.ALLOWED) if hidden else finding

    def _is_hidden(self, place: Place) -> bool:
        path = place.origin.path
        return place.allowed or (path is not None and self.policy.config.excludes(path))


def _in_doubt(findings: Iterable[Finding], collected: Collected) -> Iterator[Unread]:
    """Yield where keys are allowed by their comments as far as these were looked at."""
    for each in findings:
        if each.status is Status.ALLOWED and each.further and any(place.allowed for place in each.places):
            for match in collected.matches[each.secret]:
                if match.further:
                    what = f"{match.place.origin.label}, from line {match.place.line}"
                    yield Unread(what, IN_DOUBT, "accept the key in the baseline", origin=match.place.origin)


def _order(finding: Finding) -> tuple[bool, int, int, tuple[object, ...], str]:
    """Those that block first, then by what they can do and how far they have travelled."""
    first = finding.places[0].sort_key if finding.places else ()
    return (
        not finding.status.blocks,
        -finding.severity,
        -finding.exposure.reach,
        first,
        finding.fingerprint,
    )
