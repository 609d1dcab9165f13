"""Finds the expressions of a Python file that are worth exactly a secret, and says how other ones hold it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from keyguard.model import Secret
from keyguard.repair.spans import Tree

PART = "it is only a part of a longer string"
DOCSTRING = "it stands in a docstring"
PATTERN = "it stands in a pattern of `match`, where nothing is read"
ANNOTATION = "it stands in an annotation"
FORMATTED = "it stands in an f-string together with other parts"
TEXTS = (cst.SimpleString, cst.ConcatenatedString)


@dataclass(frozen=True, slots=True)
class Literal:
    """An expression that is worth a secret: its characters in the text, and the name that it is given to, if any."""

    start: int
    end: int
    secret: Secret
    is_bytes: bool
    assigned: str | None


def worth(source: str) -> str | bytes | None:
    """Return what an expression of string literals alone is worth; None for any other."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _folded(ast.parse(f"({source})", mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _folded(node: ast.expr) -> str | bytes | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [_folded(part) for part in node.values]
        texts = [part for part in parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(parts) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _folded(node.left), _folded(node.right)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(left, bytes) and isinstance(right, bytes):
            return left + right
    return None


@dataclass
class Finder(cst.CSTVisitor):
    """Walks through a tree and collects `literals`; `why` has the secrets that are held in another way."""

    tree: Tree
    wanted: Mapping[str | bytes, Secret]
    literals: list[Literal] = field(default_factory=list)
    why: dict[Secret, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def over(cls, tree: Tree, secrets: Sequence[Secret]) -> Finder:
        """Walk through a whole module."""
        wanted: dict[str | bytes, Secret] = {}
        for secret in secrets:
            plain = secret.reveal()
            wanted[plain] = wanted[plain.encode("utf-8", "surrogateescape")] = secret
        finder = cls(tree, wanted)
        tree.module.visit(finder)
        finder.literals.sort(key=lambda each: each.start)
        return finder

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Look at a node, and say whether what is in it is to be looked at."""
        if isinstance(node, cst.MatchPattern | cst.Annotation):
            return self._blames(node, ANNOTATION if isinstance(node, cst.Annotation) else PATTERN)
        if isinstance(node, cst.Expr) and isinstance(node.value, TEXTS):
            return self._blames(node.value, DOCSTRING)
        self._name(node)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            return not self._takes(node)
        if isinstance(node, (*TEXTS, cst.FormattedString)):
            if not self._takes(node):
                self._blames(node, FORMATTED if isinstance(node, cst.FormattedString) else PART)
            return False
        return True

    def _takes(self, node: cst.BaseExpression) -> bool:
        """Keep a node that is worth a secret; False for any other."""
        start, end = self.tree.place(node)
        value = worth(self.tree.text[start:end])
        secret = None if value is None else self.wanted.get(value)
        if secret is None:
            return False
        self.literals.append(Literal(start, end, secret, isinstance(value, bytes), self.names.get(id(node))))
        return True

    def _blames(self, node: cst.CSTNode, why: str) -> bool:
        """Remember why secrets in a node are left alone; nothing in it is looked at."""
        source = self.tree.source(node)
        held = worth(source)
        for value, secret in self.wanted.items():
            if isinstance(value, str) and (value in source or (isinstance(held, str) and value in held)):
                self.why.setdefault(secret, why)
        return False

    def _name(self, node: cst.CSTNode) -> None:
        """Remember the name that a value is given to: of a variable, an argument, a field or a key."""
        name: str | None = None
        value: cst.CSTNode | None = None
        if isinstance(node, cst.Assign):
            name, value = _of(node.targets[0].target), node.value
        elif isinstance(node, cst.AnnAssign | cst.NamedExpr):
            name, value = _of(node.target), node.value
        elif isinstance(node, cst.Arg):
            name, value = _of(node.keyword), node.value
        elif isinstance(node, cst.Param):
            name, value = node.name.value, node.default
        elif isinstance(node, cst.DictElement):
            name, value = _of(node.key), node.value
        elif isinstance(node, cst.Call) and len(node.args) > 1:  # os.getenv("NAME", "…")
            name, value = _of(node.args[0].value), node.args[1].value
        if name is not None and value is not None:
            self.names.setdefault(id(value), name)


def _of(node: cst.CSTNode | None) -> str | None:
    """Return the last part of a name, or what a constant key says."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.Subscript) and len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index):
        return _of(node.slice[0].slice.value)
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        return node.evaluated_value
    return None
