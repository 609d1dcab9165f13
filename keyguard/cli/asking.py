"""Says on standard error which hosts will be sent keys, and then asks them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from keyguard.cli.output import spoken
from keyguard.pipeline.checking import Plan, checked
from keyguard.pipeline.request import Verdict
from keyguard.reporting.words import Words
from keyguard.verification.asking import Patience

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses


def announced(verdict: Verdict, *, sending: bool) -> Plan:
    """Return what will be asked about these findings, having said it; `sending`: whether it will be."""
    plan = Plan.of(verdict.result.findings)
    say = Words(spoken(verdict.language))
    hosts = say.listed([say("live.host", host=host, n=count) for host, count in plan.hosts.items()])
    if hosts:
        click.echo(f"keyguard: {say('live.sending' if sending else 'live.would-send', hosts=hosts)}", err=True)
    if plan.unsent:
        click.echo(f"keyguard: {say('live.unsent', n=plan.unsent)}", err=True)
    return plan


def asked(verdict: Verdict, addresses: Addresses | None, seconds: float | None) -> Verdict:
    """Return the verdict with what the providers say of its keys, within this time or the default."""
    plan = announced(verdict, sending=True)
    patience = Patience() if seconds is None else Patience(overall=seconds)
    return replace(verdict, result=checked(verdict.result, plan, addresses, patience))
