"""Reads how a provider is asked whether a key lives, or why it is never asked."""

from __future__ import annotations

from keyguard.model import Live
from keyguard.rules.api.answers import read_answers
from keyguard.rules.api.request import FIELDS, check_placeholders, read_host, read_request
from keyguard.rules.api.values import SECRET, NoProbe, Probe, Request
from keyguard.rules.api.why import Why
from keyguard.rules.fields import SURENESS, Fields

_FIELDS = (*FIELDS, "also", "answers", "read-only", "self-hosted", "sureness", "source")
_REASONS = {why.value: why for why in Why}
_OTHER_CREDENTIALS = ("admin-key", "access-token")


def read_verify(table: Fields) -> Probe | NoProbe:
    """Return the check that a table describes; raises `RuleError` if it breaks the schema or could do harm."""
    if "none" in table.values:
        return _none(table)
    table.only(_FIELDS)
    request = read_request(table, ("GET", "POST"))
    answers = read_answers(table)
    _check(table, request)
    if table.flag("self-hosted") and any(each.means is Live.REVOKED and each.when.plain for each in answers):
        hint = "such an answer is also given to a key of another installation: add is or holds"
        raise table.error("answers", "take a status alone for a proof, though such keys are also self-hosted", hint)
    return Probe(
        request=request,
        answers=answers,
        sureness=table.choice("sureness", SURENESS),
        source=table.link("source"),
        also=tuple(read_host(table, "also", each) for each in table.texts("also")),
        self_hosted=table.flag("self-hosted"),
    )


def _none(table: Fields) -> NoProbe:
    table.only(("none", "command"))
    return NoProbe(table.choice("none", _REASONS), read_command(table) if "command" in table.values else None)


def read_command(table: Fields) -> str:
    """Return a command of a provider's own tool, which may not hold the key."""
    command = table.text("command")
    check_placeholders(table, "command", command)
    if f"{{{SECRET}}}" in command or "\n" in command:
        raise table.error(
            "command", "holds the key or a line break", "a command line is seen by others, and remembered"
        )
    return command


def _check(table: Fields, request: Request) -> None:
    if SECRET not in request.placeholders:
        raise table.error("request", "does not send the key", "put {secret} into headers, basic, body or the path")
    for other in _OTHER_CREDENTIALS:
        if other in request.placeholders:
            raise table.error("request", f"needs {{{other}}}", "a check sends the key itself and no other credential")
    if (request.method == "POST") != table.flag("read-only"):
        hint = "say read-only = true beside a POST that is documented to change nothing and to cost nothing, only there"
        raise table.error("read-only", "has to go with POST", hint)
