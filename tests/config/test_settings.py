from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import config
from keyguard.config import Config, load
from keyguard.errors import ConfigError, ExitCode
from keyguard.language import Language
from keyguard.model import Confidence

FULL = """
min-confidence = "high"
exclude-rules = ["openai-project-key", "generic-password"]
exclude-paths = ["docs/**", "*.lock"]
baseline = "security/accepted.toml"
lang = "zh"
accept-unread = ["0123456789abcdef0123456789abcdef01234567"]
"""


def written(tmp_path: Path, data: str | bytes) -> Path:
    path = tmp_path / config.FILE
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def refusal(tmp_path: Path, data: str | bytes, **options: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, data), **options)
    return caught.value


# What is read.


def test_empty_file_sets_nothing(tmp_path):
    assert load(written(tmp_path, "")) == Config()


@pytest.mark.parametrize(
    "data",
    [
        FULL.encode(),
        FULL.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + FULL.encode(),
        FULL.encode("utf-16"),
        b"\xfe\xff" + FULL.encode("utf-16-be"),
        FULL.encode("utf-16-le"),
        FULL.encode("utf-16-be"),
    ],
)
def test_every_option_is_read(tmp_path, data):
    expected = Config(
        min_confidence=Confidence.HIGH,
        exclude_rules=("openai-project-key", "generic-password"),
        exclude_paths=("docs/**", "*.lock"),
        baseline="security/accepted.toml",
        lang=Language.ZH,
        accept_unread=("0123456789abcdef0123456789abcdef01234567",),
    )
    assert load(written(tmp_path, data)) == expected
    assert load(tmp_path / "not-there", text=data) == expected


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        ("\nmin_confidence = 'low'", ":2: unknown key min_confidence", "did you mean min-confidence?"),
        ("baselines = 'a'", ":1: unknown key baselines", "did you mean baseline?"),
        ("[allow]\na = 1", ":1: unknown key allow", "known here: accept-unread, baseline"),
        ("\n[lang.x]", ":2: lang is one of en, zh", ""),
        ("lang = 'fr'", ":1: lang is one of en, zh", ""),
        ("lang = ['en']", ":1: lang is one of en, zh", ""),
        ("min-confidence = 3", ":1: min-confidence is one of low, medium, high", ""),
        ("'exclude-rules' = 'a'", ":1: exclude-rules is a list of texts", ""),
        ("exclude-rules = ['a-b', 'A b']", "exclude-rules is a list of rule ids, which entry 2 is not", ""),
        ("exclude-paths = [1]", "exclude-paths is a list of texts", ""),
        ("accept-unread = ['0123', 'x']", "accept-unread is a list of ids of 40 or 64", ""),
        ("baseline = '/etc/passwd'", "baseline is a path from the top of the repository", ""),
        ("baseline = '../x'", "baseline is a path without . and ..", ""),
        ("baseline = '.Git/x'", "not inside .git", ""),
        ("baseline = 'a\\b'", "with / between its parts", ""),
        ("baseline = 'C:x'", "with / between its parts", ""),
        ("baseline = ''", "with / between its parts", ""),
        ("lang = 'en'\nlang = 'zh'", ":2:12: the same key is set twice", ""),
        ("lang = 'en'\n[a]\nb = 1\n[a]", ":4:3: the same key is set twice", ""),
        ("lang = \n", ":1:8: Invalid value", ""),
        ("lang = 'en'\nlang", ":2:5: Expected '='", ""),
        ("a = " + "[" * 4000, "nested too deeply", ""),
        ("a." * 70 + "b = 1", ":1: more than 4096 characters or 64 dots in one line", "spread it"),
        ("lang = 'en'\n# " + "x" * 5000, ":2: more than 4096", "spread it"),
        ("a = " + "9" * 4090, "", ""),
        ("lang = 'en'\n<<<<<<< HEAD\n=======\n", "merge conflict markers at line 2", "both sides"),
        (b"lang = 'en'\n# \xff", ":2: not UTF-8 text", ""),
        (b"\xff\xfe\x00", "not UTF-16 text", ""),
        (b"#" * ((1 << 20) + 1), "larger than 1024 KiB", ""),
    ],
)
def test_malformed_file_is_refused(tmp_path, data, message, hint):
    error = refusal(tmp_path, data)
    assert config.FILE in error.message
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.exit_code is ExitCode.USAGE


def test_secret_set_as_a_key_or_value_is_not_repeated(tmp_path):
    secret = "sk-" + "Ab1" * 12
    for data in (f"{secret} = 1", f"lang = '{secret}'", f"[{secret}]\n[{secret}]", f"exclude-paths = ['!{secret}']"):
        error = refusal(tmp_path, data)
        assert secret not in f"{error.message} {error.hint}"


# Which files are read.


def test_missing_file(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "absent.toml")


def test_folder_and_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigError, match="not a regular file"):
            load(path)


def test_device_is_refused():
    with pytest.raises(ConfigError, match="not a regular file"):
        load(Path("/dev/zero"))


def test_link_is_read_where_the_user_named_it_only(tmp_path):
    target = tmp_path / "target.toml"
    target.write_text("lang = 'zh'")
    link = tmp_path / "top" / config.FILE
    link.parent.mkdir()
    link.symlink_to(target)
    assert load(link).lang is Language.ZH
    with pytest.raises(ConfigError, match="a symbolic link"):
        load(link, inside=link.parent)


def test_linked_folder_on_the_way_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.toml").write_text("")
    top = tmp_path / "top"
    top.mkdir()
    (top / "folder").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="folder: a symbolic link"):
        load(top / "folder" / "a.toml", inside=top)


def test_file_outside_is_refused(tmp_path):
    written(tmp_path, "")
    for path in (tmp_path / config.FILE, tmp_path / "top" / ".." / config.FILE):
        with pytest.raises(ConfigError, match="outside"):
            load(path, inside=tmp_path / "top")


def test_own_file_below_a_linked_top_is_read(tmp_path):
    (tmp_path / "real").mkdir()
    written(tmp_path / "real", "lang = 'zh'")
    (tmp_path / "top").symlink_to(tmp_path / "real")
    assert load(tmp_path / "top" / config.FILE, inside=tmp_path / "top").lang is Language.ZH


@given(st.binary(max_size=200) | st.text("ab-='\"[]{}\n#.,", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    with contextlib.suppress(ConfigError):
        load(tmp_path_factory.getbasetemp() / "x", text=data)
