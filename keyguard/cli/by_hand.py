"""Shows the way to rotate a key for which there is no API: the commands of the provider's own tool, and the guide."""

from __future__ import annotations

from collections.abc import Iterator

import click

from keyguard.cli.talking import Terminal
from keyguard.errors import ExitCode
from keyguard.model import Finding
from keyguard.rules import loader
from keyguard.rules.api.values import Api, Creation, Revocation


def can_be_called(finding: Finding) -> bool:
    """Whether there is an API for it; of a shape that several vendors share nobody knows whose it is."""
    from keyguard.rotation.issuers.choice import possible

    return possible(finding.provider, finding.rule) and not finding.candidates


def guided(finding: Finding, talk: Terminal) -> ExitCode:
    """Show the way by hand, and name the provider's page or open it."""
    from keyguard.cli.guide import shown

    provider = loader.load().provider_by_id.get(finding.provider)
    api = provider.apis.get(finding.rule) if provider else None
    talk.tell("rotate.no-api", rule=finding.rule)
    for line in _commands(api or Api(), talk):
        click.echo(line)
    shown(finding, loader.load(), talk.say.language)
    if provider:
        talk.show(provider.console)
    return ExitCode.INCOMPLETE


def _commands(api: Api, talk: Terminal) -> Iterator[str]:
    for call, purpose in ((api.create, "mint-other"), (api.revoke, "delete")):
        if isinstance(call, (Creation, Revocation)) and call.command:
            yield f"  {talk.say(f'rotate-call.{purpose}')}: {call.command}"
            if call.find:
                yield f"    {talk.say('rotate.find-by', command=call.find)}"
