"""Works out texts of which one stands in whatever a pattern matches: what the fast search looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyguard.rules.syntax.charset import folded, size
from keyguard.rules.syntax.tree import Bytes, Chars, Choice, Edge, Group, Node, Repeat, Series, Special

SHORTEST = 3
"""How many characters a text has at least to be looked for."""
LONGEST = 32
MOST = 24
"""How many texts may take the place of each other."""
_ENOUGH = 12
"""A text that is longer than this is not rarer for it."""


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """A text as it stands there; with `any_case` in lower case, and it may stand there in any."""

    text: str
    any_case: bool = False

    def __add__(self, other: Literal) -> Literal:
        """Return this and the other one behind it."""
        any_case = self.any_case or other.any_case
        text = self.text + other.text
        return Literal(text.lower() if any_case else text, any_case)


Alternatives = frozenset[Literal]
_NOTHING = Literal("")


@dataclass(frozen=True, slots=True)
class _Known:
    """All that a part matches, if that is few texts, and sets of texts of which one stands in whatever it matches."""

    whole: Alternatives | None
    required: tuple[Alternatives, ...] = ()


def required(node: Node) -> list[Alternatives]:
    """Return sets of texts; of each set at least one stands in every match. The best one comes first."""
    known = _known(node)
    found = [*known.required, *([known.whole] if known.whole else [])]
    return sorted({each for each in found if each and _NOTHING not in each}, key=_quality, reverse=True)


def derived(node: Node) -> Alternatives | None:
    """Return the best set of texts that are long enough to be looked for, and ASCII; None where there is none."""
    return next((each for each in required(node) if is_fit(each)), None)


def is_fit(alternatives: Iterable[Literal]) -> bool:
    """Return whether all of these are long enough, and ASCII."""
    return all(len(each.text) >= SHORTEST and each.text.isascii() for each in alternatives)


def _quality(alternatives: Alternatives) -> tuple[int, int, list[Literal]]:
    shortest = min(len(each.text) for each in alternatives)
    return (min(shortest, _ENOUGH), -len(alternatives), sorted(alternatives))


def _known(node: Node) -> _Known:
    match node:
        case Chars() | Bytes():
            return _Known(_characters(node))
        case Series(items):
            return _series(items)
        case Choice(options):
            return _choice([_known(option) for option in options])
        case Repeat(item, low, high):
            return _repeat(_known(item), low, high)
        case Group(item):
            return _known(item)
        case Special(item):
            return _Known(frozenset((_NOTHING,))) if node.looks else _known(item)
        case Edge():
            return _Known(frozenset((_NOTHING,)))


def _characters(node: Chars | Bytes) -> Alternatives | None:
    ranges = node.ranges
    if isinstance(node, Bytes) and ranges[-1][1] > 0x7F:
        return None
    codes = [code for low, high in ranges for code in range(low, high + 1)] if size(ranges) <= MOST else []
    texts = list(map(chr, codes))
    if len(texts) == len(ranges) == 2 and folded(ranges[:1]) == ranges and texts[0].isascii():
        return frozenset((Literal(texts[1], any_case=True),))
    return frozenset(map(Literal, texts)) if 0 < len(texts) <= 4 else None


def _series(items: Iterable[Node]) -> _Known:
    found: list[Alternatives] = []
    run: Alternatives = frozenset((_NOTHING,))
    whole: Alternatives | None = run
    for item in items:
        known = _known(item)
        found += known.required
        whole = _joined(whole, known.whole)
        longer = _joined(run, known.whole)
        if longer is not None:
            run = longer
            continue
        found += _worth(run)
        run = known.whole or frozenset((_NOTHING,))
    return _Known(whole, tuple(_best([*found, *_worth(run)])))


def _joined(first: Alternatives | None, second: Alternatives | None) -> Alternatives | None:
    """Return each of the first with each of the second behind it, if that is few enough texts."""
    if first is None or second is None or len(first) * len(second) > MOST:
        return None
    made = frozenset(one + other for one in first for other in second)
    return made if all(len(each.text) <= LONGEST for each in made) else None


def _worth(run: Alternatives) -> Iterator[Alternatives]:
    if run and _NOTHING not in run:
        yield run


def _best(found: list[Alternatives]) -> list[Alternatives]:
    """Return the sets that are worth keeping: those with few and long texts."""
    return sorted(dict.fromkeys(found), key=_quality, reverse=True)[:MOST]


def _choice(known: list[_Known]) -> _Known:
    wholes = [each.whole for each in known]
    whole: Alternatives | None = frozenset().union(*(each for each in wholes if each))
    if None in wholes or len(whole or ()) > MOST:
        whole = None
    best = [_one_of(each) for each in known]
    if any(each is None for each in best):
        return _Known(whole)
    together: Alternatives = frozenset().union(*(each for each in best if each))
    return _Known(whole, (together,) if len(together) <= MOST else ())


def _one_of(known: _Known) -> Alternatives | None:
    """Return the best set for one option of several."""
    sets = [*known.required, *(_worth(known.whole) if known.whole else ())]
    return max(sets, key=_quality, default=None)


def _repeat(known: _Known, low: int, high: int | None) -> _Known:
    if low == 0:
        optional = known.whole | {_NOTHING} if known.whole and high == 1 else None
        return _Known(optional if optional and len(optional) <= MOST else None)
    whole = known.whole
    for _ in range(min(low, LONGEST) - 1):
        longer = _joined(whole, known.whole)
        if longer is None:
            break
        whole = longer
    else:
        if low == high and low <= LONGEST:
            return _Known(whole, known.required)
    return _Known(None, (*known.required, *(_worth(whole) if whole else ())))
