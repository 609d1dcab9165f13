"""Says in words what is known of a provider's API: how a key is checked, revoked and made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator

from keyguard.reporting.words import Words
from keyguard.rules.api.values import (
    Api,
    Call,
    Condition,
    Creation,
    NoCall,
    NoProbe,
    Path,
    Probe,
    Request,
    Revocation,
)


def facts(api: Api, console: str, words: Words) -> Iterator[tuple[str, str]]:
    """Yield a name and its lines for each thing that is known; `console` is where it is done by hand."""
    if api.verify is not None:
        yield "check", "\n".join(_probe(api.verify, words))
    for name, call in (("revoke", api.revoke), ("replace", api.create)):
        if isinstance(call, NoCall):
            yield name, words("api.by-hand", url=console)
        elif call is not None:
            yield name, "\n".join(_call(call, words))


def row(api: Api, words: Words) -> tuple[str, str, str]:
    """Return as short as may be: the host that is asked or why none is, who may revoke, who may replace."""
    return _asked(api.verify, words), _called(api.revoke, words), _called(api.create, words)


def _asked(probe: Probe | NoProbe | None, words: Words) -> str:
    if isinstance(probe, Probe):
        hosts = ", ".join((probe.request.host, *probe.also))
        return words("rules-api.with", hosts=hosts, names=", ".join(probe.needs)) if probe.needs else hosts
    return words("rules-api.never", why=words(f"rules-api.{probe.why}")) if probe else words("rules-api.unknown")


def _called(call: Call | NoCall | None, words: Words) -> str:
    return words(f"rules-api.{call.by}" if isinstance(call, Call) else "rules-api.by-hand")


def _probe(probe: Probe | NoProbe, words: Words) -> Iterator[str]:
    if isinstance(probe, NoProbe):
        yield words(f"api-never.{probe.why}")
        if probe.command:
            yield words("api.by-yourself", command=probe.command)
        return
    yield from _request(probe.request, words)
    if probe.needs:
        yield words("api.needs", names=words("api.and").join(f"{{{name}}}" for name in probe.needs))
    if probe.also:
        yield words("api.also", hosts=words("api.and").join(probe.also))
    for answer in probe.answers:
        yield words("api.answer", when=_condition(answer.when, words), means=words(f"api-state.{answer.means}"))
    yield words("api.otherwise")
    if probe.self_hosted:
        yield words("api.self-hosted")
    yield words("api.source", sureness=words(f"api-sureness.{probe.sureness}"), url=probe.source)


def _call(call: Call, words: Words) -> Iterator[str]:
    if call.request is not None:
        yield from _request(call.request, words)
    if call.command is not None:
        yield call.command
    if call.find is not None:
        yield words("api.find", call=call.find)
    yield words("api.and").join((words(f"api-by.{call.by}"), *_effects(call, words)))
    if call.success is not None:
        yield words("api.works", when=_condition(call.success, words))
    yield words("api.source", sureness=words(f"api-sureness.{call.sureness}"), url=call.source)


def _effects(call: Call, words: Words) -> Iterator[str]:
    if isinstance(call, Revocation):
        yield words("api.for-good" if call.irreversible else "api.for-now")
    if isinstance(call, Creation) and call.secret_at:
        yield words("api.new-key", path=_named(call.secret_at))
    if isinstance(call, Creation) and call.ends_old:
        yield words("api.ends-old")


def _request(request: Request, words: Words) -> Iterator[str]:
    yield f"{request.method} {request.url}"
    for name, value in request.headers.items():
        yield f"{name}: {value}"
    if request.basic is not None:
        yield words("api.basic", pair=request.basic)
    if request.body is not None:
        yield words("api.sends", what=json.dumps(request.body, ensure_ascii=False))
    if request.form is not None:
        yield words("api.sends", what="&".join(f"{name}={value}" for name, value in request.form.items()))
    if request.part is not None:
        yield words("api.part", pattern=request.part.pattern.decode().removeprefix("(?P<secret>").removesuffix("\n)"))


def _condition(when: Condition, words: Words) -> str:
    either = words("api.or")
    parts = [either.join(map(str, when.status))]
    parts += [f"{_named(path)} = {either.join(map(json.dumps, values))}" for path, values in when.equal.items()]
    parts += [
        words("api.holds", path=_named(path), texts=either.join(f'"{text}"' for text in texts))
        for path, texts in when.holds.items()
    ]
    parts += [words("api.has", path=_named(path)) for path in when.has]
    return words("api.and").join(parts)


def _named(path: Path) -> str:
    return ".".join(path)
