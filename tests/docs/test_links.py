"""Every relative link leads to a file and a heading that are there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.conftest import PROJECT
from tests.docs.prose import anchors, files, links


@cache
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def _anchors(file: Path) -> set[str]:
    return anchors(_read(file))


def _broken(file: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (file.parent / path).resolve() if path else file
    if not target.exists() or not target.is_relative_to(PROJECT):
        return True
    return bool(anchor) and (target.suffix != ".md" or anchor not in _anchors(target))


def test_headings_are_named_as_hosts_name_them():
    text = "# In CI: a `b`!\n\n## 快速开始\n\n## 快速开始\n\n```sh\n# no heading\n```\n## [a](b.md) c\n"
    assert anchors(text) == {"in-ci-a-b", "快速开始", "快速开始-1", "a-c"}


def test_a_link_that_leads_nowhere_is_noticed():
    readme = PROJECT / "README.md"
    assert not _broken(readme, "docs/ci.md")
    assert _broken(readme, "docs/missing.md")
    assert _broken(readme, "docs/ci.md#missing")
    assert _broken(readme, "../outside.md")


def test_every_link_leads_somewhere():
    broken = [
        f"{file.relative_to(PROJECT)}: {link}"
        for file in files()
        for link in links(_read(file))
        if not link.startswith(("https://", "http://")) and _broken(file, link)
    ]
    assert broken == []


def test_the_index_of_the_documentation_leads_to_every_page():
    index = PROJECT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(_read(index))}
    pages = {file for file in files() if file.parent == index.parent} - {index}
    assert pages <= linked
