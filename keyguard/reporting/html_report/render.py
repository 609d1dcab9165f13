"""Puts a result into the page: one file that loads nothing, and in which only KeyGuard's own style and script count.

All that is filled in is escaped by Jinja2, and stands in text or attributes, never in the style or the script; the
policy in the page's head names these two by their hashes, so that nothing else would be obeyed even if it got in
(Content Security Policy Level 3, https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult
from keyguard.model.fleet import Fleet
from keyguard.reporting.html_report.view import View
from keyguard.reporting.page import Page
from keyguard.reporting.redaction import Redactor

if TYPE_CHECKING:
    from jinja2 import Template


def render(
    result: ScanResult,
    guides: Callable[[Finding], Guidance],
    *,
    language: Language,
    providers: Mapping[str, str],
    made: datetime,
    fleet: Fleet | None = None,
) -> str:
    """Return the page; `providers` are their names by their ids, `made` is the time of the scan.

    On a `fleet` an overview of it stands first.
    """
    page = Page.unwrapped(language, Redactor.of(result.findings))
    style, script = _file("page.css"), _file("page.js")
    view = View(page, result, guides, providers, made, fleet)
    return _template().render(view=view, say=page.say, style=style, script=script, policy=policy(style, script)) + "\n"


def policy(style: str, script: str) -> str:
    """Return the content security policy by which these two are all that counts."""
    kinds = {"style-src": style, "script-src": script}
    allowed = [f"{kind} 'sha256-{_hash(text)}'" for kind, text in kinds.items()]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_file("page.html.jinja"))
