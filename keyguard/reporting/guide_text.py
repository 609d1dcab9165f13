"""A guide as text: the few lines below a finding, and the whole of it."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.language import Language
from keyguard.model import Guidance, Step
from keyguard.reporting import markup
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import display_width

INDENT = "   "


def render(
    guide: Guidance,
    *,
    language: Language,
    width: int = 80,
    color: bool = False,
    unicode: bool = True,
    markdown: bool = False,
) -> str:
    """Return the whole guide as text for a terminal, or as Markdown."""
    page = Page.make(language, Redactor(()), width=width, color=color, unicode=unicode)
    lines = _markdown(page, guide) if markdown else _whole(page, guide)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def brief(page: Page, guide: Guidance) -> Iterator[str]:
    """Yield the lines below a finding: the summary, and each step with the link or command that carries it out."""
    yield from _summary(page, guide)
    before = None
    for number, step in enumerate(guide.steps, 1):
        target = _target(page, step)
        yield from _step(page, number, step, target if target != before else "")
        before = target or before


def _summary(page: Page, guide: Guidance) -> Iterator[str]:
    label = page.plain(page.say("label.guide"))
    first, *others = page.hang("", f"{label}{page.data(guide.summary)}")
    yield page.paint(label.rstrip(), "bold") + first[len(label.rstrip()) :]
    yield from others


def _target(page: Page, step: Step) -> str:
    """Return what to open or run; a link goes before a command, which the whole guide has as well."""
    return page.data(step.url or step.command or "")


def _step(page: Page, number: int, step: Step, target: str) -> Iterator[str]:
    head = f"{number}. "
    title = page.data(step.title)
    shown = page.paint(target, "cyan")
    gap = {":": " ", "：": ""}.get(title[-1:], "  ")  # a full-width colon has its space in itself
    if target and display_width(f"{head}{title}{gap}{target}") <= page.width:
        yield f"{head}{title}{gap}{shown}"
        return
    yield from page.hang(head, title)
    if target:
        yield INDENT + shown  # never wrapped, so that it can be copied


def _whole(page: Page, guide: Guidance) -> Iterator[str]:
    yield from (page.paint(line, "bold") for line in page.hang("", page.data(guide.summary)))
    for number, step in enumerate(guide.steps, 1):
        yield ""
        head = f"{number}. "
        yield from (page.paint(line, "bold") for line in page.hang(head, _heading(page, step)))
        indent = " " * len(head)
        for paragraph in step.text.split("\n"):
            bullet = "- " if paragraph.startswith("- ") else ""
            yield from page.hang(indent + bullet, page.data(paragraph.removeprefix(bullet)))
        if step.url:
            yield indent + page.paint(page.data(step.url), "cyan")
        for command in step.command.split("\n") if step.command else ():
            yield indent + page.paint(f"$ {page.data(command)}", "cyan")


def _heading(page: Page, step: Step) -> str:
    return page.data(step.title.rstrip(":："))


def _markdown(page: Page, guide: Guidance) -> Iterator[str]:
    yield markup.literal(page.data(guide.summary))
    for number, step in enumerate(guide.steps, 1):
        yield from ("", f"## {number}. {markup.literal(_heading(page, step))}", "")
        for paragraph in step.text.split("\n"):
            bullet = "- " if paragraph.startswith("- ") else ""
            yield bullet + markup.literal(page.data(paragraph.removeprefix(bullet))) + ("" if bullet else "\n")
        if step.url:
            yield f"<{page.data(step.url)}>"
        if step.command:
            yield from ("", *markup.block([page.data(line) for line in step.command.split("\n")]))
