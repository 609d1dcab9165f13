from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git import commits
from keyguard.git.commits import Authorship, authorship
from keyguard.git.repository import Repository, discover
from tests.support.repository import Repo

ABSENT = "12" * 20


def opened(repo: Repo) -> Repository:
    repository = discover(repo.top)
    assert repository is not None
    return repository


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"tree 1\n\nauthor A <a@b> 1 +0000",
        b"author",
        b"author A",
        b"author A <a@b>",
        b"author A <a@b> x +0000",
        b"author A <a@b> 1 0000",
        b"author " + b"<" * 5000 + b"> 1 +0000",
    ],
)
def test_malformed_author_is_none(raw):
    assert authorship(raw) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"Ada <ada@b> 0 +0000", Authorship("Ada", "1970-01-01T00:00:00+00:00")),
        (b"\xe5\xbc\xa0\xe4\xb8\x89 <z@b> 1767225600 +0800", Authorship("张三", "2026-01-01T08:00:00+08:00")),
        (b"J\xe9r\xf4me <j@b> 0 -0130", Authorship("J\ufffdr\ufffdme", "1969-12-31T22:30:00-01:30")),
        (b"<mail@b> 0 +0000", Authorship("mail@b", "1970-01-01T00:00:00+00:00")),
        (b" <mail@b> 0 +0000", Authorship("mail@b", "1970-01-01T00:00:00+00:00")),
        (b"A <> B <a@b> 0 +0000", Authorship("A <> B", "1970-01-01T00:00:00+00:00")),
        (b"A <a@b> 999999999999 +0000", Authorship("A", None)),
        (b"A <a@b> 0 +9999", Authorship("A", None)),
        (b"A <a@b> -1 +0000", Authorship("A", "1969-12-31T23:59:59+00:00")),
    ],
)
def test_author_and_date(line, expected):
    assert authorship(b"tree 1\nauthor " + line + b"\ncommitter C <c@d> 5 +0000\n\nmessage") == expected
    assert authorship(b"object 1\ntagger " + line + b"\n\nmessage") == expected


@pytest.mark.parametrize(
    ("encoding", "name", "shown"),
    [
        ("ISO-8859-1", b"J\xe9r\xf4me", "Jérôme"),
        ("latin1", b"J\xe9r\xf4me", "Jérôme"),
        ("GBK", "张三".encode("gbk"), "张三"),
        ("GB18030", "张三".encode("gb18030"), "张三"),
        ("Shift_JIS", "山田".encode("shift_jis"), "山田"),
        ("euc-kr", "김".encode("euc-kr"), "김"),
        ("CP1251", "Иван".encode("cp1251"), "Иван"),
        ("ISO-8859-1", "Jérôme".encode(), "Jérôme"),  # declared wrongly, as it happens
        ("iso-of-no-kind", b"J\xe9r\xf4me", "J\ufffdr\ufffdme"),
        ("unicode_escape", b"\xff\\x41", "\ufffd\\x41"),
        ("GBK\nx", b"\xff", "\ufffd"),
    ],
)
def test_a_name_in_the_encoding_that_the_commit_says(encoding: str, name: bytes, shown: str):
    raw = b"tree 1\nauthor " + name + b" <a@b> 0 +0000\nencoding " + encoding.encode() + b"\n\nmessage"
    found = authorship(raw)
    assert found is not None
    assert found.author == shown


@given(st.binary(max_size=200))
def test_any_object_is_read_without_error(raw):
    authorship(raw)
    authorship(b"author " + raw)
    authorship(b"author A <" + raw + b"> 1 +0000")


@given(st.text("<>a 0+", max_size=60), st.integers(-(10**13), 10**13), st.text("+-0123456789", max_size=6))
def test_any_author_line_is_read_without_error(name, time, zone):
    authorship(f"author {name} <{name}> {time} {zone}".encode())


def test_authorships_leave_out_what_cannot_be_read(repo):
    commit = repo.commit(author="张三 <z@example.org>", date="2026-05-05T05:05:05+0800")
    tag = repo.tag("v1", message="A tag")
    found = commits.authorships(opened(repo), [ABSENT, commit, repo.git("rev-parse", "HEAD^{tree}"), tag])
    assert found.keys() == {commit, tag}
    assert found[commit] == Authorship("张三", "2026-05-05T05:05:05+08:00")
    assert found[tag].author == "Ada Example"
