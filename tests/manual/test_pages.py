"""The generated pages are current and complete."""

from __future__ import annotations

import click

from keyguard.cli.main import cli
from keyguard.rules import built, loader
from manual.commands import every
from manual.markdown import code, literal, prose
from manual.pages import DOCS, PROVIDERS, pages

MEND = "run: python -m manual"


def test_text_that_says_nothing_to_markdown_stays_as_it_is():
    assert literal("Open the page, then delete it: GET https://example.org/{id}?a=b") == (
        "Open the page, then delete it: GET https://example.org/{id}?a=b"
    )


def test_what_markdown_would_obey_is_literal_but_for_code():
    assert literal("a_b *c* <d> [e] | `f_g|h`") == r"a\_b \*c\* \<d\> \[e\] \| `f_g\|h`"
    assert prose("with --range the base; -h") == "with `--range` the base; `-h`"
    assert code("a|b") == r"`a\|b`"


def test_every_page_is_what_the_program_says_now():
    wanted = pages()
    there = {f"{PROVIDERS}/{file.name}" for file in (DOCS / PROVIDERS).iterdir()} | {"commands.md"}
    assert there == set(wanted), MEND
    old = [name for name, text in wanted.items() if (DOCS / name).read_text(encoding="utf-8") != text]
    assert not old, MEND


def test_every_provider_has_a_page_with_all_its_kinds_in_both_languages():
    catalogue = loader.believed(built.OWN)
    listed = (DOCS / PROVIDERS / "README.md").read_text(encoding="utf-8")
    for provider in catalogue.providers:
        assert f"({provider.id}.md)" in listed
        english, chinese = (DOCS / PROVIDERS / f"{provider.id}.md").read_text(encoding="utf-8").split("\n## 中文\n")
        for rule in provider.rules:
            assert f"`{rule.id}`" in english
            assert f"`{rule.id}`" in chinese
        assert "\n6. **" in english, "a step for every topic"
        assert "\n6. **" in chinese, "a step for every topic"
        assert provider.checked in english


def test_the_reference_has_every_command_and_every_option():
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    options = 0
    for command, context in every(cli, click.Context(cli, info_name="keyguard")):
        own = text.split(f"# {context.command_path}\n", 1)[1].split("\n## ")[0].split("\n### ")[0]
        for option in command.params:
            options += 1
            assert not isinstance(option, click.Option) or f"`{option.opts[0]}" in own, (context.command_path, option)
    assert options > 100
