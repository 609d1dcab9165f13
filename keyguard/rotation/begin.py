"""Begins a rotation: finds the leaked key at its provider, says what it is and did, and settles how it is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from keyguard.errors import UsageError
from keyguard.git.repository import discover
from keyguard.model import Exposure, Finding, Secret, Where
from keyguard.rotation.issuers.issuer import Issuer
from keyguard.rotation.journal import State, Step
from keyguard.rotation.talk import Talk
from keyguard.rotation.targets.target import Target
from keyguard.rotation.values import Extra, Held, Way

_MANY = 12
"""How many lines of usage are shown."""
_GONE_FAR = (Exposure.PUSHED, Exposure.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants of a rotation; None and empty where nothing was said."""

    targets: Sequence[Target] = ()
    key_id: str | None = None
    way: Way | None = None
    scopes: tuple[str, ...] = ()
    expires_in: int | None = None
    revoke_first: bool = False


def begun(finding: Finding, issuer: Issuer, wanted: Wanted, talk: Talk) -> State:
    """Return the state in which the key is found and nothing is changed; raises `UsageError` if it is not found."""
    old = found(finding.secret, issuer, wanted.key_id, talk)
    since = exposed_since(finding) or old.created
    spent = told(old, issuer, since, talk)
    first = wanted.revoke_first or _offered(finding, talk)
    way = _way(old, issuer, wanted, talk, gone=first)
    _check_extras(wanted, issuer, way)
    if not wanted.targets and way is not Way.BY_HAND:
        raise UsageError("nothing says where the new key goes", "--into .env:OPENAI_API_KEY, gh:NAME or 'command:…'")
    checked(wanted.targets, {finding.fingerprint}, talk)
    if files := _staying(finding, wanted.targets):
        talk.tell("rotate.stays", files=", ".join(files))
    scopes = _scopes(old, issuer, wanted, way, talk)
    return State(
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        provider=finding.provider,
        masked=finding.secret.masked,
        old=old,
        way=way,
        targets=tuple(each.spec for each in wanted.targets),
        revoke_first=first,
        since=since,
        spent=spent,
        scopes=scopes,
        expires_in=wanted.expires_in,
        folder=str(Path.cwd()),
    ).after(Step.FOUND)


def found(secret: Secret, issuer: Issuer, key_id: str | None, talk: Talk) -> Held:
    """Return the one key that this is, chosen by the user where several show the same ends."""
    several = [each for each in issuer.find(secret) if key_id in (None, each.id)]
    if not several:
        hint = "it was deleted already (keyguard verify tells), or belongs to another organisation or account"
        raise UsageError(f"the provider lists no key that ends as {secret.masked} does", hint)
    if len(several) == 1:
        return several[0]
    number = talk.choose("rotate.which", [described(each, talk) for each in several])
    if number is None:
        ids = ", ".join(each.id for each in several)
        raise UsageError(f"{len(several)} keys show the same ends as {secret.masked}", f"choose by --key-id: {ids}")
    return several[number]


def told(old: Held, issuer: Issuer, since: int | None, talk: Talk) -> str:
    """Say whose key it is, and what it did since it was exposed; return that in one line, empty if nobody says."""
    talk.tell("rotate.found", id=old.id, key=described(old, talk))
    spent = issuer.spent(old, since) if since is not None else None
    if spent is None:
        return ""
    for name in sorted(spent.requests, key=lambda name: -spent.requests[name])[:_MANY]:
        talk.tell("rotate.called", name=name, requests=spent.requests[name], tokens=spent.tokens.get(name, 0))
    dollars = "?" if spent.dollars is None else f"{spent.dollars:,.2f}"
    count = sum(spent.requests.values())
    talk.tell("rotate.spent", n=count, dollars=dollars, since=_day(since))
    for each in spent.untold:
        talk.tell("rotate.untold", why=each)
    return f"since {_day(since)}: {count:,} requests, {dollars} US dollars{', not all told' if spent.untold else ''}"


def described(held: Held, talk: Talk) -> str:
    """Return a key in one line: name, project, owner, created, last used; what the provider wrote is made harmless."""
    place = f"{held.place_name} ({held.place})" if held.place_name else held.place
    texts = {"name": held.name or "-", "shown": held.redacted, "place": place or "-", "owner": held.owner or "-"}
    return talk.words("rotate.key", **texts, created=_day(held.created), used=_day(held.used))


def checked(targets: Sequence[Target], known: set[str], talk: Talk) -> None:
    """See that the new key can be put into every target, before there is one."""
    for each in targets:
        each.check(known)
        for note in each.notes:
            talk.tell(f"rotate.note-{note}", target=each.spec)
        for place in each.others(known):
            if place not in {target.spec for target in targets}:
                talk.tell("rotate.note-elsewhere", place=place)


def _staying(finding: Finding, targets: Sequence[Target]) -> list[str]:
    """Return the files of this work tree that have the key and are no targets: what reads it there will stop."""
    repository = discover(Path())
    top = repository.top if repository and repository.top else Path.cwd()
    there = [each.origin.path for each in finding.places if each.origin.where is Where.FILE and each.origin.path]
    placed = {each.spec.rpartition(":")[0] for each in targets}
    return [each for each in dict.fromkeys(there) if str(top / each) not in placed]


def exposed_since(finding: Finding) -> int | None:
    """Return when the commit was made that brought the key in (seconds since 1970), if one did."""
    dates = [datetime.fromisoformat(each.date) for each in finding.places if each.date]
    return int(min(dates).timestamp()) if dates else None


def _way(old: Held, issuer: Issuer, wanted: Wanted, talk: Talk, *, gone: bool) -> Way:
    ways = issuer.ways(old, gone=gone)
    if wanted.way is not None:
        if wanted.way not in ways:
            raise UsageError(f"a new key of this kind cannot be made by {wanted.way}", f"one of: {', '.join(ways)}")
        return wanted.way
    if ways[0] is not Way.BY_HAND or len(ways) == 1:
        return ways[0]
    number = talk.choose("rotate.which-way", [talk.words(f"rotate.way-{each}") for each in ways])
    if number is None:
        raise UsageError(
            "the key belongs to a person, and no API makes such a key",
            "--replace-with new-account makes one of a new service account; by-hand takes one that you make",
        )
    return ways[number]


def _check_extras(wanted: Wanted, issuer: Issuer, way: Way) -> None:
    """Raise `UsageError` for what would not be done: a key made by hand has what its maker gives it."""
    offered = () if way is Way.BY_HAND else issuer.extras
    for option, given, extra in (
        ("--scope", wanted.scopes, Extra.SCOPES),
        ("--expires-in", wanted.expires_in, Extra.EXPIRY),
    ):
        if given and extra not in offered:
            raise UsageError(f"{option} cannot be had for this new key", f"leave {option} out: no call sets it")


def _scopes(old: Held, issuer: Issuer, wanted: Wanted, way: Way, talk: Talk) -> tuple[str, ...] | None:
    """Return what the new key is restricted to: as the old one was, or less."""
    if way is Way.BY_HAND or Extra.SCOPES not in issuer.extras:
        return None
    known = issuer.scopes(old)
    if wanted.scopes:
        if more := set(wanted.scopes) - set(known or wanted.scopes):
            raise UsageError(f"the old key had not the scope {min(more)}", f"it had: {', '.join(known or ())}")
        return wanted.scopes
    if known:
        talk.tell("rotate.scopes", scopes=", ".join(known))
    else:
        talk.tell("rotate.scopes-unknown")
    return known


def _offered(finding: Finding, talk: Talk) -> bool:
    """Ask whether to revoke first, where others may have the key already; answers given beforehand do not say yes."""
    if finding.exposure not in _GONE_FAR:
        return False
    choices = [talk.words(f"rotate.{each}") for each in ("replace-first", "revoke-first")]
    return talk.choose("rotate.offer-revoke-first", choices) == 1


def _day(seconds: int | None) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds else "-"
    except (TypeError, ValueError, OverflowError, OSError):  # a provider says what it likes
        return "-"
