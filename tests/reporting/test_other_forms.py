"""GitHub's commands, GitLab's report, JUnit, tables and Markdown: each as its consumer reads it."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt

from keyguard.cli.output import Format
from keyguard.language import Language
from keyguard.model import Finding, Guidance, Severity, Stats, Status, Step, Unread, Where
from keyguard.reporting import csv_report, markdown, markup
from keyguard.reporting.github import MOST
from tests.reporting.forms import read, render
from tests.reporting.samples import HOSTILE, finding, guide, hostile_everywhere, local, place, result, secret

MARKUP = (
    "[click](https://evil.example)", "![x](https://evil.example/x.png)", "<img src=x onerror=alert(1)>", "@all",
    "https://evil.example", "www.evil.example", "`code` @all `", "``` @all", "*bold* _x_", "# heading", "- item", "a|b",
    "evil@evil.example", "WWW.evil.example", "-- ", "1. x",
    "`" * 20 + "x" * 60 + " @all",
)  # fmt: skip

COMMANDS = ("x::error::y", "::stop-commands::x", "##[error]x", "%0A::error::", "a\n::error::x")


def told(form: Format, *findings: Finding, **changes: object) -> Any:
    return read(form, render(form, result(*findings, **changes)))


def test_github_gets_an_error_at_each_place_with_the_most_severe_first():
    odd = "a,b:c%0A%3A%.py"
    commands = told(Format.GITHUB, finding(local(odd), local("d.py")), finding(local("e.py"), secret=secret(1)))
    errors = [each for each in commands if each["command"] == "error"]
    assert [each["file"] for each in errors] == [odd, "e.py", "d.py"]
    assert errors[0]["title"] == f"OpenAI project key {secret().masked}"
    assert (errors[0]["line"], errors[0]["endLine"], errors[0]["col"]) == ("3", "3", "17")
    assert "git status" in errors[0]["data"] or "https://example.org/" in errors[0]["data"]


def test_github_gets_no_line_of_what_is_none():
    (error,) = told(Format.GITHUB, finding(place(None, where=Where.COMMIT_MESSAGE)))
    assert not {"file", "line", "col"} & set(error)
    (error,) = told(Format.GITHUB, finding(place("refs/heads/x", where=Where.REF_NAME)))
    assert "file" not in error


def test_github_is_told_that_there_are_more_than_it_shows():
    commands = told(Format.GITHUB, *(finding(local("a"), local("b"), secret=secret(n)) for n in range(MOST + 2)))
    assert [each["command"] for each in commands] == ["warning", *["error"] * (MOST + 2)]
    assert str(MOST + 2) in commands[0]["data"]
    low = finding(severity=Severity.LOW, secret=secret(1))
    (first, _) = told(Format.GITHUB, low, finding(local("worse")))
    assert first["file"] == "worse"
    commands = told(Format.GITHUB, finding(*(local(str(number)) for number in range(MOST * 2))))
    assert [each["command"] for each in commands] == ["error"] * MOST


def test_github_is_warned_of_what_was_not_read():
    (warning,) = told(Format.GITHUB, unread=(Unread("x", "y", "z"),))
    assert warning["command"] == "warning"
    assert warning["title"] == "KeyGuard: not complete"
    assert "x: y\n" in warning["data"]


@pytest.mark.parametrize(
    "value", [*HOSTILE, "x::error::y", "::stop-commands::x", "##[error]x", "%0A::error::", "a\n::error::x"]
)
def test_no_line_of_the_report_is_another_command(value: str):
    text = render(Format.GITHUB, hostile_everywhere(value))
    assert {each["command"] for each in read(Format.GITHUB, text)} == {"error", "warning"}
    assert len(text.splitlines()) == 3


def test_gitlab_gets_one_vulnerability_for_each_open_key():
    report = told(
        Format.GITLAB, finding(place("a.py", line=2, end_line=2)), finding(status=Status.BASELINE, secret=secret(1))
    )
    (one,) = report["vulnerabilities"]
    assert one["location"]["file"] == "a.py"
    assert (one["location"]["start_line"], one["location"]["commit"]["author"]) == (2, "Ada Example")
    assert one["severity"] == "Critical"
    assert one["identifiers"][0]["value"] == "openai-project-key"
    assert one["raw_source_code_extract"] == secret().masked
    (message,) = report["scan"]["messages"]
    assert message["level"] == "info"
    assert message["value"].startswith("1 finding and 0 paths hidden by this repository's own files")
    assert (report["scan"]["start_time"], report["scan"]["end_time"]) == ("2026-11-29T08:00:00", "2026-11-29T08:00:02")


def test_gitlab_knows_a_key_again_when_its_lines_move():
    one, two = (told(Format.GITLAB, finding(place(line=line)))["vulnerabilities"][0] for line in (3, 30))
    assert one["id"] == two["id"]
    assert one["tracking"]["items"][0]["signatures"] == two["tracking"]["items"][0]["signatures"]


def test_gitlab_is_told_of_a_key_in_no_commit_and_of_a_scan_that_failed():
    report = told(Format.GITLAB, finding(local()), unread=(Unread("x", "y", "z"),))
    assert report["vulnerabilities"][0]["location"]["commit"] == {"sha": "0" * 40}
    assert report["scan"]["status"] == "failure"
    assert report["scan"]["messages"] == [{"level": "warn", "value": "x: y; to mend: z"}]


def test_gitlab_takes_no_longer_texts_than_these():
    long = Guidance("s", tuple(Step("t" * 500, "", command="c" * 500) for _ in range(30)))
    text = render(Format.GITLAB, result(finding(title="x" * 999)), lambda _: long)
    (one,) = read(Format.GITLAB, text)["vulnerabilities"]
    assert (len(one["name"]), len(one["solution"])) == (255, 7000)


def test_junit_counts_keys_as_failures_what_was_not_read_as_errors_and_accepted_keys_as_skipped():
    suite = told(
        Format.JUNIT,
        finding(), finding(status=Status.ALLOWED, secret=secret(1)), unread=(Unread("x", "y", "z"),),
    )  # fmt: skip
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    assert [case[0].tag for case in suite.iter("testcase")] == ["failure", "error", "skipped"]
    assert suite.find(".//error").text == "x: y\nto mend: z"
    assert secret().fingerprint in suite.find(".//testcase").get("name")


def test_junit_of_a_clean_scan_has_a_test_that_passed():
    (case,) = told(Format.JUNIT).iter("testcase")
    assert len(case) == 0
    assert case.get("name").startswith("No key found in ")
    assert not [case for case in told(Format.JUNIT, unread=(Unread("x", "y"),)).iter("testcase") if not len(case)]


def test_junit_tells_how_long_a_long_scan_took():
    suite = told(Format.JUNIT, stats=Stats(seconds=12345.6789))
    assert suite.get("time") == "12345.679"


def test_a_test_keeps_its_name_when_lines_move():
    one, two = (told(Format.JUNIT, finding(place(line=line))).find("testcase").get("name") for line in (3, 30))
    assert one == two


def test_a_table_has_a_row_for_each_place_and_the_verdict_at_its_end():
    rows = told(
        Format.CSV, finding(place("a.py"), place("b.py"), candidates=("x", "y")), unread=(Unread("u", "w", "m", "id"),)
    )
    assert [row["record"] for row in rows] == ["finding", "finding", "unread", "summary"]
    assert [row["path"] for row in rows[:2]] == ["a.py", "b.py"]
    assert (rows[0]["line"], rows[0]["candidates"], rows[0]["guide"]) == ("3", "x; y", "Summary.")
    assert [rows[2][name] for name in ("what", "why", "mend", "accept")] == ["u", "w", "m", "id"]
    assert rows[3]["complete"] == "false"
    assert list(rows[0]) == list(csv_report.COLUMNS)


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", '=cmd|"/C calc"!A0'])
def test_no_cell_is_a_formula(sign: str):
    (row, _) = told(Format.CSV, finding(place(sign, author=sign, refs=(sign,)), title=sign, evidence=(sign,)))
    for name in ("path", "author", "refs", "title", "evidence"):
        assert row[name] == f"'{sign}"


def test_json_lines_end_with_the_verdict():
    first, second, last = told(Format.JSONL, finding(), finding(secret=secret(1)), unread=(Unread("x", "y"),))
    assert (first["record"], second["record"], last["record"]) == ("finding", "finding", "summary")
    assert first["fingerprint"] == secret().fingerprint
    assert last["complete"] is False
    assert last["incomplete"][0]["what"] == "x"


def elements(text: str) -> set[str]:
    """Return what a reader of Markdown (and of HTML in it) makes of a text, and all its links."""
    found = set()
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        for each in [token, *(token.children or [])]:
            href = each.attrGet("href")
            found.add(f"{each.type}:{href}" if href else each.type)
    return found


@pytest.mark.parametrize("value", [*HOSTILE, *MARKUP])
def test_nothing_that_a_repository_chose_is_markup(value: str):
    text = render(Format.MARKDOWN, hostile_everywhere(value))
    harmless = render(Format.MARKDOWN, hostile_everywhere("word"))
    assert elements(text) <= elements(harmless) | {"code_inline"}
    prose = "".join(
        child.content
        for token in MarkdownIt("commonmark").parse(text)
        for child in token.children or []
        if child.type == "text"
    )
    assert not [each for each in ("@", "://", "www.", "WWW.") if each in prose.replace("https://example.org/", "")]


@pytest.mark.parametrize("value", ["", "`", "``", " ` ", "a`b", "`a``b```"])
def test_a_code_span_gives_back_what_was_put_into_it(value: str):
    (inline,) = [each for each in MarkdownIt("commonmark").parse(f"x {markup.code(value)}") if each.type == "inline"]
    shown = "".join(each.content for each in inline.children or [] if each.type == "code_inline")
    assert shown == value


def test_markdown_says_how_severe_how_exposed_how_sure_and_what_is_accepted():
    text = render(
        Format.MARKDOWN, result(finding(severity=Severity.HIGH), finding(status=Status.BASELINE, secret=secret(1)))
    )
    assert f"## 1. HIGH: OpenAI project key `{secret().masked}`" in text
    assert "Pushed (origin/main, main), since 2026-03-01, by Ada Example  (high confidence)" in text
    assert f"- OpenAI project key `{secret(1).masked}` src/app.py:3:17: accepted by the baseline" in text
    assert "   ```sh\n   git status\n   ```" in text


@pytest.mark.parametrize("language", Language)
def test_markdown_stays_within_its_limit_and_says_what_it_left_out(language: Language):
    many = result(*(finding(secret=secret(number)) for number in range(26)))
    whole = markdown.render(many, guide, language=language)
    cut = markdown.render(many, guide, language=language, limit=3000)
    assert len(cut.encode()) <= 3000
    shown = cut.count("## ")
    assert 0 < shown < 26
    assert str(26 - shown) in cut.splitlines()[-1]
    assert markdown.render(many, guide, language=language, limit=1 << 20) == whole
