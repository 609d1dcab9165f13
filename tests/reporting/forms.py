"""Every form of the report, rendered from a result, and read as its consumers read it."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema

from keyguard.cli.output import Format
from keyguard.language import Language
from keyguard.model import Finding, Guidance, ScanResult
from keyguard.reporting import console, csv_report, github, gitlab, json_lines, json_report, junit, markdown, sarif
from keyguard.reporting.html_report import render as html_page
from tests.reporting.samples import guide

SCHEMAS = Path(__file__).with_name("schemas")
ENDED = datetime(2026, 11, 29, 8, 0, 2, tzinfo=UTC)
Guides = Callable[[Finding], Guidance]


def render(form: Format, found: ScanResult, guides: Guides = guide, language: Language = Language.EN) -> str:
    """Return the report in this form."""
    forms: Mapping[Format, Callable[[], str]] = {
        Format.TEXT: lambda: console.render(found, guides, language=language),
        Format.JSON: lambda: json_report.render(found, guides),
        Format.JSONL: lambda: json_lines.render(found, guides),
        Format.SARIF: lambda: sarif.render(found, guides, guides, language=language),
        Format.GITHUB: lambda: github.render(found, guides, language=language),
        Format.GITLAB: lambda: gitlab.render(found, guides, language=language, ended=ENDED),
        Format.JUNIT: lambda: junit.render(found, guides, language=language),
        Format.CSV: lambda: csv_report.render(found, guides, language=language),
        Format.HTML: lambda: html_page.render(found, guides, language=language, providers={}, made=ENDED),
        Format.MARKDOWN: lambda: markdown.render(found, guides, language=language),
    }
    return forms[form]()


def read(form: Format, text: str) -> Any:
    """Return what a consumer of this form gets out of it; it refuses what it does not take."""
    return READERS.get(form, str)(text)


def _lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def _sarif(text: str) -> Any:
    return _valid("sarif-2.1.0.json", text)["runs"][0]


def _gitlab(text: str) -> Any:
    return _valid("gitlab-secret-detection.json", text)


def _valid(schema: str, text: str) -> Any:
    report = json.loads(text)
    _validator(schema).validate(report)
    return report


@functools.cache
def _validator(schema: str) -> Any:
    loaded = json.loads((SCHEMAS / schema).read_text("utf-8"))
    kind = jsonschema.validators.validator_for(loaded)
    return kind(loaded, format_checker=kind.FORMAT_CHECKER)


def _junit(text: str) -> Any:
    _junit_schema().validate(text)
    (suite,) = xmlschema.XMLResource(text).root
    return suite


@functools.cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


_COMMAND = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<properties>.*?))?::(?P<data>.*)", re.DOTALL)


def _commands(text: str) -> list[dict[str, str]]:
    """Return the workflow commands, read by the rules of `ActionCommand.cs` of https://github.com/actions/runner."""
    commands = []
    for line in text.splitlines():
        if found := _COMMAND.fullmatch(line.strip()):
            pairs = (pair.partition("=") for pair in (found["properties"] or "").split(","))
            given = {key.strip(): _unescaped(value, "%3A:", "%2C,") for key, _, value in pairs}
            commands.append({"command": found["name"], "data": _unescaped(found["data"]), **given})
    return commands


def _unescaped(text: str, *more: str) -> str:
    for each in ("%0D\r", "%0A\n", *more, "%25%"):
        text = text.replace(each[:3], each[3:])
    return text


READERS: Mapping[Format, Callable[[str], Any]] = {
    Format.JSON: json.loads,
    Format.JSONL: _lines,
    Format.SARIF: _sarif,
    Format.GITHUB: _commands,
    Format.GITLAB: _gitlab,
    Format.JUNIT: _junit,
    Format.CSV: _table,
}
