"""Says by which name a Python file reaches the module `os`, and where an import has to go if it does not."""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from keyguard.repair.spans import Tree

MODULE = "os"


@dataclass(frozen=True, slots=True)
class Import:
    """The name of the module, and the statement to insert at a character of the text; no statement: it is there."""

    name: str
    at: int = 0
    statement: str = ""


def importing(tree: Tree, first: int) -> Import | None:
    """Return how `os` is reached at the character `first` and behind it, or None where no import fits before it.

    Where the file calls anything else `os`, the module gets a name of its own.
    """
    taken = {*_bound(_table(tree.text)), *_foreign(tree.text)}
    present = next((name for name, end in _imported(tree) if end <= first and name not in taken), None)
    if present is not None:
        return Import(present)
    name = MODULE
    while name in taken or (name != MODULE and re.search(rf"\b{name}\b", tree.text)):
        name = f"_{name}"
    statement = f"import {MODULE}" if name == MODULE else f"import {MODULE} as {name}"
    at, before, behind = _place(tree)
    newline = tree.module.default_newline
    return Import(name, at, newline * before + statement + newline * behind) if at <= first else None


def _table(text: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(text, "file", "exec")


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that are bound by anything but an import at the top of the module."""
    inner = table.get_type() != "module"
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_parameter() or (inner and symbol.is_imported()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child)


def _foreign(text: str) -> Iterator[str]:
    """Yield the names that imports anywhere give to anything but the module itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                whole, _, inner = alias.name.partition(".")
                is_module = isinstance(node, ast.Import) and whole == MODULE and not (inner and alias.asname)
                if not is_module:
                    yield alias.asname or whole


def _imported(tree: Tree) -> Iterator[tuple[str, int]]:
    """Yield the names that statements at the top of the module give to `os`, and where each statement ends."""
    for line in tree.module.body:
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.Import):
                end = tree.place(statement)[1]
                yield from ((name, end) for each in statement.names if (name := _name_of_module(each)))


def _name_of_module(alias: cst.ImportAlias) -> str | None:
    path, given = alias.evaluated_name, alias.evaluated_alias
    if path == MODULE:
        return given or MODULE
    return MODULE if path.startswith(f"{MODULE}.") and given is None else None


def _place(tree: Tree) -> tuple[int, int, int]:
    """Return where an import goes, and how many line ends belong before and behind it.

    It goes behind the docstring and the imports of `__future__`, and before the first other statement.
    """
    body = tree.module.body
    heads = 0
    while heads < len(body) and _is_head(body[heads], first=heads == 0):
        heads += 1
    following = body[heads] if heads < len(body) else None
    if following is not None and (_is_import(following) or not heads):
        return tree.line_of(_start(tree, following)), 0, 1 if _is_import(following) else 2
    end = tree.place(body[heads - 1])[1]
    at = _end_of_line(tree.text, end)
    return at, 2, 0 if re.compile(r"(?:\r\n?|\n){2}|\s*\Z").match(tree.text, at) else 1


def _start(tree: Tree, statement: cst.BaseStatement) -> int:
    """Return where a statement starts, its decorators included."""
    decorators = statement.decorators if isinstance(statement, cst.FunctionDef | cst.ClassDef) else ()
    return min(tree.place(each)[0] for each in (statement, *decorators))


def _end_of_line(text: str, at: int) -> int:
    found = re.compile(r"[\r\n]").search(text, at)
    return found.start() if found else len(text)


def _is_head(line: cst.CSTNode, *, first: bool) -> bool:
    """Whether this is the docstring, or imports of `__future__`, with whatever else stands in the line."""
    if not isinstance(line, cst.SimpleStatementLine):
        return False
    statement = line.body[0]
    if isinstance(statement, cst.ImportFrom):
        return isinstance(statement.module, cst.Name) and statement.module.value == "__future__"
    is_text = isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString | cst.ConcatenatedString)
    return first and is_text


def _is_import(line: cst.CSTNode) -> bool:
    return isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Import | cst.ImportFrom)
