"""What is meant by a target: paths, patterns, folders, addresses, and lists of all the programs that make lists."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.errors import UsageError
from keyguard.fleet.addresses import address
from keyguard.fleet.targets import Target, Unfit, found
from tests.support.anything import damaged, spelled, values
from tests.support.repository import Repo

TOKEN = "oauth2:" + "x1" * 8


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c id", "ext::https://a/b", "file::/a/b", "fd::3", "http://a.example/b", "ftp://a/b", "-u://a/b",
        "https://", "https:///b", "https://a.example/", "https://-oProxyCommand=id/b", "ssh://-oProxyCommand=id/b",
        "ssh://-o@a.example/b", "ssh://a.example:port/b", "https://a.example/b c", "https://a\n/b", "file://relative",
    ],
)  # fmt: skip
def test_no_address_is_a_trick(text: str):
    with pytest.raises(UsageError):
        address(text)


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("https://GitHub.com/a/b.git", "github.com/a/b", "https://github.com/a/b.git"),
        ("ssh://git@github.com/a/b", "github.com/a/b", "ssh://git@github.com/a/b"),
        ("git@github.com:a/b.git", "github.com/a/b", "git@github.com:a/b.git"),
        ("host.example:~me/b", "host.example/~me/b", "host.example:~me/b"),
        ("git://a.example:9418/b/", "a.example:9418/b", "git://a.example:9418/b/"),
        ("file:///srv/a.git", "file:///srv/a.git", "file:///srv/a.git"),
        (f"https://{TOKEN}@a.example/b", "a.example/b", "https://a.example/b"),
        ("https://token@a.example/b", "a.example/b", "https://a.example/b"),
        ("ssh://me:pass@a.example/b", "me@a.example/b", "ssh://a.example/b"),
    ],
)
def test_an_address_is_named_without_a_password(text: str, name: str, shown: str):
    found = address(text)
    assert (found.name, found.shown, found.secret) == (name, shown, "@" in text.replace("git@", "").replace("~", ""))
    assert TOKEN not in repr(found)


def test_nor_with_what_a_host_is_asked():
    found = address("https://h.example/a/b.git?private_token=hidden")
    assert (found.name, found.shown) == ("h.example/a/b.git?…", "https://h.example/a/b.git?…")
    assert found.whole.endswith("?private_token=hidden")
    assert found.secret
    with pytest.raises(UsageError) as told:
        address("http://h.example/a?private_token=hidden")
    assert "hidden" not in str(told.value)


def test_a_password_stands_in_nothing_that_is_told():
    for text in (
        f"https://{TOKEN}@a.example/b",
        f"http://{TOKEN}@a.example/b",
        f"https://{TOKEN}@a.exa mple/b",
        f"https://{TOKEN}/@a.example/b",
    ):
        (each,) = found([text])
        assert TOKEN not in repr(each)
        assert isinstance(each, (Target, Unfit))


def test_paths_patterns_and_folders_of_clones(tmp_path: Path):
    work, bare = Repo(tmp_path / "all" / "a"), Repo(tmp_path / "all" / "deep" / "b.git", bare=True)
    (tmp_path / "all" / "none").mkdir()
    both = [Target(str(work.top), str(work.top)), Target(str(bare.top), str(bare.top))]
    assert found([str(tmp_path / "all")]) == both
    assert found([str(work.top), str(tmp_path / "all" / "*"), f"{bare.top}/"]) == both
    assert found([str(tmp_path / "all" / "**")])[:2] == both
    link = tmp_path / "link"
    link.symlink_to(work.top)
    assert found([str(link), str(work.top)]) == both[:1]


def test_the_same_path_of_two_users_is_two_repositories():
    given = ["ann@a.example:b", "bob@a.example:b", "ssh://bob@a.example/b", "git@a.example:b", "https://a.example/b"]
    assert [each.name for each in found(given)] == ["ann@a.example/b", "bob@a.example/b", "a.example/b"]


def test_work_trees_of_one_repository_are_one(tmp_path: Path):
    repo = Repo(tmp_path / "all" / "m")
    repo.save("a.txt", "x\n")
    for name in ("a", "b"):
        repo.git("worktree", "add", "--quiet", "--detach", tmp_path / "all" / name)
    other = Repo(tmp_path / "all" / "other")
    assert [each.name for each in found([str(tmp_path / "all")])] == [str(repo.top), str(other.top)]
    assert [each.name for each in found([str(tmp_path / "all" / "[ab]")])] == [str(tmp_path / "all" / "a")]


def test_links_to_clones_are_followed(tmp_path: Path):
    repo, clones = Repo(tmp_path / "elsewhere"), tmp_path / "all"
    clones.mkdir()
    (clones / "link").symlink_to(repo.top)
    (clones / "loop").symlink_to(clones)
    assert found([str(clones)]) == [Target(str(repo.top), str(repo.top))]


def test_a_folder_that_cannot_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repo, closed = Repo(tmp_path / "all" / "a"), tmp_path / "all" / "closed"
    closed.mkdir()
    scandir = os.scandir

    def refusing(path: str | None = None):
        if isinstance(path, (str, os.PathLike)) and os.fspath(path) == str(closed):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    clone, told = found([str(tmp_path / "all")])
    assert (clone.name, told.name) == (str(repo.top), str(closed))
    assert isinstance(told, Unfit)


@pytest.mark.parametrize(("given", "why"), [("none", "none is below"), ("gone", "not exist"), ("x*", "like that")])
def test_what_is_no_repository_is_told(tmp_path: Path, given: str, why: str):
    (tmp_path / "none").mkdir()
    (each,) = found([str(tmp_path / given)])
    assert isinstance(each, Unfit)
    assert why in each.why


def test_names_of_any_bytes(tmp_path: Path):
    repo = Repo(tmp_path / os.fsdecode(b"caf\xe9"))
    (each,) = found([str(repo.top)])
    assert isinstance(each, Target)
    assert (each.name, each.path) == (f"{tmp_path}/caf\\xe9", str(repo.top))


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("# all\nhttps://a.example/b\n\n  git@a.example:c.git  \n", ["a.example/b", "a.example/c"]),
        ("/srv/none\tours\n", ["/srv/none"]),
        ("o/r\tabout it\tpublic\t2026-01-01T00:00:00Z\n", ["github.com/o/r"]),
        ("Showing 1 of 1\to\ng/p\tgit@gitlab.example:g/p.git\tabout\n", ["gitlab.example/g/p"]),
        (
            json.dumps([{"url": "https://github.com/o/r"}, {"nameWithOwner": "o/q"}]),
            ["github.com/o/r", "github.com/o/q"],
        ),
        (
            json.dumps([{"url": "https://api.github.com/repos/o/r", "clone_url": "https://github.com/o/r.git"}]),
            ["github.com/o/r"],
        ),
        (
            json.dumps(
                [{"http_url_to_repo": "https://gl.example/g/p.git", "owner": {"web_url": "https://gl.example/u"}}]
            ),
            ["gl.example/g/p"],
        ),
        ('[{"ssh_url": "git@a.example:b"}]\n[{"ssh_url": "git@a.example:c"}]', ["a.example/b", "a.example/c"]),
        ('{"url": "https://a.example/b"}\n{"url": "https://a.example/c"}', ["a.example/b", "a.example/c"]),
        (json.dumps({"items": [{"full_name": "o/r"}]}), ["github.com/o/r"]),
        (json.dumps({"values": [{"links": {"clone": [{"href": "https://bb.example/a"}]}}]}), ["bb.example/a"]),
        ('["https://a.example/b"]', ["a.example/b"]),
    ],
)
def test_lists_of_the_programs_that_make_them(listed: str, names: list[str]):
    assert [each.name for each in found([], listed)] == names


@pytest.mark.parametrize("listed", ["[{", '[{"owner": {"url": "https://a.example/u"}}]', "[" * 100_000])
def test_a_list_that_cannot_be_read_is_an_error(listed: str):
    with pytest.raises(UsageError):
        found([], listed)


PIECES = [
    "https://",
    "ssh://",
    "git@",
    "ext::",
    "a.example",
    ":22",
    "/",
    "b.git",
    "?token=x",
    "~",
    "me:pw@",
    "[::1]",
    "-",
]
URLS = st.tuples(
    st.sampled_from(["https://", "ssh://", "git://", "HTTPS://", "file://", "ext::"]),
    st.sampled_from(["", "me:pw@", "pw@", "a@me:pw@", ":pw@", "git@"]),
    st.sampled_from(["a.example", "a.example:22", "[::1]", "-x", ""]),
    st.sampled_from(["/b.git", "/b?token=x", "/", "", "/~me/b", "/b@c"]),
).map("".join)
WRITTEN = URLS | st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=7).map("".join)


@given(WRITTEN)
@settings(max_examples=100)
def test_any_address_is_read_or_refused_and_its_password_told_to_nobody(text: str):
    secret = "hunter" + "2" * 3
    written = text.replace("pw", secret)
    if text.lower().startswith("https://"):  # what else stands behind a question mark is a path
        written = written.replace("token=x", f"token={secret}")
    try:
        read = address(written)
        assert read.name
        said = read.name + read.shown + repr(read)
    except UsageError as error:
        said = f"{error.message}{error.hint}"
    is_secret = text.lower().startswith("https://") or ":pw" in text  # else it is the name of a user
    assert secret not in said or not is_secret or not re.match(r"[A-Za-z]+://", written)


RECORDS = ["url", "ssh_url", "links", "clone", "href", "items", "data", "nameWithOwner"]
LISTED = [
    b'[{"url": "https://a.example/b"}, {"data": {"nodes": [{"ssh_url": "git@a.example:c"}]}}]',
    b"a.example:b\nhttps://a.example/b\n# x\nme/it\tdescription\tpublic\n",
]


@given(damaged(LISTED) | values([*RECORDS, "https://a.example/b"]).map(spelled) | st.binary(max_size=40))
@settings(max_examples=75)
@example(b'{"data":' * 700 + b"[]" + b"}" * 700)
@example(b"[" + b"9" * 5000 + b"]")
def test_any_list_is_read_or_refused(listed: bytes):
    try:
        read = found([], listed.decode("utf-8", "surrogateescape"))
    except UsageError:
        return
    assert all(each.name for each in read)


@given(st.text("~/.*?[]ab\0\n-", max_size=12) | st.text(max_size=8))
@settings(max_examples=75)
@example("~nobody-of-this-name/a")
@example("a\0b")
@example("x" * 5000)
@example("[")
def test_any_path_is_a_target_or_unfit(tmp_path_factory: pytest.TempPathFactory, text: str):
    before = Path.cwd()
    os.chdir(tmp_path_factory.getbasetemp())
    try:
        read = found(["./" + text, text] if not text.startswith(("/", "~", ".")) else [text] * text.startswith("~n"))
    finally:
        os.chdir(before)
    assert all(each.name for each in read)
