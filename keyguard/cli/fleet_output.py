"""Puts what is known of many repositories into the forms that are another text for them: for people, and Markdown."""

from __future__ import annotations

from keyguard.cli.output import Guides, providers
from keyguard.language import Language
from keyguard.model.fleet import Fleet
from keyguard.pipeline.request import Verdict
from keyguard.reporting import fleet_text
from keyguard.reporting import markdown as of_findings
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor


def text(verdict: Verdict, fleet: Fleet, language: Language, *, width: int, color: bool, unicode: bool) -> str:
    """Return the report for people."""
    page = Page.make(language, Redactor(()), width=width, color=color, unicode=unicode)
    return fleet_text.render(verdict.result, fleet, providers=providers(verdict), page=page)


def markdown(verdict: Verdict, fleet: Fleet) -> str:
    """Return the overview, and the report on the findings after it."""
    page = Page.unwrapped(verdict.language, Redactor(()), markdown=True)
    lines = "\n".join(fleet_text.markdown(page, fleet, providers(verdict)))
    guides = Guides(verdict, verdict.language)
    return f"{lines}\n{of_findings.render(verdict.result, guides.brief, language=verdict.language)}"
