"""Rewrites string literals of Python into reads of the environment; all else stays as it is, byte for byte.

LibCST says where the literals and the imports stand, and the standard library's parser what each one is worth: it is
replaced only where it is worth exactly the secret.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from keyguard.model import Secret
from keyguard.repair.imports import Import, importing
from keyguard.repair.literals import Finder, Literal
from keyguard.repair.shown import Rewritten, UnfitError
from keyguard.repair.spans import Tree

GENERATED = re.compile(r"@generated\b|\bDO NOT (?:EDIT|MODIFY)\b|\bauto-?generated\b", re.IGNORECASE)
"""What the first lines of a generated file say (https://go.dev/s/generatedcode and its kin)."""
HEAD = 1024
"""How many characters are looked at for that."""


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file that can be rewritten, with the literals that are worth one of the secrets, in order.

    `why` says of secrets that stand in it otherwise in which way they do.
    """

    tree: Tree
    encoding: str
    literals: tuple[Literal, ...]
    why: Mapping[Secret, str]

    @classmethod
    def read(cls, data: bytes, secrets: Sequence[Secret]) -> Module:
        """Parse a file. Raises `UnfitError` for one that does not parse, or that another program writes."""
        text, encoding = _decoded(data)
        if GENERATED.search(text[:HEAD]):
            raise UnfitError("the file says that it is generated: change what generates it")
        _check(text)
        try:
            tree = Tree.parse(text)
        except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
            raise UnfitError("LibCST cannot parse it") from None
        if tree.module.code != text or text.encode(encoding) != data:
            raise UnfitError("it would not be written as it was read")
        finder = Finder.over(tree, secrets)
        return cls(tree, encoding, tuple(finder.literals), finder.why)

    def rewritten(self, names: Mapping[Secret, str]) -> Rewritten:
        """Return the file with each literal replaced by a read of the variable that its secret is given.

        Raises `UnfitError` where there is no place for the import.
        """
        chosen = [each for each in self.literals if each.secret in names]
        module = importing(self.tree, chosen[0].start)
        if module is None:
            raise UnfitError("a docstring or an import of __future__ shares its line, so that no import fits before it")
        before = after = self.tree.text
        for each in reversed(chosen):
            before = f'{before[: each.start]}"{each.secret.masked}"{before[each.end :]}'
            after = after[: each.start] + _read(each, names, module.name, after) + after[each.end :]
        after = _with_import(after, module)
        _check(after)
        return Rewritten(after.encode(self.encoding), before, after)


def _with_import(text: str, module: Import) -> str:
    return text[: module.at] + module.statement + text[module.at :]


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise UnfitError("it cannot be decoded by the encoding that it declares") from None


def _check(text: str) -> None:
    """Raise `UnfitError` for text that this Python cannot parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        raise UnfitError(f"it does not parse: there is a syntax error in line {error.lineno or 1}") from None
    except (ValueError, RecursionError, MemoryError):
        raise UnfitError("it does not parse") from None


def _read(literal: Literal, names: Mapping[Secret, str], module: str, text: str) -> str:
    """Return the expression that takes the place of a literal, with the quotes that the literal has."""
    quote = "'" if text[literal.end - 1] == "'" else '"'
    read = f"{module}.environ[{quote}{names[literal.secret]}{quote}]{'.encode()' if literal.is_bytes else ''}"
    before = text[literal.start - 1 : literal.start]
    return f" {read}" if before.isalnum() or before == "_" else read  # `return"…"` needs no space, a name does
