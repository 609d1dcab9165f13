"""Where a repository may set something for itself, in its work tree and in a commit."""

from __future__ import annotations

import pytest

from keyguard.config import FILE, Config
from keyguard.config.committed import Committed
from keyguard.config.document import LARGEST
from keyguard.config.own import SHARED_FILE, Files, WorkTree, find
from keyguard.errors import ConfigError
from keyguard.git.repository import discover
from keyguard.language import Language
from tests.support.repository import Repo


def committed(repo: Repo) -> Committed:
    repo.stage()
    repo.commit()
    found = discover(repo.top)
    assert found is not None
    return Committed(found, repo.head, "main")


@pytest.fixture(params=["work tree", "commit"])
def files(request: pytest.FixtureRequest, repo: Repo):
    """What gives the files as they are written now, read from where they lie or from a commit of them."""

    def made() -> Files:
        return WorkTree(repo.top) if request.param == "work tree" else committed(repo)

    return made


def test_nothing_is_set_where_there_is_no_file(files):
    assert find(files()).config == Config()


@pytest.mark.parametrize(
    "text",
    [
        "[tool.ruff]\nline-length = 1\n",
        "this is [ no TOML",
        'dependencies = ["keyguard==1", "keyguard>=1"]\nbroken = [\n',
        '[project]\nname = "keyguard"\n',
        '[dependency-groups]\ndev = ["keyguard"]\n<<<<<<< HEAD\n',
        "a" * (LARGEST // 2),
    ],
)
def test_file_of_others_that_cannot_hold_the_table_is_left_alone(repo: Repo, files, text):
    repo.write(SHARED_FILE, text)
    assert find(files()).config == Config()


@pytest.mark.parametrize(
    "text",
    [
        '[tool.keyguard]\nlang = "zh"\n',
        '[project]\nlang = "fr"\n[ tool . "keyguard" ]\nlang = "zh"\n',
        'tool.keyguard.lang = "zh"\n',
        '[tool]\nkeyguard = { lang = "zh" }\n',
        '[tool]\nkeyguard.lang = "zh"\n',
        'x = ["' + '.a.b"' + ', ".a.b"' * 100 + ']\n[tool.keyguard]\nlang = "zh"\n',
    ],
)
def test_table_is_read_however_it_is_written(repo: Repo, files, text):
    repo.write(SHARED_FILE, text)
    assert find(files()).config.lang is Language.ZH


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.x]\nlang = "en"\n[tool.keyguard]\n\nlang = "fr"\n', ":5: lang is one of en, zh"),
        ('[tool.x]\nlangs = "en"\n[tool.keyguard]\nlangs = "fr"\n', ":4: unknown key langs"),
        ('[tool.keyguard]\nlang = "en"\n[tool.keyguard.contact]\nurl = "x"\n', ":4: contact has a url"),
        ("[tool.keyguard]\nlang = \n", ":2:8: Invalid value"),
        ("[tool]\nkeyguard = 3\n", ":2: tool.keyguard is not a table"),
        ("[tool.keyguard]\n<<<<<<< HEAD\n", "merge conflict markers at line 2"),
        ('[[tool.keyguard.rule]]\nid = "a"\n[tool.keyguard.contact]\nname = 1\n', ":4: contact has a name"),
    ],
)
def test_table_with_a_mistake_is_refused_by_line(repo: Repo, files, text, message):
    repo.write(SHARED_FILE, text)
    with pytest.raises(ConfigError) as caught:
        find(files())
    assert f"{SHARED_FILE}" in caught.value.message
    assert message in caught.value.message


def test_rules_of_the_table_know_their_lines(repo: Repo, files):
    repo.write(SHARED_FILE, '[tool.keyguard]\n\n[[tool.keyguard.rule]]\nid = "a"\n')
    (table,) = find(files()).config.rule
    assert (table.file, table.line) == (SHARED_FILE, 3)


def test_own_file_goes_before_the_table_and_that_is_told(repo: Repo, files):
    repo.write(FILE, 'lang = "en"\n')
    repo.write(SHARED_FILE, '[tool.keyguard]\nlang = "zh"\n')
    own = find(files())
    assert own.config.lang is Language.EN
    assert "does not count" in own.notes[0]
    repo.write(SHARED_FILE, "[tool.other]\n")
    assert find(files()).notes == ()


def test_links_are_refused_for_the_own_file_and_not_followed_for_the_other(repo: Repo, files):
    repo.write("elsewhere", '[tool.keyguard]\nlang = "zh"\n')
    (repo.top / SHARED_FILE).symlink_to("elsewhere")
    assert find(files()).config == Config()
    (repo.top / FILE).symlink_to("elsewhere")
    with pytest.raises(ConfigError, match=r"\.keyguard\.toml: (a symbolic link|not a regular file)"):
        find(files())


def test_what_a_commit_has_is_bounded_and_not_reached_through_anything_but_folders(repo: Repo):
    repo.write("large", b"#" * (LARGEST + 1))
    repo.write("folder/file", "x")
    (repo.top / "link").symlink_to("folder")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repo.stage("large", "folder", "link")
    repo.commit()
    found = discover(repo.top)
    assert found is not None
    files = Committed(found, repo.head, "main")
    assert files.read("folder/file") == b"x"
    assert files.read("folder/none") is None
    assert files.read("none/none") is None
    for path, why in (
        ("large", "larger than"),
        ("link/file", "main:link: not a"),
        ("module", "not a"),
        ("folder", "not a"),
    ):
        with pytest.raises(ConfigError, match=why):
            files.read(path)


@pytest.mark.parametrize(
    "name", ["keyguard.py", "guard.toml", "pyguard.toml", ".keyguard.md", "keycloak.json", "x.toml"]
)
def test_of_a_file_of_another_kind_nothing_is_told(files, repo, name):
    repo.write(name, "x = 1")
    assert find(files()).notes == ()


@pytest.mark.parametrize(
    "name", ["keyguard.toml", ".keyguard.tml", ".keyguard.yaml", ".keygaurd.toml", ".Key-Guard.toml"]
)
def test_a_configuration_whose_name_is_misspelt_is_told_as_not_read(files, repo, name):
    repo.write(name, "lang = 'zh'")
    own = find(files())
    assert own.config == Config()
    (note,) = own.notes
    assert name in note
    assert note.endswith("not read; the configuration's name is .keyguard.toml")


def test_beside_the_configuration_other_names_are_nobodys_mistake(files, repo):
    repo.write(FILE, "lang = 'zh'")
    repo.write("keyguard.yaml", "x: 1")
    assert find(files()).notes == ()
