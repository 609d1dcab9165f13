from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model import Confidence, Match, Origin, Place, Secret, Where
from keyguard.suppression.inline import allowed

RULE = "openai-project-key"
RULES = {RULE, "openai-admin-key", "generic-password", "aws-access-key-id"}
KEY = 'key = "sk-proj-Ab1"'


def is_allowed(line: str, before: str | None = None) -> bool:
    lines = line if before is None else f"{before}\n{line}"
    place = Place(Origin(Where.FILE, "a.py"), 2, 1, 2, 9)
    return allowed(Match(RULE, Secret("x"), place, Confidence.HIGH, lines=Secret(lines)), RULES)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "# keyguard",
        "# keyguard: allowed",
        "# keyguard: allow_all",
        "# keyguard: allow-all",
        "# keyguard: disallow",
        "# keyguard allow",
        "# \u212aeyguard: allow",
        "# notkeyguard: allow",
        "# my-keyguard: allow",
        "# a.keyguard:allow",
        "# keyguard: allow openai-admin-key",
        "# keyguard: allow openai-admin-key, generic-password -- openai-project-key is another",
        "# keyguard: allow openai-projct-key",
        "# keyguard: allow OpenAI-Project-Key",
        "# keyguard: allow openai_project_key",
        "# keyguard: allow openai",
        "# keyguard: allow=openai-admin-key",
        "# keyguard:allow:openai-admin-key",
        "# keyguard: allow, openai-admin-key",
        "# keyguard: allow unknown-rule",
        "# pragma: allowlist",
        "# pragma: allowlist secrets",
        "# pragma: allowlist-nextline secret",
        "# pragma: allowlist nextline secret",
        "# nopragma: allowlist secret",
        "# gitleaks: allow",
        "# gitleaks:allowed",
        "# ungitleaks:allow",
        "# trufflehog:ignoreme",
    ],
)
def test_line_is_not_allowed(comment):
    assert not is_allowed(f"{KEY}  {comment}")


def test_match_without_lines_is_not_allowed():
    assert not is_allowed("")


@pytest.mark.parametrize(
    "before",
    [
        f"{KEY}  # keyguard: allow",
        'other = "x"  # keyguard: allow openai-project-key',
        '/* keyguard: allow */ other = "x"',
        '<!-- keyguard: allow --> <b key="x">',
        '"//": "keyguard: allow", "other": "x"',
        "{# keyguard: allow #} other",
        "密钥 keyguard: allow",
        "# keyguard: allow openai-admin-key",
        "# keyguard: allow typo-rule",
        f"{KEY}  # pragma: allowlist secret",
        "# pragma: allowlist secret",
        "# gitleaks:allow",
        "pragma: allowlist nextline secrets",
    ],
)
def test_line_before_allows_nothing(before):
    assert not is_allowed(KEY, before)


def test_only_the_line_right_before_counts():
    assert not is_allowed(KEY, "# keyguard: allow\n")


@pytest.mark.parametrize(
    "comment",
    [
        "# keyguard: allow",
        "# keyguard:allow",
        "# KeyGuard: Allow",
        "#keyguard:allow",
        "//keyguard:allow",
        "--keyguard:allow",
        "; keyguard: allow",
        "keyguard: allow",
        "/* keyguard: allow */",
        "<!-- keyguard: allow-->",
        "{/* keyguard:allow*/}",
        "' keyguard: allow",
        "密钥keyguard: allow",
        "# keyguard: allow\r",
        "# noqa: S105  keyguard: allow  # pylint: disable=line-too-long",
        "# keyguard: allow openai-project-key",
        "# keyguard: allow generic-password, openai-project-key",
        "# keyguard: allow generic-password openai-project-key for the tests",
        "# keyguard: allow mistyped-rule,openai-project-key",
        "/* keyguard: allow openai-project-key*/",
        "<!-- keyguard: allow openai-project-key-->",
        "# keyguard: allow -- a well-known sample",
        "# keyguard: allow--a well-known sample",
        "# keyguard: allow (a well-known sample)",
        "# keyguard: allow openai-project-key -- revoked, see generic-password",
        "# keyguard: allow this sample",
        "# keyguard: allow，已吊销",
        "# keyguard: allow generic-password; keyguard: allow openai-project-key",
        "# pragma: allowlist secret",
        "# pragma:allowlist secret",
        "// pragma: allowlist-secret",
        "# pragma: whitelist secret",
        "# gitleaks:allow",
        "#gitleaks:allow",
        "// betterleaks:allow a reason",
    ],
)
def test_line_is_allowed(comment):
    assert is_allowed(f"{KEY}  {comment}")


@pytest.mark.parametrize(
    "before",
    [
        "# keyguard: allow",
        "    // keyguard: allow openai-project-key -- it's a sample",
        "/* keyguard: allow */",
        "<!-- keyguard: allow -->",
        "REM keyguard: allow",
        '  "//": "keyguard: allow",',
        "{# keyguard: allow #}",
        "-- keyguard: allow (sample)\r",
        "# pragma: allowlist nextline secret",
        "// pragma: whitelist-nextline-secret",
    ],
)
def test_line_before_allows(before):
    assert is_allowed(KEY, before)
    assert is_allowed(KEY, f"code\n{before}")


def test_long_line_takes_no_time():
    started = time.monotonic()
    for filling in ("keyguard:", "keyguard: allow a-a ", "- ", "pragma: allowlist "):
        assert not is_allowed(filling * 50_000, filling * 50_000)
    assert time.monotonic() - started < 5


@given(st.text("keyguard: alow-_,#\n", max_size=60))
def test_any_text_is_decided(text):
    assert is_allowed(text) in (True, False)
