"""A `.env` file gets the new key where the old one stood, and keeps every other byte."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import UsageError
from keyguard.model import Secret
from keyguard.rotation.targets.dotenv import DotEnv
from keyguard.rotation.targets.target import NotStoredError, target
from tests.support import keys

OLD, NEW = (keys.project_key(random.Random(seed)) for seed in (1, 2))
KNOWN = {Secret(OLD).fingerprint}


def put(path: Path, data: bytes, key: str = NEW) -> bytes:
    path.write_bytes(data)
    env = DotEnv.named(f"{path}:KEY")
    env.check(KNOWN)
    env.put(Secret(key), KNOWN)
    assert env.holds(Secret(key).fingerprint)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path.read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "KEY=@\n", "KEY=@", "KEY='@'\n", 'KEY="@"\n', "KEY=`@`\n", "export KEY=@\n", "  export  KEY = @  # why\n",
        "A=1\r\nKEY=@\r\nB=2\r\n", "# KEY=@old\nKEY=@\n", "KEY=@\nB=x\nKEY='@'\n", "\ufeffKEY=@\n", "KEY=@ # KEY=1\n",
        "XKEY=1\nKEY2=2\nKEY=@\n密钥=值\n", "A='\nKEY=@\n'\n", "KEY=@\n\n\n",
    ],
)  # fmt: skip
def test_nothing_but_the_value_is_changed(tmp_path: Path, text: str):
    before = text.replace("@old", "stays").replace("@", OLD).encode()
    assert put(tmp_path / ".env", before) == before.replace(OLD.encode(), NEW.encode())


_LINES = st.sampled_from([
    "KEY=@", "export KEY='@'", 'KEY="@" # c', "OTHER=@", "", "# KEY=@", "junk \x01 é", "KEYS=1", "  KEY=@", "M.KEY=@",
])  # fmt: skip


@settings(max_examples=40)
@given(lines=st.lists(_LINES, max_size=6), end=st.sampled_from(["\n", "\r\n"]), last=st.booleans())
def test_every_other_byte_stays(tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, last: bool):
    text = end.join([*lines, "KEY=@"]) + (end if last else "")
    before = text.replace("@", OLD).encode()
    ours = [line for line in text.split(end) if line.lstrip().startswith(("KEY=", "export KEY="))]
    after = put(tmp_path_factory.mktemp("env") / ".env", before)
    assert after.replace(NEW.encode(), OLD.encode()) == before
    assert after.count(NEW.encode()) == len(ours)


def test_a_variable_that_is_not_there_is_added_in_the_files_own_way(tmp_path: Path):
    assert put(tmp_path / ".env", b"A=1\r\nB=2") == b"A=1\r\nB=2\r\nKEY=" + NEW.encode() + b"\r\n"
    assert put(tmp_path / ".env", b"KEY=\n") == b"KEY=" + NEW.encode() + b"\n"
    assert put(tmp_path / ".env", b"") == b"KEY=" + NEW.encode() + b"\n"


def test_permissions_stay_and_what_was_left_behind_goes(tmp_path: Path):
    path = tmp_path / ".env"
    path.write_bytes(b"")
    path.chmod(0o640)
    (tmp_path / ".env.keyguard-part").write_text(NEW)
    put(path, f"KEY={OLD}\n".encode())
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "data",
    [
        b"KEY=another\n", b"KEY='another'\n", b'KEY="', b"KEY='" + OLD.encode() + b"\n", "KEY=x".encode("utf-16"),
        # the last line of a name counts, whatever stands in those before it, and however it is written
        b"KEY=" + OLD.encode() + b"\nKEY=another\n", b"KEY=" + OLD.encode() + b"\nKEY='a\nb'\n",
        b"KEY=" + OLD.encode() + b"\nexport KEY=a b\n", b'\xef\xbb\xbfKEY="', b'KEY="' + OLD.encode() + b"\n\"\n",
    ],
)  # fmt: skip
def test_what_is_not_the_leaked_key_is_not_overwritten(tmp_path: Path, data: bytes):
    with pytest.raises(UsageError):
        put(tmp_path / ".env", data)
    assert (tmp_path / ".env").read_bytes() == data


@pytest.mark.parametrize("text", ["KEY2=@\n", "key: '@'\n", "A=1 KEY=@\n", "B=x-@ @\n"])
def test_a_file_that_holds_it_under_another_name_gets_no_second_one(tmp_path: Path, text: str):
    data = text.replace("@", OLD).encode()
    with pytest.raises(UsageError, match="is not there"):
        put(tmp_path / ".env", data)
    assert (tmp_path / ".env").read_bytes() == data


def test_where_else_it_stands_is_told(tmp_path: Path):
    path = tmp_path / ".env"
    path.write_text(f"KEY={OLD}\n# OLD={OLD}\nexport B='{OLD}' # c\nx: {OLD}\nC={NEW}\nD={OLD}x\nKEY={OLD}\n")
    assert DotEnv.named(f"{path}:KEY").others(KNOWN) == [f"{path}:B", f"{path}:4"]


def test_links_devices_and_folders_are_refused(tmp_path: Path):
    real = tmp_path / "real"
    real.write_text(f"KEY={OLD}\n")
    (tmp_path / "link").symlink_to(real)
    os.link(real, tmp_path / "hard")
    for name in ("link", "hard", "nowhere", "."):
        with pytest.raises(UsageError):
            DotEnv.named(f"{tmp_path / name}:KEY").check(KNOWN)
    with pytest.raises(NotStoredError):
        DotEnv.named(f"{tmp_path / 'link'}:KEY").put(Secret(NEW), KNOWN)
    assert real.read_text() == f"KEY={OLD}\n"


def test_a_key_that_needs_quotes_is_not_put_in(tmp_path: Path):
    with pytest.raises(NotStoredError):
        put(tmp_path / ".env", f"KEY={OLD}\n".encode(), "a b$c")


@pytest.mark.parametrize("spec", [":KEY", "f:", "f:1A", "f:A B", "KEY"])
def test_what_names_no_variable(spec: str):
    with pytest.raises(UsageError):
        target(spec)
