"""Keys inside archives and notebooks through the whole program: sources, exposure, what is told and accepted."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, RunKeyguard
from tests.support import archives, keys
from tests.support.archives import cell, notebook, picture, shown, stream
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(11))
OTHER = keys.anthropic_key(random.Random(12))
FILES = {"readme": b"hello", "inside/.env": f"A=1\nOPENAI_API_KEY={KEY}\n".encode()}
ZIP = archives.zipped(FILES)
CLEAN = archives.zipped({"readme": b"hello"})
DEEP = functools.reduce(lambda inner, _: archives.zipped({"x.zip": inner}), range(6), CLEAN)
"""Nested deeper than is opened."""


@pytest.fixture
def scan(repo: Repo, run_here: RunKeyguard):
    """Scan the repository as JSON, and check that the secret is nowhere in what was printed."""

    def run(*arguments: str, cwd: Path | None = None, **options: Any) -> tuple[int, dict[str, Any]]:
        ran = run_here("scan", "--format", "json", *arguments, cwd=cwd or repo.top, **options)
        assert KEY not in ran.stdout + ran.stderr
        loaded: dict[str, Any] = json.loads(ran.stdout)
        return ran.code, loaded

    return run


@pytest.fixture
def text(repo: Repo, run_here: RunKeyguard):
    def run(*arguments: str) -> Ran:
        ran = run_here("scan", *arguments, cwd=repo.top, environ={"COLUMNS": "120"})
        assert KEY not in ran.stdout + ran.stderr
        return ran

    return run


def places(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    (finding,) = found["findings"]
    names = ("where", "path", "member", "line", "column")
    return [tuple(each[name] for name in names) for each in finding["locations"]]


class TestSources:
    def test_archives_without_a_key(self, repo: Repo, scan: Any):
        repo.save("a.zip", CLEAN)
        repo.write("b.tar.gz", archives.ARCHIVES["tar.gz"]({"readme": b"hello"}))
        repo.stage()
        code, found = scan("--worktree", "--staged", "--history")
        assert (code, found["complete"], found["stats"]["opaque"]) == (0, True, 0)

    @pytest.mark.parametrize("build", [archives.zipped, archives.ARCHIVES["tar.zst"], archives.tarred_and_brotli])
    def test_every_source_finds_the_same_place(self, repo: Repo, scan: Any, build: Callable[[archives.Files], bytes]):
        data = build(FILES)
        base = repo.save("x", "x")
        member = "inside/.env"
        repo.write("deploy.bin", data)
        assert places(scan()[1]) == [("file", "deploy.bin", member, 2, 16)]
        repo.stage()
        stored = [("blob", "deploy.bin", member, 2, 16)]
        assert places(scan("--staged")[1]) == stored
        repo.commit()
        assert places(scan("--history")[1]) == stored
        assert places(scan("--range", f"{base}..HEAD")[1]) == stored
        assert places(scan("--stdin", stdin=data)[1]) == [("stdin", None, member, 2, 16)]

    def test_one_blob_at_two_paths(self, repo: Repo, scan: Any):
        repo.write("a.zip", ZIP)
        repo.write("b.zip", ZIP)
        repo.stage()
        assert [place[1:3] for place in places(scan("--staged")[1])] == [
            ("a.zip", "inside/.env"), ("b.zip", "inside/.env"),
        ]  # fmt: skip

    def test_an_object_that_nothing_reaches(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.blob(ZIP)
        assert places(scan("--history", "--unreachable")[1]) == [("blob", None, "inside/.env", 2, 16)]

    def test_nested_archives_in_a_submodule(self, repo: Repo, scan: Any, tmp_path: Path):
        inner = Repo(tmp_path / "inner")
        inner.save("a.tgz", archives.ARCHIVES["tar.gz"]({"b.zip": ZIP}))
        repo.save("a", "a")
        repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "mod")
        _, found = scan()
        assert places(found) == [("file", "mod/a.tgz", "b.zip!/inside/.env", 2, 16)]
        assert found["findings"][0]["exposure"] == "pushed"

    def test_a_document(self, repo: Repo, scan: Any):
        repo.write("a.docx", archives.docx(["The key:"], [KEY[:40], KEY[40:]]))
        assert places(scan()[1]) == [("file", "a.docx", "word/document.xml!/text", 2, 1)]


class TestExposure:
    def told(self, scan: Any, *options: str) -> tuple[str, str | None]:
        (finding,) = scan(*options)[1]["findings"]
        return finding["exposure"], finding["locations"][0]["commit"]

    def test_an_archive_in_a_commit_is_attributed_to_it(self, repo: Repo, scan: Any):
        repo.save("a.zip", CLEAN)
        second = repo.save("a.zip", ZIP)
        repo.save("a.zip", archives.zipped({**FILES, "more": b"x"}))
        assert self.told(scan, "--history") == self.told(scan) == ("unpushed", second)

    def test_a_key_that_an_earlier_version_had_is_as_old(self, repo: Repo, scan: Any):
        first = repo.save("a.zip", ZIP)
        repo.push()
        repo.write("a.zip", archives.zipped({**FILES, "more": b"x"}))
        assert self.told(scan) == ("pushed", first)
        repo.stage()
        assert self.told(scan, "--staged") == self.told(scan) == ("pushed", first)

    def test_a_key_that_was_pushed_plainly_and_is_packed_now(self, repo: Repo, scan: Any):
        first = repo.save("a", f"OPENAI_API_KEY={KEY}\n")
        repo.push()
        repo.write("a", gzip.compress(FILES["inside/.env"]))
        assert self.told(scan) == ("pushed", first)

    def test_untracked_and_staged(self, repo: Repo, scan: Any):
        repo.save("a", "a")
        repo.write("a.zip", ZIP)
        assert self.told(scan) == ("worktree", None)
        repo.stage()
        assert self.told(scan, "--staged") == self.told(scan) == ("staged", None)

    def test_a_member_s_name_that_is_new_is_not_as_old_as_the_archive(self, repo: Repo, scan: Any):
        repo.save("a.zip", CLEAN)
        repo.push()
        repo.write("a.zip", archives.zipped({f"{KEY}.txt": b""}))
        assert self.told(scan) == ("worktree", None)
        repo.stage()
        assert self.told(scan, "--staged") == self.told(scan) == ("staged", None)

    def test_standard_input_is_unknown_even_for_a_name(self, scan: Any):
        code, found = scan("--stdin", stdin=archives.zipped({f"{KEY}.txt": b""}))
        assert (code, found["findings"][0]["exposure"]) == (1, "unknown")


class TestNames:
    def test_the_name_of_a_member(self, repo: Repo, scan: Any, text: Any):
        first = repo.save("a.zip", archives.zipped({f"sub/{KEY}.txt": b"x", "b.zip": archives.zipped({"x": b""})}))
        for source in ("--worktree", "--history"):
            (finding,) = scan(source)[1]["findings"]
            (place,) = finding["locations"]
            assert (place["where"], place["path"], place["line"], place["column"]) == ("file-name", "a.zip", 1, 5)
            assert place["member"] == f"sub/{finding['secret']}.txt"
            assert place["commit"] == first
        assert f"name of the file a.zip!/sub/{finding['secret']}.txt" in text().stdout

    def test_content_below_a_name_that_is_a_key_masks_it(self, repo: Repo, scan: Any):
        repo.write("a.zip", archives.zipped({f"{KEY}/x.env": f"k={OTHER}\n".encode()}))
        _, found = scan()
        other = next(each for each in found["findings"] if each["provider"] == "anthropic")
        assert "sk-proj-" in other["locations"][0]["member"]

    def test_what_could_not_be_opened_masks_it_too(self, repo: Repo, text: Any):
        repo.write("a.zip", archives.zipped({f"{KEY}.zip": archives.encrypted(ZIP)}))
        assert "it is encrypted" in text("--exclude-rule", "openai-project-key").stdout + text().stdout


class TestNotebooks:
    NOTEBOOK = notebook(
        cell("import os"),
        cell(["# 密钥\n", f"key = '{KEY}'\n"], stream(f"\x1b[31m{KEY}\x1b[0m"), shown(image_png=picture())),
    )

    def test_a_notebook_without_a_key(self, repo: Repo, scan: Any):
        repo.write("a.ipynb", notebook(cell("import os"), cell("x", shown(image_png=picture()))))
        assert scan()[0] == 0

    @pytest.mark.parametrize("source", ["--worktree", "--history"])
    def test_cells_and_outputs(self, repo: Repo, scan: Any, source: str):
        repo.save("a", "a")
        repo.write("a.ipynb", self.NOTEBOOK)
        repo.stage()
        (finding,) = scan(source)[1]["findings"]
        assert [(each["cell"], each["output"], each["line"], each["column"]) for each in finding["locations"]] == [
            (2, None, 2, 8), (2, 1, 1, 1),
        ]  # fmt: skip

    def test_the_report_for_people(self, repo: Repo, text: Any):
        repo.write("a.ipynb", self.NOTEBOOK)
        assert "a.ipynb cell 2, line 2" in text().stdout
        assert "a.ipynb 第 2 个单元格第 2 行" in text("--lang", "zh").stdout

    def test_metadata_is_read_as_it_is(self, repo: Repo, scan: Any):
        repo.write("a.ipynb", notebook(cell("x"), metadata={"key": KEY}))
        (place,) = scan()[1]["findings"][0]["locations"]
        assert (place["cell"], place["line"]) == (None, 11)

    def test_an_allow_comment_in_the_cell(self, repo: Repo, scan: Any):
        repo.write("a.ipynb", notebook(cell(["x = 1\n", f"key = '{KEY}'  # keyguard: allow\n"])))
        code, found = scan()
        assert (code, found["stats"]["hidden_findings"]) == (0, 1)


class TestSuppression:
    def test_an_allow_comment_in_a_member(self, repo: Repo, scan: Any):
        allowed = f"key = '{KEY}'  # keyguard: allow\n".encode()
        for form in ("zip", "tar"):
            repo.write("a", archives.ARCHIVES[form]({"x.py": allowed}))
            code, found = scan()
            assert (code, found["stats"]["hidden_findings"]) == (0, 1)
        repo.write("a", archives.tarred({"x.py": allowed, "y.py": FILES["inside/.env"]}))
        assert scan()[0] == 1

    def test_the_baseline(self, repo: Repo, scan: Any, run_here: RunKeyguard):
        repo.write("a.zip", ZIP)
        assert run_here("baseline", "create", cwd=repo.top).code == 0
        assert scan()[0] == 0

    def test_an_excluded_archive_is_nothing_that_was_not_read(self, repo: Repo, scan: Any):
        repo.write("fixtures/deep.zip", DEEP)
        repo.write("fixtures/closed.zip", archives.encrypted(ZIP))
        assert scan("--strict")[0] == 3
        repo.write(".keyguard.toml", 'exclude-paths = ["fixtures/"]\n')
        code, found = scan("--strict")
        assert (code, found["complete"], found["stats"]["hidden_paths"]) == (0, True, 2)


class TestLimits:
    def test_what_was_read_before_counts_and_the_rest_is_told(self, repo: Repo, scan: Any):
        repo.write("a.zip", archives.zipped({"first/.env": FILES["inside/.env"], "zeros": bytes(70 << 20)}))
        code, found = scan()
        assert (code, found["complete"]) == (1, False)
        assert places(found) == [("file", "a.zip", "first/.env", 2, 16)]
        (told,) = found["incomplete"]
        assert told["what"] == "a.zip"
        assert told["accept"] == repo.git("hash-object", "a.zip")
        assert told["accept"] in told["why"]
        assert "accept-unread" in told["mend"]

    @pytest.mark.parametrize("source", ["--worktree", "--history"])
    def test_a_notebook_that_is_not_taken_apart(self, repo: Repo, scan: Any, source: str):
        repo.save("a.ipynb", notebook(cell("x"), metadata={"a": 0}).replace(b"0", b"[" * 1000 + b"]" * 1000))
        code, found = scan(source)
        assert (code, found["complete"]) == (3, False)
        (told,) = found["incomplete"]
        assert "nested more than 1000 deep" in told["why"]
        assert told["accept"] == repo.git("rev-parse", "HEAD:a.ipynb")

    @pytest.mark.parametrize("object_format", ["sha1", "sha256"])
    def test_it_can_be_accepted_by_its_id_in_every_source(self, scan: Any, tmp_path: Path, object_format: str):
        other = Repo(tmp_path / "other", object_format=object_format)
        other.save("a.gz", DEEP)
        blob = other.git("rev-parse", "HEAD:a.gz")
        sources = ("--worktree", "--history", "--range", f"{'0' * 40}..HEAD")
        code, found = scan(*sources, cwd=other.top)
        assert (code, found["complete"]) == (3, False)
        assert {(each["what"], each["accept"]) for each in found["incomplete"]} == {
            (f"a.gz{'!/x.zip' * 4}", blob), (f"blob {blob}{'!/x.zip' * 4}", blob),
        }  # fmt: skip
        assert scan(*sources, "--allow-incomplete", cwd=other.top)[0] == 0
        config = other.write(".keyguard.toml", f'accept-unread = ["{blob}"]\n')
        code, found = scan("--worktree", "--history", cwd=other.top)
        assert (code, found["complete"], found["stats"]["hidden_paths"]) == (0, True, 2)
        assert scan(*sources, "--config", str(config), cwd=other.top)[0] == 0
        assert scan(*sources, cwd=other.top)[0] == 3, "a range is judged by the configuration of its base"
        assert scan(*sources, "--no-repo-config", cwd=other.top)[0] == 3

    def test_standard_input_is_accepted_by_its_hash(self, repo: Repo, scan: Any):
        identity = hashlib.sha256(DEEP).hexdigest()
        assert scan("--stdin", stdin=DEEP)[1]["incomplete"][0]["accept"] == identity
        config = repo.write("c.toml", f'accept-unread = ["{identity}"]\n')
        assert scan("--stdin", "--config", str(config), stdin=DEEP)[0] == 0

    def test_the_report_for_people(self, repo: Repo, text: Any):
        repo.write("a.zip", DEEP)
        shown = " ".join(text().stdout.split())
        assert "NOT COMPLETE: 1 thing" in shown
        assert "a.zip!/x.zip!/x.zip!/x.zip!/x.zip: it has archives nested in each other more than 4 deep; its" in shown
        assert 'accept-unread = ["ID"]' in shown
        assert "其中的归档嵌套超过 4 层" in text("--lang", "zh").stdout


class TestOpaque:
    CLOSED = archives.encrypted(ZIP)

    def test_it_is_told_and_counts_only_if_strict(self, repo: Repo, scan: Any):
        repo.save("x", "x")
        repo.write("a.zip", self.CLOSED)
        repo.stage()
        sources = ("--worktree", "--staged", "--history")
        code, found = scan(*sources)
        assert (code, found["complete"], found["stats"]["opaque"]) == (0, True, 3)
        assert {(each["what"], each["why"]) for each in found["opaque"]} == {
            ("a.zip", "it is encrypted"), (f"blob {repo.git('rev-parse', ':a.zip')}", "it is encrypted"),
        }  # fmt: skip
        code, found = scan(*sources, "--strict")
        assert (code, len(found["incomplete"]), found["stats"]["opaque"]) == (3, 3, 0)
        assert scan("--strict", "--allow-incomplete")[0] == 0

    def test_the_report_for_people(self, repo: Repo, text: Any):
        repo.write("a.zip", self.CLOSED)
        repo.write("b.7z", b"7z\xbc\xaf\x27\x1c\0\4")
        ran = text()
        assert (ran.code, "2 archives could not be opened (--strict" in ran.stdout) == (0, True)
        assert "a.zip: it is encrypted" in ran.stdout
        assert "b.7z: it is a file of a kind that KeyGuard does not open: 7z" in ran.stdout
        assert "KeyGuard 不打开此类文件：7z" in text("--lang", "zh").stdout
        assert text("--strict").code == 3


class TestHook:
    def test_a_key_in_an_archive_is_stopped_once(self, repo: Repo, run_here: RunKeyguard):
        repo.write("a.zip", CLEAN)
        repo.stage()
        assert run_here("hook", "run", cwd=repo.top).code == 0
        repo.write("a.zip", ZIP)
        repo.stage()
        assert run_here("hook", "run", cwd=repo.top).code == 1
        repo.commit()
        repo.write("a.zip", archives.zipped({**FILES, "more": b"x"}))
        repo.stage()
        ran = run_here("hook", "run", cwd=repo.top)
        assert (ran.code, "1 key before" in ran.stderr) == (0, True)

    def test_what_is_not_decoded_in_the_version_before_is_no_reason_to_fail(self, repo: Repo, run_here: RunKeyguard):
        repo.save("a.zip", DEEP)
        repo.write("a.zip", ZIP)
        repo.stage()
        assert run_here("hook", "run", cwd=repo.top).code == 1

    def test_a_clean_commit_loads_nothing_that_opens_archives(self, repo: Repo, run_keyguard: RunKeyguard):
        repo.write("a.json", '{"a": 1}')
        repo.write(".keyguard.toml", "")  # so that the quick check leaves it to the whole one
        repo.stage()
        ran = run_keyguard("hook", "run", cwd=repo.top, environ={"PYTHONPROFILEIMPORTTIME": "1"})
        assert ran.code == 0
        loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
        assert "keyguard.sources.content" in loaded
        assert not loaded & {
            "keyguard.sources.containers.walk",
            "backports.zstd",
            "brotli",
            "compression.zstd",
            "tarfile",
        }
