from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import config
from keyguard.config import Config, globs, load
from keyguard.errors import ConfigError
from tests.support.repository import Repo


def written(tmp_path: Path, data: str | bytes) -> Path:
    path = tmp_path / config.FILE
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refusal(tmp_path: Path, data: str | bytes, **options: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, data), **options)
    return caught.value


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("docs", "docs2/a"),
        ("docs", "mydocs"),
        ("??", "docs"),
        ("/docs", "sub/docs"),
        ("docs/", "docs"),
        ("docs/", "sub/docs"),
        ("docs/**", "docs"),
        ("docs/**", "sub/docs/a"),
        ("*.lock", "a.lock2"),
        ("*.lock", "lock"),
        ("a?c", "ac"),
        ("a?c", "a/c"),
        ("a*c", "ab/c"),
        ("a/*/c", "a/c"),
        ("a/*/c", "a/b/b/c"),
        ("a/**/c", "ac"),
        ("a/**/c", "x/a/c"),
        ("a/b", "x/a/b"),
        ("**/a/b", "a/x/b"),
        ("[ab].txt", "a.txt"),
        ("a.b", "axb"),
        ("Docs", "docs/a"),
    ],
)
def test_path_is_not_excluded(pattern, path):
    assert not Config(exclude_paths=(pattern,)).excludes(path)


def test_nothing_is_excluded_by_default():
    assert not Config().excludes("a")
    assert not Config().excludes("")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("docs", "docs"),
        ("docs", "docs/a/b"),
        ("docs", "sub/docs/a"),
        ("/docs", "docs/a"),
        ("docs/", "docs/a"),
        ("docs/", "sub/docs/a"),
        ("docs/**", "docs/a/b"),
        ("*.lock", "x/y.lock"),
        ("*.lock", ".lock"),
        ("a?c", "abc"),
        ("a?c", "a密c"),
        ("a*c*e", "abcdcde"),
        ("a/*/c", "a/b/c/d"),
        ("a/**/c", "a/c"),
        ("a/**/c", "a/x/c/y/c"),
        ("a/**/b?/**/d", "a/b/bc/x/d"),
        ("**/a/b", "x/a/b"),
        ("**/*.min.*", "x/y.min.js"),
        ("[id].js", "pages/[id].js"),
        ("odd*", "odd\nname"),
        ("odd*", "odd\udcff"),
        ("密*", "src/密钥.txt"),
    ],
)
def test_path_is_excluded(pattern, path):
    assert Config(exclude_paths=("none", pattern)).excludes(path)


@given(
    st.lists(st.text("ab*?/", min_size=1, max_size=9), min_size=1, max_size=4),
    st.lists(st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4), min_size=1, max_size=8),
)
def test_patterns_mean_what_git_means(oracle, patterns, paths):
    usable = [pattern for pattern in patterns if is_usable(pattern)]
    paths = sorted({"/".join(parts) for parts in paths})
    assert {path for path in paths if Config(exclude_paths=tuple(usable)).excludes(path)} == oracle(usable, paths)


def is_usable(pattern: str) -> bool:
    try:
        globs.check(pattern)
    except globs.GlobError:
        return False
    return True


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    repo = Repo(tmp_path_factory.mktemp("oracle"))

    def ignored(patterns, paths):
        repo.write(".git/info/exclude", "\n".join(patterns))
        asked = "\0".join(paths).encode()
        printed = repo.git("check-ignore", "--no-index", "-z", "--stdin", stdin=asked, check=False)
        return set(printed.split("\0")[:-1])

    return ignored


@pytest.mark.parametrize("pattern", ["a*" * 60 + "b", "**/a/" * 40 + "b", "**/a*a*a*/" * 20 + "b", "?*" * 80])
def test_no_pattern_takes_long(pattern):
    started = time.monotonic()
    for path in ("a" * 4000, "a/" * 2000 + "c", "aaaa/" * 800):
        Config(exclude_paths=(pattern,)).excludes(path)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "pattern",
    ["", "/", "//", "*", "**", "/**/", "*/**", "?*", "**/*?*", "./a", "a/../b", "a//b", "a\\b", "!a", "a**", "**b/c"],
)
def test_pattern_is_refused(tmp_path, pattern):
    error = refusal(tmp_path, f"lang = 'en'\nexclude-paths = ['fine', '{pattern}']")
    assert "keyguard.toml:2: exclude-paths has no usable pattern as entry 2: " in error.message
