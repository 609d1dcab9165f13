"""Which small changes there are to a package's code, and a sample of them; the changes are cosmic-ray's."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

from mutation.trial import Mutant

ONLY_COSTS = {"slots", "maxsize"}
"""Arguments that decide on memory and time alone: no test can or should tell a change of them."""
Position = tuple[int, int]
"""A line, from 1, and a column, from 0."""
Span = tuple[Position, Position]


@dataclass(frozen=True, slots=True)
class Change:
    """One change that an operator can make to a file: which occurrence of its kind, and where."""

    path: str
    operator: str
    occurrence: int
    at: Position
    name: str
    """The same in every version of the file in which the function around it is the same."""


def changes(root: Path, paths: Iterable[str]) -> Iterator[Change]:
    """Yield each change to each file, but for those that no run of the code could tell."""
    for path in paths:
        source = (root / path).read_text("utf-8")
        tree, left_out = get_ast(source), unseen(source)
        for kind, operator in _operators():
            spots = ((node, *span) for node in ast_nodes(tree) for span in operator.mutation_positions(node))
            seen = Counter[str]()
            for occurrence, (node, start, _) in enumerate(spots):
                around = str(ASTQuery(node).get_definition_name())
                seen[around] += 1
                bare = node.parent is not None and node.parent.type == "parameters"  # a `*` that calculates nothing
                if not bare and not any(first <= start < last for first, last in left_out):
                    yield Change(path, kind, occurrence, start, f"{path}:{around}:{kind}:{seen[around]}")


def sample(
    root: Path, population: Iterable[Change], count: int, seed: int, *, spread: bool = False
) -> Iterator[Mutant]:
    """Yield so many mutants, by chance; a larger sample has the smaller one in it, a later version of the code most.

    Eleven operators can stand in the place of another, two numbers in that of a number. With `spread` one of them does.
    """
    by_chance = sorted(population, key=lambda each: hashlib.sha256(f"{seed}:{each.name}".encode()).digest())
    places = set[tuple[str, Position, str]]()
    for each in by_chance:
        if count <= 0:
            return
        place = (each.path, each.at, each.operator.split("_")[0])
        made = None if spread and place in places else _made(root, each)
        if made is not None:
            places.add(place)
            count -= 1
            yield made


def unseen(source: str) -> Sequence[Span]:
    """Return the spans of a file that say something to readers and type checkers only, or decide on costs alone."""
    found = list[Span]()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.AnnAssign(annotation=each) | ast.arg(annotation=ast.expr() as each):
                found.append(_span(each))
            case ast.FunctionDef(returns=ast.expr() as each) | ast.AsyncFunctionDef(returns=ast.expr() as each):
                found.append(_span(each))
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                found.append(_span(node))
            case ast.keyword(arg=str(name)) if name in ONLY_COSTS:
                found.append(_span(node))
    return found


def _span(node: ast.expr | ast.stmt | ast.keyword) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def _operators() -> Iterator[tuple[str, Operator]]:
    """Yield the operators that need no word on what they are to change."""
    provider = OperatorProvider()
    for name in provider:
        if not provider[name].arguments():
            yield name, provider[name]()


def _made(root: Path, change: Change) -> Mutant | None:
    """Make a change; None where what comes out is no Python, or the same program, or where cosmic-ray cannot."""
    before = (root / change.path).read_text("utf-8")
    try:
        after = mutate_code(before, OperatorProvider()[change.operator](), change.occurrence)
    except AttributeError:  # of an exception that is no name alone, as in `except (*SEVERAL, OSError)`
        return None
    try:
        same = ast.dump(ast.parse(after)) == ast.dump(ast.parse(before))
    except SyntaxError:
        return None
    return None if same else Mutant(change.path, change.at[0], change.operator, before, after)
