"""Says on standard error which hosts will be sent keys, and then asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from keyguard.cli.output import spoken
from keyguard.pipeline.checking import Plan, checked
from keyguard.pipeline.request import Verdict
from keyguard.reporting.words import Words
from keyguard.verification.asking import Patience
from keyguard.verification.proxy import Proxy

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Asking:
    """How providers are asked: in how many seconds for all keys, through a proxy or not, with which other values."""

    addresses: Addresses | None
    timeout: float | None
    proxy: bool
    values: Mapping[str, str] = field(default_factory=dict)

    def announced(self, verdict: Verdict, *, sending: bool) -> Plan:
        """Return what will be asked about these findings, having said it; `sending`: whether it will be."""
        plan = Plan.of(verdict.result.findings, self.values)
        say = Words(spoken(verdict.language))
        hosts = say.listed([say("live.host", host=host, n=count) for host, count in plan.hosts.items()])
        if hosts:
            click.echo(f"keyguard: {say('live.sending' if sending else 'live.would-send', hosts=hosts)}", err=True)
        if plan.unsent:
            click.echo(f"keyguard: {say('live.unsent', n=plan.unsent)}", err=True)
        return plan

    def asked(self, verdict: Verdict) -> Verdict:
        """Return the verdict with what the providers say of its keys."""
        proxy = Proxy.from_environment() if self.proxy else None
        patience = Patience() if self.timeout is None else Patience(overall=self.timeout)
        plan = self.announced(verdict, sending=True)
        return replace(verdict, result=checked(verdict.result, plan, self.addresses, patience, proxy))
