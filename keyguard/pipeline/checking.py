"""Asks the providers of what a scan found whether the keys live, and puts the live ones first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keyguard.model import Finding, Live, LiveCheck, ScanResult, Status
from keyguard.rules import loader
from keyguard.rules.api.why import Why
from keyguard.verification.question import Question, questioned

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses
    from keyguard.verification.asking import Patience
    from keyguard.verification.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Plan:
    """What of some findings would be asked, before anything is sent: a question, or the reason why there is none."""

    questions: Mapping[str, Question | str]

    @classmethod
    def of(cls, findings: Sequence[Finding], values: Mapping[str, str]) -> Plan:
        """Return the plan for these findings, by their fingerprints; `values` are what checks need besides.

        What is asked where stands in KeyGuard's own files: rules and configuration of a repository have no say in it.
        """
        return cls({finding.fingerprint: _question(finding, values) for finding in findings})

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions, in the order of the findings."""
        return tuple(each for each in self.questions.values() if isinstance(each, Question))

    @property
    def hosts(self) -> Mapping[str, int]:
        """How many keys each host may be sent, in the order in which they are asked."""
        return Counter(host for question in self.asked for host in question.hosts)

    @property
    def unsent(self) -> int:
        """How many keys are sent nowhere."""
        return len(self.questions) - len(self.asked)


def _question(finding: Finding, values: Mapping[str, str]) -> Question | str:
    own = loader.load().provider_by_id.get(finding.provider)
    api = own.apis.get(finding.rule) if own else None
    question = questioned(finding.provider, api, finding.secret, values)
    guessed = bool(finding.candidates) and isinstance(question, Question)
    return f"not sent: {Why.SHARED_SHAPE}" if guessed else question


def checked(
    result: ScanResult, plan: Plan, addresses: Addresses | None, patience: Patience, proxy: Proxy | None
) -> ScanResult:
    """Return the result with what came of the plan: live keys first, then what is unknown; an interrupt ends it early.

    `addresses` are those of the providers' files unless the caller of `main()` has others.
    """
    from keyguard.verification.addresses import as_documented
    from keyguard.verification.run import ask_all

    answers = ask_all(plan.asked, addresses or as_documented, patience, proxy)

    def told(finding: Finding) -> LiveCheck:
        question = plan.questions[finding.fingerprint]
        return LiveCheck(Live.UNKNOWN, question) if isinstance(question, str) else answers.checks[question]

    findings = [_alive_after_all(replace(finding, live=told(finding))) for finding in result.findings]
    return replace(
        result,
        findings=tuple(sorted(findings, key=_urgency)),
        interrupted=result.interrupted or answers.interrupted,
    )


def _alive_after_all(finding: Finding) -> Finding:
    """Return a finding as open if its provider knows better than a ledger that calls it revoked."""
    wrong = finding.status is Status.REVOKED and finding.live is not None and finding.live.state.alive
    return replace(finding, status=Status.OPEN) if wrong else finding


def _urgency(finding: Finding) -> tuple[bool, int]:
    """Open ones first, of these the live ones; those that are equal keep the order of the scan."""
    state = finding.live.state if finding.live else Live.UNKNOWN
    return not finding.status.blocks, 0 if state.alive else 2 if state is Live.REVOKED else 1
