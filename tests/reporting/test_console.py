import re
from dataclasses import replace
from typing import Any

import pytest

from keyguard.language import Language
from keyguard.model import (
    Exposure,
    Finding,
    Guidance,
    Omitted,
    Opaque,
    Place,
    ScanResult,
    Severity,
    Stats,
    Status,
    Step,
    Unread,
    Where,
)
from keyguard.remediation.guide import guidance
from keyguard.reporting import console
from keyguard.reporting.terminal import display_width
from keyguard.rules import loader
from tests.reporting.samples import (
    HOSTILE,
    catalogue,
    finding,
    guide,
    hostile_everywhere,
    local,
    place,
    result,
    secret,
    typical,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")
REMOTE = "https://github.com/acme/app.git"


def shown(found: ScanResult, language: Language = Language.EN, **given: Any) -> str:
    return console.render(found, guide, language=language, **given)


def guided(found: ScanResult, language: Language = Language.EN, **given: Any) -> str:
    def guides(each: Finding) -> Guidance:
        return guidance(each, catalogue(), language, remote=REMOTE)

    return console.render(found, guides, language=language, **given)


def test_a_finding_says_what_where_how_far_and_why():
    found = finding(evidence=("checksum fits",), decoded_via=("base64", "hex"), candidates=("deepseek", "dashscope"))
    text = shown(result(found))
    commit = (found.places[0].commit or "")[:8]
    assert f"#1  CRITICAL  OpenAI project key  {secret().masked}  (high confidence)" in text
    assert "Pushed (origin/main, main), since 2026-03-01, by Ada Example" in text
    assert re.search(rf"places +src/app\.py:3:17  {commit}  2026-03-01  Ada Example", text)
    assert "checksum fits, decoded from base64 > hex, deepseek, dashscope use this shape" in " ".join(text.split())
    assert found.fingerprint in text
    assert "1. Title  https://example.org/" in text
    assert "1 key found: 1 pushed." in text
    assert "Read 1,234 files, 5 stored objects, 2 commits (31 MB, 1.7 s)." in text


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_place_has_words(language):
    text = shown(result(*(finding(place(None, where=where, refs=("v1",))) for where in Where)), language)
    assert text.count("kg1-") == len(Where)


def test_versions_of_one_path_are_one_row_and_many_rows_are_counted():
    found = finding(place("a.py"), place("a.py"), place("a.py", line=9), *(place(f"{name}.py") for name in "bcdefg"))
    lines = shown(result(found)).splitlines()
    assert "(+2 more)" in next(line for line in lines if "a.py" in line)
    assert sum(".py:" in line for line in lines) == 5
    assert any(line.strip() == "and 2 more places" for line in lines)


def test_a_file_and_the_commit_that_has_it_are_one_place():
    stored = place("a.py", commit="1" * 40)
    text = shown(result(finding(stored, place("a.py", commit="1" * 40, where=Where.FILE))))
    assert "more)" not in text
    assert text.count("a.py:3:17") == 1


def test_the_guide_of_a_rule_and_exposure_stands_once():
    text = guided(result(finding(), finding(secret=secret(1)), typical(Exposure.STAGED, secret=secret(2))))
    assert text.count("revoke it now") == 1
    assert "What to do: as for #1 above.\n" in text
    assert text.count("Stage the file again") == 1


def test_commands_that_differ_are_told_for_each():
    one = finding(place("a.py"), exposure=Exposure.UNPUSHED)
    two = finding(place("b.py"), exposure=Exposure.UNPUSHED, secret=secret(1))
    text = guided(result(one, two))
    assert "as for #1 above, with these commands:" in text
    assert "git commit --amend --no-edit -- :/b.py" in text
    assert f"git rebase -i {(two.places[0].commit or '')[:12]}^" in text
    assert text.count("keyguard guide") == 1


@pytest.mark.parametrize("status", [Status.BASELINE, Status.ALLOWED])
def test_accepted_findings_are_counted_not_shown(status):
    text = shown(result(finding(status=status), omitted=(Omitted("x", "excluded", by_repository=True),)))
    assert "kg1-" not in text
    assert "1 finding and 1 path hidden by this repository's own files" in text
    assert text.startswith("No key found beyond the accepted ones in 1,234 files")


def test_a_clean_scan_says_exactly_what_was_read():
    assert shown(result(stats=Stats(files=1, bytes=999, seconds=0.04))) == "No key found in 1 file (999 B, 0.04 s).\n"
    chinese = "未发现密钥：已读取 1,234 个文件、5 个存储对象、2 个提交（31 MB，1.7 秒）。"
    assert shown(result(), Language.ZH, width=100) == f"{chinese}\n"
    assert "in what was given (12 B" in shown(result(stats=Stats(bytes=12)))


def test_an_empty_change_set_is_told_as_such():
    assert shown(result(stats=Stats(seconds=0.3))) == "Nothing to scan.\n"
    assert shown(result(stats=Stats()), Language.ZH) == "没有需要扫描的内容。\n"


@pytest.mark.parametrize(
    ("language", "ignored", "sparse"),
    [(Language.EN, "that git ignores", "sparse checkout leaves out"), (Language.ZH, "git 忽略的", "稀疏检出未包含")],
)
def test_what_git_ignores_or_leaves_out_is_told_only_where_there_is_some(language, ignored, sparse):
    said = [shown(result(stats=Stats(files=3, ignored=n, sparse=n)), language).replace("\n", " ") for n in (0, 1, 21)]
    assert [(ignored in each, sparse in each) for each in said] == [(False, False), (True, True), (True, True)]
    assert said[2].count("21") == 2


@pytest.mark.parametrize("stats", [Stats(files=3, bytes=9), Stats()], ids=["some", "nothing"])
@pytest.mark.parametrize("language", Language)
def test_what_was_not_read_is_never_called_clean(stats, language):
    unread = tuple(Unread(f"object {number}", "it is missing from this clone", "fetch it") for number in range(12))
    text = shown(result(stats=stats, unread=unread), language)
    assert {"en": "NOT COMPLETE: 12 things", "zh": "不完整：有 12 项"}[language] in text
    assert any(f"{word} 9" in text for word in ("object", "对象"))
    assert " 10" not in text
    assert not text.startswith("\n")
    assert "2" in text.splitlines()[-2]
    assert text.count("fetch it") == 1
    assert "No key found in 3" not in text
    assert "未发现密钥：已读取" not in text
    assert "Nothing to scan" not in text


def test_what_limits_the_verdict_is_told():
    omitted = (Omitted("fifo", "a pipe, not a file"), Omitted("a", "too dull"), Omitted("b", "too dull"))
    text = shown(result(weaker=2, omitted=omitted, stats=Stats(files=1)))
    assert "2 weaker findings are not shown (--min-confidence low shows them)." in text
    assert "could not be opened" not in text
    assert "Left out on purpose: fifo (a pipe, not a file)." in text
    assert "Left out on purpose: 2 paths (too dull)." in text


@pytest.mark.parametrize("language", Language)
def test_what_could_not_be_opened_is_named_and_does_not_make_it_incomplete(language):
    closed = tuple(Opaque(f"{number}.zip", "it is encrypted") for number in range(12))
    text = shown(result(opaque=closed), language)
    assert {"en": "12 archives could not be opened (--strict counts", "zh": "12 个归档无法打开"}[language] in text
    assert {"en": "9.zip: it is encrypted", "zh": "9.zip：已加密"}[language] in text
    assert "10.zip" not in text
    assert "NOT COMPLETE" not in text
    assert "不完整" not in text


def inside(member: str | None = None, cell: int | None = None, output: int | None = None, **given: Any) -> Place:
    found = place(**given)
    return replace(found, origin=replace(found.origin, member=member, cell=cell, output=output))


@pytest.mark.parametrize(
    ("where", "english", "chinese"),
    [
        (inside("a/.env", path="d.zip"), "d.zip!/a/.env:3:17", "d.zip!/a/.env:3:17"),
        (inside("a/.env", path=None, where=Where.STDIN), "standard input!/a/.env:3:17", "标准输入!/a/.env:3:17"),
        (inside(cell=3, path="n.ipynb"), "n.ipynb cell 3, line 3", "n.ipynb 第 3 个单元格第 3 行"),
        (inside(cell=3, output=2, path="n.ipynb"), "n.ipynb cell 3, output 2, line 3", "第 3 个单元格输出 2 第 3 行"),
        (inside("n.ipynb", 1, path="d.zip"), "d.zip!/n.ipynb cell 1, line 3", "d.zip!/n.ipynb 第 1 个单元格第 3 行"),
        (inside("x.env", path="d.zip", where=Where.FILE_NAME), "name of the file d.zip!/x", "文件名 d.zip!/x"),
    ],
)
def test_a_place_inside_a_file(where, english, chinese):
    assert english in shown(result(finding(where)), width=120)
    assert chinese in shown(result(finding(where)), Language.ZH, width=120)


def test_an_object_without_a_path_and_its_member():
    where = inside("a/.env", path=None)
    assert f"object {(where.origin.blob or '')[:8]}!/a/.env:3:17" in shown(result(finding(where)))


def test_places_in_different_members_and_cells_are_counted():
    found = finding(*(inside(name, path="d.zip") for name in "ab"), *(inside(cell=n, path="n.ipynb") for n in (1, 2)))
    text = shown(result(found))
    assert "d.zip!/a:3:17" in text
    assert "d.zip!/b:3:17" in text
    assert "n.ipynb cell 1, line 3" in text
    assert text.count("(+1 more)") == 1


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("exposure", Exposure)
@pytest.mark.parametrize("candidates", [(), ("openai", "bare-ai")], ids=["one", "several"])
def test_the_guide_takes_at_most_twelve_lines(exposure, language, candidates):
    found = typical(exposure, candidates=candidates)
    text = guided(result(found), language, width=80)
    label = {"en": "What to do", "zh": "怎么办"}[language]
    block = text[text.index(label) :].split("\n\n")[0].splitlines()
    assert len(block) <= 12, "\n".join(block)
    assert all(display_width(line) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("language", Language)
def test_columns_are_aligned_whatever_they_hold(language):
    found = finding(place("src/app.py", author="李雷"), place("端点/配置.ts"), place("c\u0301.py", author="Z"))
    rows = [line for line in shown(result(found), language).splitlines() if "2026-03-01  " in line]
    assert len(rows) == 3
    assert len({display_width(row[: row.index("2026-03-01")]) for row in rows}) == 1


@pytest.mark.parametrize("width", [20, 60, 80, 120])
@pytest.mark.parametrize("language", Language)
def test_long_names_keep_to_the_width(width, language):
    found = finding(place("目录/" * 60 + "a.py", author="很长的名字" * 9, refs=("feature/" + "x" * 200,) * 1))
    for line in shown(result(found), language, width=width).splitlines():
        if "kg1-" not in line and "CRITICAL" not in line and "严重" not in line:
            assert display_width(line) <= max(width, 60), line


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("language", Language)
def test_nothing_that_a_repository_chose_is_obeyed(value, color, language):
    def guides(_):
        return Guidance(value, (Step(value, value, value, value),))

    for found in (hostile_everywhere(value), replace(hostile_everywhere(value), findings=())):
        text = console.render(found, guides, language=language, color=color)
        assert ANSI.sub("", text).replace("\n", "").isprintable()
        assert "line\nbreak" not in text
    if "[red]" in value:
        assert "[red]markup[/red]" in " ".join(text.split()) or not found.findings


def test_colour_changes_nothing_but_the_colour():
    found = result(*(finding(severity=each, secret=secret(each)) for each in Severity), unread=(Unread("x", "y"),))
    plain = guided(found)
    colored = guided(found, color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in colored
    assert ANSI.sub("", colored) == plain


@pytest.mark.parametrize("language", Language)
def test_a_console_without_unicode_gets_ascii(language):
    text = guided(
        result(finding(place("端点.ts", author="李雷")), unread=(Unread("端", "…"),)), language, unicode=False
    )
    assert text.isascii()
    assert secret().masked.replace("…", "...") in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("exposure", Exposure)
def test_the_guide_of_every_real_rule_fits(exposure, language):
    known = loader.load()
    guides = {}
    for rule in known.rules:
        found = typical(exposure, rule=rule.id, provider=rule.provider, candidates=rule.candidates)
        guide = guidance(found, known, language, remote=REMOTE)
        guides[repr(guide)] = found, guide  # many rules of a provider have the same
    for found, guide in guides.values():
        text = console.render(result(found), {found: guide}.__getitem__, language=language, width=80)
        label = {"en": "What to do", "zh": "怎么办"}[language]
        block = text[text.index(label) :].split("\n\n")[0].splitlines()
        assert len(block) <= 12, "\n".join(block)


def test_reasons_are_translated_where_they_are_known():
    reasons = ("checksum holds: Azure OpenAI key made in 2026-03", "something new")
    text = shown(result(finding(evidence=reasons)), Language.ZH)
    assert "校验和正确：Azure OpenAI 密钥，创建于 2026-03、something new" in text
    assert reasons[0] in shown(result(finding(evidence=reasons)))


def test_a_place_in_the_index_says_so():
    assert "src/app.py:3:17  staged" in shown(result(finding(local(where=Where.BLOB), exposure=Exposure.STAGED)))


def test_a_link_that_two_steps_share_stands_once():
    assert guided(result(finding())).count("https://platform.openai.com/api-keys") == 1


def test_chinese_has_no_blank_where_a_wide_mark_has_room_in_itself():
    text = guided(result(finding(place("a.py"), exposure=Exposure.PUSHED)), Language.ZH, width=200)
    assert "详见：keyguard guide" in text
    assert not re.search("[，。：；、（）] |[^ ] （", text)
