import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keyguard.reporting.terminal import ascii_only, clean, display_width, fit, pad, wrap
from tests.reporting.samples import HOSTILE

ANYTHING = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f"),
        ("\u202eexe.txt", "\\u202eexe.txt"),
        ("a\u200bb\ufeff\u2028", "a\\u200bb\\ufeff\\u2028"),
        ("\udcff.txt", "\\xff.txt"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u3164\u115f", "\\u3164\\u115f"),
        ("端点/配置.ts", "端点/配置.ts"),
        ("cafe\u0301", "cafe\u0301"),
        ("a\u0301\u0301\u0301", "a\u0301\u0301\\u0301"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_clean_writes_out_what_a_terminal_would_obey_or_hide(raw, shown):
    assert clean(raw) == shown


@given(ANYTHING)
@example("".join(HOSTILE))
def test_clean_leaves_one_line_that_can_be_printed_anywhere(raw):
    shown = clean(raw)
    assert shown.isprintable()
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown.encode("utf-8")
    assert clean(shown) == shown


@given(ANYTHING)
def test_ascii_only_is(raw):
    assert ascii_only(clean(raw)).isascii()


def test_ascii_only_keeps_what_has_a_counterpart():
    assert ascii_only("sk-proj-Ab…Yz — “x”") == 'sk-proj-Ab...Yz - "x"'


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("密钥", 4), ("a密b", 4), ("e\u0301", 1), ("ＡＢ", 4), ("ｱ", 1), ("", 0), ("…", 1)]
)
def test_display_width_counts_columns(text, width):
    assert display_width(text) == width


@given(ANYTHING.map(clean), st.integers(0, 30))
@example("密钥密钥密钥密钥", 7)
def test_fit_never_takes_more_than_there_is(text, width):
    assert display_width(fit(text, width)) <= width


@given(ANYTHING.map(clean), st.integers(0, 30))
def test_pad_fills_up(text, width):
    assert display_width(pad(text, width)) == max(width, display_width(text))


def test_fit_keeps_the_end_of_a_path_rather_than_its_beginning():
    assert fit("packages/server/config/settings.py:3:17", 24) == "package…settings.py:3:17"


@given(ANYTHING.map(clean), st.integers(2, 40))
@example("密钥是sk-proj。密钥，密钥", 6)
def test_wrap_loses_nothing_and_keeps_to_the_width(text, width):
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        # closing punctuation may hang over by its own width, as in print
        assert display_width(line.rstrip("，。：；、）？！”》」…")) <= width or any(each in line for each in "（“《「")


def test_wrap_breaks_at_spaces_and_between_chinese_characters():
    assert wrap("revoke it now, then replace it", 12) == ["revoke it", "now, then", "replace it"]
    assert wrap("先吊销，最后才清理历史", 10) == ["先吊销，最", "后才清理历", "史"]
    assert wrap("先吊销密钥，最后", 10) == ["先吊销密", "钥，最后"]
    assert wrap("配置和（见下）", 8) == ["配置和", "（见下）"]
