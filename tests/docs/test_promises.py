"""Every promise of SECURITY.md names a test that holds it, and each of these is there."""

from __future__ import annotations

import ast
import re
from functools import cache

from tests.conftest import PROJECT

PAGE = (PROJECT / "SECURITY.md").read_text("utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")


def promises() -> list[str]:
    """Return the promises: the items of their part of the page."""
    part = PAGE.partition("\n## Promises\n")[2].partition("\n## ")[0]
    return [each.partition("\n\n")[0] for each in re.split(r"^- ", part, flags=re.MULTILINE)[1:]]


@cache
def defined_in(file: str) -> set[str]:
    """Return the names of the tests in a file, those of classes with the name of the class in front."""
    tree = ast.parse((PROJECT / file).read_text("utf-8"))
    found = set()
    for each in tree.body:
        for inner in each.body if isinstance(each, ast.ClassDef) else [each]:
            if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test_"):
                found.add(f"{each.name}::{inner.name}" if isinstance(each, ast.ClassDef) else inner.name)
    return found


def test_there_are_promises():
    assert len(promises()) > 20


def test_each_promise_names_a_test():
    assert [each for each in promises() if not TEST.search(each)] == []


def test_each_test_that_is_named_is_there():
    named = TEST.findall(PAGE)
    assert [f"{file}::{name}" for file, name in named if name not in defined_in(file)] == []
    assert PAGE.count("`tests/") == len(named), "something that looks like a test is not written as one"
