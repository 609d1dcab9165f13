"""The page in a real browser: what people see and can do there, and that nothing in it runs but its own script."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keyguard.cli.main import main
from keyguard.language import Language
from keyguard.model import (
    Done,
    Event,
    Exposure,
    Finding,
    Guidance,
    Incident,
    Omitted,
    Opaque,
    ScanResult,
    Severity,
    Status,
    Step,
    Unread,
)
from keyguard.reporting.html_report import render as html_page
from keyguard.reporting.html_report.timeline import Bar, Timeline
from tests.reporting.forms import ENDED
from tests.reporting.samples import HOSTILE, finding, guide, hostile_everywhere, place, result, secret
from tests.support.browser import Browser

PICTURES = os.environ.get("KEYGUARD_TESTS_PICTURES")
"""A folder for pictures of the pages, for somebody to look at."""
DEAD = Incident(
    "kg1-" + "0" * 32,
    "openai-project-key",
    events={
        Event.DETECTED: Done("2026-05-01T00:00:00Z"),
        Event.REVOKED: Done("2026-05-02T00:00:00Z", "Ada", "ticket 1"),
    },
)
ATTACKS = (
    "</script><script>window.owned=1;alert(1)</script>",
    '"><img src=x onerror="window.owned=1;alert(1)">',
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)//",
    "</style><style>body{display:none}</style>",
    "{{ 7*7 }}{% raw %}<!--",
    "]]>&lt;b&gt;&#x3c;iframe src=//evil.example&#62;",
    "' autofocus onfocus=alert(1) x='",
    *HOSTILE,
)
ALLOWED_LINKS = re.compile(r"(?:https://|#finding-)")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def some() -> ScanResult:
    """Findings of several kinds, in the order in which a scan gives them."""
    changes = (
        {"places": (place(date="2026-03-01T00:00:00+00:00"),), "exposure": Exposure.PUSHED},
        {"places": (place(date="2026-01-01T00:00:00+00:00"),), "severity": Severity.LOW, "provider": "anthropic"},
        {"status": Status.REAPPEARED, "incident": DEAD, "exposure": Exposure.UNPUSHED},
        {"status": Status.REVOKED, "incident": replace(DEAD, committed=True), "provider": "anthropic"},
        {"status": Status.BASELINE},
    )
    found = [replace(finding(secret=secret(number)), **each) for number, each in enumerate(changes)]  # type: ignore[arg-type]
    return result(
        *found,
        unread=(Unread("blob 1", "missing", "fetch it"),),
        opaque=(Opaque("a.zip", "it is encrypted"),),
        omitted=(Omitted("vendor", "excluded by the configuration", by_repository=True),),
    )


def written(folder: Path, found: ScanResult, language: Language = Language.EN, guides=guide) -> Path:
    names = {"openai": "OpenAI", "anthropic": "Anthropic"}
    file = folder / f"{language}.html"
    text = html_page.render(found, guides, language=language, providers=names, made=ENDED)
    file.write_text(text, encoding="utf-8")
    return file


def shown(browser: Browser) -> list[int]:
    """Return the numbers of the findings that are seen, in the order in which they stand."""
    numbers: list[int] = browser.evaluate(
        "[...document.querySelectorAll('article')].filter(e => e.checkVisibility()).map(e => +e.dataset.number)"
    )
    return numbers


def choose(browser: Browser, name: str, value: str) -> list[int]:
    browser.evaluate(
        f"{{const e=document.querySelector('[name={name}]');e.value='{value}';"
        "e.dispatchEvent(new Event('input',{bubbles:true}))}"
    )
    return shown(browser)


def check_quiet(browser: Browser, file: Path) -> None:
    """Nothing was refused, nothing failed, nothing was asked for, and nobody called `alert`."""
    assert browser.requests == [file.as_uri()]
    for kind in (
        "Page.javascriptDialogOpening",
        "Runtime.exceptionThrown",
        "Log.entryAdded",
        "Runtime.consoleAPICalled",
    ):
        assert browser.told(kind) == [], kind
    assert browser.evaluate("window.owned") is None


def test_an_empty_result_is_a_page_too(browser: Browser, tmp_path: Path):
    file = written(tmp_path, result())
    browser.open(file)
    check_quiet(browser, file)
    assert browser.evaluate("document.querySelectorAll('article').length") == 0
    assert "No key found" in browser.evaluate("document.querySelector('h1').innerText")


def test_what_a_manager_reads(browser: Browser, tmp_path: Path):
    file = written(tmp_path, some())
    browser.open(file)
    check_quiet(browser, file)
    text = browser.evaluate("document.body.innerText")
    for each in ("3 keys found", "NOT COMPLETE", "fetch it", "a.zip", "Exposure over time", "back again"):
        assert each.lower() in text.lower(), each
    assert "revoked 2026-05-02, by Ada, ticket 1" in re.sub(r"\s+", " ", text)
    assert browser.evaluate("document.querySelectorAll('.timeline li').length") == 4
    assert browser.evaluate("document.querySelectorAll('#finding-5 .checklist').length") == 0
    left = "[...document.querySelectorAll('#finding-4 .left')].map(e => e.innerText.replace(/\\s+/g, ' ').trim())"
    assert [each.rpartition(": ")[2] for each in browser.evaluate(left)] == [
        "replaced",
        "consumers updated",
        "usage reviewed",
        "history cleaned",
        "closed",
    ]


def test_filter_and_sort(browser: Browser, tmp_path: Path):
    browser.open(written(tmp_path, some()))
    assert shown(browser) == [1, 2, 3, 4, 5]
    assert choose(browser, "provider", "anthropic") == [2, 4]
    assert choose(browser, "status", "revoked") == [4]
    assert browser.evaluate("document.getElementById('shown').innerText") == "1"
    browser.evaluate("document.querySelector('[type=reset]').click()")
    browser.evaluate("new Promise(r => setTimeout(r, 20))")
    assert shown(browser) == [1, 2, 3, 4, 5]
    assert choose(browser, "exposure", "unpushed") == [3]
    assert choose(browser, "exposure", "") == [1, 2, 3, 4, 5]
    assert choose(browser, "sort", "severity")[-1] == 2
    assert choose(browser, "sort", "first")[0] == 2
    assert choose(browser, "sort", "provider")[:2] == [2, 4]
    assert choose(browser, "sort", "exposure")[-1] == 3
    assert choose(browser, "sort", "number") == [1, 2, 3, 4, 5]


def test_it_works_by_keyboard_alone_and_tells_screen_readers(browser: Browser, tmp_path: Path):
    browser.open(written(tmp_path, some()))
    for _ in range(20):
        browser.press("Tab")
        if browser.evaluate("document.activeElement.name") == "text":
            break
    browser.type("anthropic ticket")
    assert shown(browser) == [4]
    assert browser.evaluate("document.querySelector('[role=status]').innerText") == "1 of 5 shown"
    for kind in ("input", "select"):
        assert browser.evaluate(f"[...document.querySelectorAll('{kind}')].every(e => e.labels.length === 1)")
    assert browser.evaluate("document.querySelectorAll('h1').length") == 1
    assert browser.evaluate("document.documentElement.lang") == "en"
    assert browser.evaluate("[...document.querySelectorAll('svg')].every(e => e.ariaHidden === 'true')")


@pytest.mark.parametrize(("language", "dark", "width"), [("en", False, 1200), ("zh", True, 1200), ("zh", False, 390)])
def test_it_is_readable_light_and_dark_and_on_a_phone(
    browser: Browser, tmp_path: Path, language: str, dark: bool, width: int
):
    browser.open(written(tmp_path, some(), Language(language)), dark=dark, width=width)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    back = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", back))) < 200) == dark
    assert browser.evaluate(CONTRAST) >= 4.5
    assert ("密钥" in browser.evaluate("document.body.innerText")) == (language == "zh")
    if PICTURES:
        browser.picture(Path(PICTURES) / f"{language}-{'dark' if dark else 'light'}-{width}.png")


CONTRAST = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (color) => color.slice(0, 3).reduce((sum, v, at) => sum + linear(v) * [.2126, .7152, .0722][at], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const has = (e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const texts = [...document.querySelectorAll("body :not(script, option)")].filter(has);
  const ratio = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  return Math.min(...texts.map((e) => ratio(light(rgb(getComputedStyle(e).color)), light(behind(e)))));
})()"""
"""The least contrast of any text with what is behind it, by https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""


def hostile(value: str) -> ScanResult:
    """The value in every field that anybody else may fill."""
    found = hostile_everywhere(value)
    events = {event: Done(value, value, value) for event in Event}
    incident = Incident(value, value, value, since=value, commit=value, events=events)
    more = tuple(
        replace(each, incident=incident, provider=value, rule=value, status=status)
        for each in found.findings
        for status in Status
    )
    return replace(found, findings=more)


def hostile_guide(value: str):
    def guides(_finding: Finding) -> Guidance:
        return Guidance(value, (Step(value, value, value, value), Step(value, value, f"https://x/{value}", value)))

    return guides


def test_nothing_runs_whatever_stands_in_a_field(browser: Browser, tmp_path: Path):
    findings = [(value, each) for value in ATTACKS for each in hostile(value).findings]
    values = {id(each): value for value, each in findings}
    told = hostile(ATTACKS[0])
    whole = replace(
        told,
        findings=tuple(each for _, each in findings),
        unread=tuple(Unread(value, value, value) for value in ATTACKS),
        opaque=tuple(Opaque(value, value) for value in ATTACKS),
        omitted=tuple(Omitted(value, value) for value in ATTACKS),
    )
    file = written(tmp_path, whole, guides=lambda each: hostile_guide(values[id(each)])(each))
    browser.open(file)
    check_quiet(browser, file)
    kinds = "['script', 'style', 'img', 'iframe', 'b > b', '[onerror]', '[onload]', '[onfocus]', '[style]']"
    numbers = browser.evaluate(f"{kinds}.map(each => document.querySelectorAll(each).length)")
    assert numbers == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    links = browser.evaluate("[...document.querySelectorAll('a')].map(each => each.getAttribute('href'))")
    assert all(ALLOWED_LINKS.match(each) for each in links)
    text = browser.evaluate("document.body.innerText")
    assert all(value in text for value in ATTACKS if value.isascii() and value.isprintable())
    assert choose(browser, "sort", "severity")
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    check_quiet(browser, file)


def test_the_policy_refuses_what_would_get_in_all_the_same(browser: Browser, tmp_path: Path):
    file = written(tmp_path, some())
    text = file.read_text("utf-8")
    evil = (
        '<script>window.owned=1</script><img src="https://evil.example/x" onerror="window.owned=1">'
        '<p id="styled" style="display:none">x</p><style>h1{display:none}</style>'
    )
    file.write_text(text.replace("<main>", f"<main>{evil}"), "utf-8")
    browser.open(file)
    assert browser.evaluate("window.owned") is None
    assert browser.evaluate("document.getElementById('styled').checkVisibility()")
    assert browser.evaluate("document.querySelector('h1').checkVisibility()")
    refused = [each["entry"]["text"] for each in browser.told("Log.entryAdded")]
    assert sum("Content Security Policy" in each for each in refused) >= 4


def test_the_page_is_whole_by_itself():
    text = html_page.render(some(), guide, language=Language.EN, providers={}, made=ENDED)
    assert not re.findall(r"\ssrc|@import|url\(|<link", text.split("<main>")[0])
    assert "default-src &#39;none&#39;" in text
    assert "unsafe" not in text


@pytest.mark.parametrize(
    ("language", "said"), [(Language.EN, " (high confidence)</p>"), (Language.ZH, "（置信度高）</p>")]
)
def test_the_confidence_has_a_blank_before_it_where_its_language_has_one(language: Language, said: str):
    text = html_page.render(some(), guide, language=language, providers={}, made=ENDED)
    assert said in text
    assert " （" not in text
    assert "  (high" not in text


def test_of_very_many_findings_the_page_has_those_that_matter(monkeypatch):
    monkeypatch.setattr("keyguard.reporting.html_report.view.MOST_FINDINGS", 2)
    text = html_page.render(some(), guide, language=Language.EN, providers={}, made=ENDED)
    assert text.count("<article") == 2
    assert "3 more findings are left out" in text


def test_a_timeline_of_what_has_no_date_or_a_strange_one():
    bars = [Bar(1, "a", "b", replace(finding(), places=(place(date=each),))) for each in (None, "x", "9999-12-31")]
    timeline = Timeline.of(bars, ENDED)
    assert [row.x + row.width <= 1000 and row.x >= 0 for row in timeline.rows] == [True]
    assert Timeline.of(bars[:2], ENDED).rows == ()


def test_without_jinja_it_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.chdir(tmp_path)
    assert main(["scan", "--format", "html"]) == 2
    assert "pip install 'keyguard[html]'" in capsys.readouterr().err
