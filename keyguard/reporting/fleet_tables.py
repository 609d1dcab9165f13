"""What is told of many repositories, as tables: the same for a terminal, for Markdown and for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from keyguard.model import Exposure, Status
from keyguard.model.fleet import Age, Fleet, FleetKey, FleetRepository
from keyguard.reporting import places
from keyguard.reporting.page import Page

GROUPINGS = ("repositories", "exposure", "provider", "age")


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of the columns and the rows; `numbers` are the columns that hold numbers.

    `left_out` counts the rows for which there was no room.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: frozenset[int] = field(default_factory=frozenset)
    left_out: int = 0


def verdict(page: Page, fleet: Fleet) -> str:
    """Return in one sentence what there is."""
    say = page.say
    numbers = {"gone": len(fleet.gone_now), "living": len(fleet.living)}
    repositories = say("fleet.repositories", n=len(fleet.repositories))
    if not fleet.keys:
        return say("fleet.none", repositories=repositories, **numbers)
    holding = sum(bool(each.keys) for each in fleet.repositories)
    keys = say("fleet.keys", n=len(fleet.keys))
    return say("fleet.verdict", keys=keys, holding=holding, repositories=repositories, new=len(fleet.new), **numbers)


def origin(page: Page, fleet: Fleet) -> str:
    """Return of which run that is."""
    return page.say("fleet.since" if fleet.before else "fleet.first", run=fleet.run, started=fleet.started)


def groups(page: Page, fleet: Fleet, by: str, providers: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return the groups of the keys by one of `GROUPINGS`, each with how many there are."""
    say = page.say
    if by == "exposure":
        far = Counter(each.finding.exposure for each in fleet.keys)
        return [(say(f"exposure.{each}"), far[each]) for each in reversed(Exposure) if far[each]]
    if by == "age":
        old = Counter(each.age for each in fleet.keys)
        return [(say(f"fleet.age-{each}"), old[each]) for each in Age if old[each]]
    if by == "provider":
        whose = Counter(each.finding.provider for each in fleet.keys)
        return [(page.data(providers.get(name, name)), count) for name, count in _most(whose)]
    many = Counter(len(each.repositories) for each in fleet.keys)
    return [(say("fleet.repositories", n=number), many[number]) for number in sorted(many, reverse=True)]


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def grouped(page: Page, fleet: Fleet, providers: Mapping[str, str]) -> Iterator[Table]:
    """Yield how many keys there are by each of the groupings."""
    columns = (page.say("fleet.column-what"), page.say("fleet.column-keys"))
    for by in GROUPINGS:
        rows = [(name, str(count)) for name, count in groups(page, fleet, by, providers)]
        if rows:
            yield Table(page.say(f"fleet.by-{by}"), columns, rows, frozenset({1}))


def ordered(fleet: Fleet, by: str) -> list[FleetKey]:
    """Return the keys in the order of a grouping: those that matter most first."""
    order = {
        "repositories": lambda each: -len(each.repositories),
        "exposure": lambda each: -each.finding.exposure.reach,
        "provider": lambda each: each.finding.provider,
        "age": lambda each: -each.days,
    }[by]
    return sorted(fleet.keys, key=order)


def listed(page: Page, title: str, keys: Sequence[FleetKey], most: int) -> Table:
    """Return a table of keys."""
    names = ("key", "repositories", "days", "exposure", "state", "place")
    columns = tuple(page.say(f"fleet.column-{name}") for name in names)
    rows = [_row(page, each) for each in keys[:most]]
    return Table(title, columns, rows, frozenset({1, 2}), max(0, len(keys) - most))


def _row(page: Page, key: FleetKey) -> tuple[str, ...]:
    found = key.finding
    name = f"{page.data(found.title)} {page.masked(found.secret)}"
    exposure = page.say(f"exposure.{found.exposure}")
    spot = next((places.spot(page, each) for each in places.current(found)), "")
    return (name, str(len(key.repositories)), str(key.days), exposure, state(page, key), spot)


def state(page: Page, key: FleetKey) -> str:
    """Return what is known of a key, in a word."""
    status = key.finding.status
    if key.gone:
        return page.say("fleet.state-gone")
    if status is Status.REAPPEARED:
        return page.say("fleet.state-back")
    if key.is_dead:
        return page.say("fleet.state-dead")
    if not status.blocks:
        return page.say("fleet.state-accepted")
    if key.finding.live is not None and key.finding.live.state.alive:
        return page.say("fleet.state-alive")
    return page.say("fleet.state-new" if key.is_new else "fleet.state-open")


def repositories(page: Page, fleet: Fleet, most: int) -> Table:
    """Return a table of the repositories that hold keys or were not read, those that matter most first."""
    wanted = [each for each in fleet.repositories if each.keys or each.ended in ("failed", "")]
    wanted.sort(key=lambda each: (each.ended not in ("failed", ""), -each.keys, each.name))
    columns = tuple(page.say(f"fleet.column-{name}") for name in ("place", "keys", "state"))
    rows = [(page.data(each.name), str(each.keys), _ended(page, each)) for each in wanted[:most]]
    return Table(page.say("fleet.where"), columns, rows, frozenset({1}), max(0, len(wanted) - most))


def _ended(page: Page, repository: FleetRepository) -> str:
    said = page.say(f"fleet.ended-{repository.ended or 'left'}")
    why = page.data(page.say.phrase(repository.why)) if repository.why else ""
    return f"{said}: {why}" if why else said
