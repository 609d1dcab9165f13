"""Findings, a small catalogue and results to report on; every secret is made at run time."""

from __future__ import annotations

import itertools

import regex

from keyguard.language import Language, Text
from keyguard.model import (
    Confidence,
    Exposure,
    Finding,
    Guidance,
    Origin,
    Place,
    ScanResult,
    Secret,
    Severity,
    Stats,
    Step,
    Unread,
    Where,
)
from keyguard.rules.catalogue import Advice, Catalogue, Kind, Provider, Rule, Topic

PREFIX = "sk-proj-"
ESC = "\x1b"
HOSTILE = (
    f"{ESC}[2J{ESC}]0;owned\x07",
    "line\nbreak\r\x9b31m\x85",
    "\u202egnp.exe\u2066\u200b\ufeff\u2028",
    "[red]markup[/red] [link=https://evil.example]x[/link]",
    "\udcff\udc80\ud800",
    "a\u0301\u0301\u0301\u0301\u0301\u115f\u3164",
    "; rm -rf ~ $(id) `id` 'x' \"y\" & | > <",
    "{0.__class__} {advice} %s",
)


def text(en: str, zh: str) -> Text:
    return {Language.EN: en, Language.ZH: zh}


def secret(number: int = 0) -> Secret:
    """A secret whose middle is found nowhere else, and in which no six characters occur twice."""
    middle = "".join(f"{chr(ord('a') + number % 26)}Q{value:02d}z" for value in range(12))
    return Secret(f"{PREFIX}Ab{middle}Yz", PREFIX)


def rule(**changes: object) -> Rule:
    given: dict[str, object] = {
        "id": "openai-project-key",
        "provider": "openai",
        "title": text("OpenAI project key", "OpenAI 项目密钥"),
        "kind": Kind.PATTERN,
        "severity": Severity.CRITICAL,
        "confidence": Confidence.MEDIUM,
        "sureness": "sure",
        "pattern": regex.compile(b"x"),
        "gate": (),
        "span": 1,
    }
    return Rule(**(given | changes))  # type: ignore[arg-type]


def catalogue(**changes: object) -> Catalogue:
    """A catalogue of two providers: one with advice of its own, one without any."""
    page = "https://platform.openai.com/api-keys"
    advice = {
        Topic.REVOKE: Advice(
            text("Revoke the key", "吊销密钥"), text("Trash icon, then confirm.", "点击删除并确认。"), page
        ),
        Topic.REPLACE: Advice(text("Create a new key", "创建新密钥"), text("Restrict it.", "限制权限。"), page),
        Topic.USAGE: Advice(
            text("Check usage", "查看用量"), text("Filter by key.", "按密钥筛选。"), "https://platform.openai.com/usage"
        ),
    }
    openai = Provider("openai", text("OpenAI", "OpenAI"), page, page, "2026-11-23", (rule(**changes),), advice)
    bare = rule(id="bare-key", provider="bare-ai", title=text("Bare key", "Bare 密钥"))
    other = Provider(
        "bare-ai", text("Bare AI", "Bare AI"), "https://bare.example/keys", page, "2026-11-23", (bare,), {}
    )
    return Catalogue((openai, other))


_ids = itertools.count(1)


def place(path: str | None = "src/app.py", **changes: object) -> Place:
    """A place in a pushed commit; `changes` are fields of `Place`, and `where`."""
    where = changes.pop("where", Where.BLOB)
    given: dict[str, object] = {
        "line": 3,
        "column": 17,
        "end_line": 3,
        "end_column": 73,
        "commit": f"{next(_ids):040x}",
        "author": "Ada Example",
        "date": "2026-03-01T10:00:00+08:00",
        "refs": ("origin/main", "main"),
    }
    return Place(Origin(where, path, f"{next(_ids):040x}"), **(given | changes))  # type: ignore[arg-type]


def local(path: str | None = "src/app.py", where: Where = Where.FILE) -> Place:
    """A place that no commit holds."""
    return place(path, where=where, commit=None, author=None, date=None, refs=())


def finding(*places: Place, **changes: object) -> Finding:
    given: dict[str, object] = {
        "rule": "openai-project-key",
        "provider": "openai",
        "title": "OpenAI project key",
        "confidence": Confidence.HIGH,
        "severity": Severity.CRITICAL,
        "secret": secret(),
        "places": places or (place(),),
        "exposure": Exposure.PUSHED,
    }
    return Finding(**(given | changes))  # type: ignore[arg-type]


def typical(exposure: Exposure, **changes: object) -> Finding:
    """A finding that went as far as this, in the place where such a one stands."""
    if exposure in (Exposure.NONE, Exposure.WORKTREE):
        where = local()
    elif exposure is Exposure.STAGED:
        where = local(where=Where.BLOB)
    else:
        where = place()
    return finding(where, exposure=exposure, **changes)


def result(*findings: Finding, **changes: object) -> ScanResult:
    given: dict[str, object] = {
        "findings": findings,
        "unread": (),
        "omitted": (),
        "stats": Stats(files=1234, blobs=5, commits=2, bytes=31_000_000, seconds=1.71),
    }
    return ScanResult(**(given | changes))  # type: ignore[arg-type]


def hostile_everywhere(value: str) -> ScanResult:
    """A result in which everything that a repository can choose is this value."""
    names = place(value, author=value, refs=(value,), date=value, commit=value)
    found = finding(names, evidence=(value,), decoded_via=(value,), title=value, candidates=(value,))
    return result(found, unread=(Unread(value, value, value),))


def guide(_: Finding) -> Guidance:
    return Guidance("Summary.", (Step("Title", "Text.", "https://example.org/", "git status"),))
