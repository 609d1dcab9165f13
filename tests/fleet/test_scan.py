"""A fleet says what single scans say, reads only what is new, and loses nothing when something breaks."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from keyguard.cli.output import Format
from keyguard.errors import UsageError
from keyguard.fleet.pools import Pool
from keyguard.fleet.store import Store
from keyguard.language import Language
from keyguard.pipeline.remembered import Remembered
from keyguard.pipeline.setup import Settings
from keyguard.reporting.words import Words
from tests.conftest import RunKeyguard
from tests.fleet.fleets import TheFleet, findings, without_times
from tests.support import keys
from tests.support.repository import Repo

RNG = random.Random(8)
KEY, OTHER, THIRD = keys.project_key(RNG), keys.anthropic_key(RNG), keys.project_key(RNG)


def leaky(folder: Path) -> Repo:
    """A repository with keys in files, messages, names, a tag and a branch's name."""
    repo = Repo(folder)
    repo.save("a.env", f"OPENAI_API_KEY={KEY}\n")
    repo.save("a.env", "DEBUG=1\n", f"Take {OTHER} out")
    repo.save(f"keys/{THIRD}.txt", "named\n")
    repo.tag("v1", message=f"with {KEY}")
    repo.git("branch", f"leak-{OTHER}")
    return repo


def shared(folder: Path) -> Repo:
    repo = Repo(folder)
    repo.save("b.py", f'key = "{KEY}"\n')
    return repo


@pytest.fixture
def repos(tmp_path: Path) -> list[Path]:
    clean = Repo(tmp_path / "all" / "clean")
    clean.save("a.txt", "nothing\n")
    return [leaky(tmp_path / "all" / "leaky").top, shared(tmp_path / "all" / "shared").top, clean.top]


def single(run_here: RunKeyguard, path: Path) -> Any:
    return json.loads(
        run_here("scan", "--history", "--no-repo-config", str(path), "--format", "json", "--no-cache").stdout
    )


def test_a_fleet_finds_what_single_scans_find(fleet: TheFleet, repos: list[Path], run_here: RunKeyguard):
    alone = {str(path): single(run_here, path) for path in repos}
    for number, (path, expected) in enumerate(alone.items()):
        of_one = TheFleet(fleet.folder / str(number))
        of_one.folder.mkdir(mode=0o700)
        of_one.scan(path)
        assert findings(of_one.json(), path) == findings(expected)
        assert {**of_one.json()["stats"], "seconds": 0} == {**expected["stats"], "seconds": 0}
    fleet.scan(*repos)
    together = findings(fleet.json())
    assert together.keys() == {key for each in alone.values() for key in findings(each)}
    count = sum(len(each["locations"]) for report in alone.values() for each in report["findings"])
    assert sum(len(each["locations"]) for each in together.values()) == count


def test_what_is_new_gone_and_known(fleet: TheFleet, repos: list[Path]):
    fleet.scan(*repos)
    first = fleet.json()
    assert {each["fleet"]["new"] for each in first["findings"]} == {True}
    summary, watched = fleet.scan(*repos)
    assert (summary.unchanged, summary.read) == (3, 0)
    assert watched.outcomes == []
    repo = Repo(repos[2])
    repo.save("new.txt", f"{keys.project_key(random.Random(3))}\n")
    summary, watched = fleet.scan(*repos)
    assert watched.how() == {str(repos[2]): "read"}
    second = fleet.json()
    assert len(second["fleet"]["new"]) == 1
    assert without_times(second["findings"])[0].keys() == without_times(first["findings"])[0].keys()
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    (repo.git_dir / "ORIG_HEAD").unlink()
    fleet.scan(*repos)
    third = fleet.json()
    assert [each["fingerprint"] for each in third["fleet"]["gone"]] == second["fleet"]["new"]
    assert second["fleet"]["new"][0] in third["fleet"]["live"]  # nobody has revoked it
    assert second["fleet"]["new"][0] not in findings(third)


def test_a_key_that_stays_somewhere_is_not_gone(fleet: TheFleet, repos: list[Path]):
    fleet.scan(*repos)
    repo = Repo(repos[1])
    repo.git("update-ref", "-d", "refs/heads/main")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("rm", "-q", "--cached", "b.py")
    fleet.scan(*repos)
    report = fleet.json()
    assert report["fleet"]["gone"] == []
    (found,) = [each for each in report["findings"] if str(repos[0]) in each["fleet"]["repositories"] and
                any("a.env" in (place["path"] or "") for place in each["locations"])]  # fmt: skip
    assert found["fleet"]["repositories"] == [str(repos[0])]


def test_other_rules_read_all_again(fleet: TheFleet, repos: list[Path]):
    fleet.scan(*repos)
    summary, _ = fleet.scan(*repos, settings=Settings(only=("openai-project-key",)))
    assert summary.read == 3
    assert {each["rule"] for each in fleet.json()["findings"]} == {"openai-project-key"}


def test_a_ledger_that_says_that_a_key_is_dead_is_heard(fleet: TheFleet, repos: list[Path], run_here: RunKeyguard):
    fleet.scan(*repos)
    (key,) = findings(single(run_here, repos[1]))
    ended = run_here("incidents", "resolve", key[:16], "--revoked", "--proof", "the console says so", cwd=repos[1])
    assert ended.code == 0, ended.stderr
    summary, watched = fleet.scan(*repos)
    assert watched.how() == {str(repos[0]): "read", str(repos[1]): "read"}
    assert summary.unchanged == 1  # it holds no keys
    with fleet_store(fleet) as store:
        ((revoked, proof),) = store.rows("SELECT revoked, proof FROM incidents WHERE fingerprint = ?", key)
        ((status,),) = store.rows("SELECT status FROM findings WHERE fingerprint = ? AND repository = 2", key)
    assert (bool(revoked), proof, status) == (True, "the console says so", "revoked")


def fleet_store(fleet: TheFleet, *, reading: bool = True) -> Store:
    return Store(fleet.db, reading=reading)


def test_parts_make_the_report_of_the_whole(fleet: TheFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repo = leaky(tmp_path / "large")
    for number in range(40):
        repo.write(f"f{number}.txt", f"{random.Random(number).randbytes(300).hex()}\n")
    repo.stage()
    repo.commit()
    repo.git("repack", "-adq")
    whole, parted = fleet, TheFleet(tmp_path / "parted")
    parted.folder.mkdir(mode=0o700)
    whole.scan(repo.top)
    known: list[int] = []
    real = Remembered.known

    def counted(self: Remembered, ids: Any) -> Any:
        found = real(self, ids)
        known.append(len(found.ids))
        return found

    monkeypatch.setattr(Remembered, "known", counted)
    _, watched = parted.scan(repo.top, split=1 << 13)
    assert "split" in [each[0] for each in watched.told]
    assert max(known) >= 40  # which the parts have read, and the scan after them has not
    assert without_times(parted.json()) == without_times(whole.json())
    assert not list((parted.folder / "clones").glob("*/part*"))


def test_parts_that_find_nothing_to_read_cost_only_time(fleet: TheFleet, tmp_path: Path, monkeypatch):
    repo = shared(tmp_path / "large")
    repo.write("big.txt", random.Random(1).randbytes(90_000).hex())
    repo.stage()
    repo.commit()
    repo.git("repack", "-adq")
    monkeypatch.setattr("keyguard.fleet.worker._part", lambda job, folder: 1 / 0)
    _, watched = fleet.scan(repo.top, split=1 << 14)
    assert "split" in [each[0] for each in watched.told]
    assert watched.how() == {str(repo.top): "read"}
    assert len(fleet.json()["findings"]) == 1


def test_what_is_broken_is_told_and_the_rest_unharmed(
    fleet: TheFleet, repos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    damaged = shared(tmp_path / "damaged")
    blob = damaged.git("rev-parse", "HEAD:b.py")
    (damaged.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    headless = Repo(tmp_path / "headless")
    (headless.top / ".git" / "HEAD").write_text("nonsense\n")
    summary, watched = fleet.scan(*repos, damaged.top, headless.top, tmp_path / "nowhere")
    assert (summary.read, summary.failed) == (4, 2)
    report = fleet.json()
    assert report["complete"] is False
    told = " ".join(each["what"] for each in report["incomplete"])
    assert all(str(each) in told for each in (damaged.top, headless.top, tmp_path / "nowhere"))
    assert len([each for each in watched.told if each[0] == "failed"]) == 2  # tried three times in all
    assert ("ended", str(damaged.top), "read", 2) in watched.told  # tried twice
    summary, watched = fleet.scan(*repos, damaged.top, headless.top)
    assert (summary.unchanged, summary.read, summary.failed) == (4, 0, 1)
    assert str(damaged.top) in " ".join(each["what"] for each in fleet.json()["incomplete"])  # it is still told
    monkeypatch.setattr("keyguard.fleet.run.AGAIN", timedelta(seconds=-60))
    summary, watched = fleet.scan(*repos, damaged.top)
    assert watched.how() == {str(damaged.top): "read"}  # some time later it is tried again


def test_what_a_repository_hides_itself_is_not_heeded(fleet: TheFleet, tmp_path: Path, run_here: RunKeyguard):
    repo = shared(tmp_path / "one")
    repo.save(".keyguard.toml", 'exclude-paths = ["*.py"]\n')
    assert run_here("scan", "--history", "--no-cache", str(repo.top)).code == 0
    fleet.scan(repo.top)
    assert [each["status"] for each in fleet.json()["findings"]] == ["open"]


def test_the_repository_around_a_broken_one_does_not_stand_for_it(fleet: TheFleet, tmp_path: Path):
    outer = shared(tmp_path / "outer")
    (outer.top / "inner" / ".git").mkdir(parents=True)
    summary, _ = fleet.scan(outer.top / "inner")
    assert (summary.read, summary.failed) == (0, 1)
    report = fleet.json()
    assert (report["findings"], report["complete"]) == ([], False)


def test_what_could_not_be_read_is_not_gone(fleet: TheFleet, tmp_path: Path):
    repo = shared(tmp_path / "one")
    fleet.scan(repo.top)
    blob = repo.git("rev-parse", "HEAD:b.py")
    (repo.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    fleet.scan(repo.top)
    report = fleet.json()
    assert report["complete"] is False
    assert len(report["findings"]) == 1
    assert report["fleet"]["gone"] == []


def test_an_interrupted_run_goes_on(fleet: TheFleet, repos: list[Path], monkeypatch: pytest.MonkeyPatch):
    from keyguard.fleet import store

    added, nowhere = store.Store.add, repos[0].parent / "nowhere"

    def interrupted(*given: Any) -> None:
        added(*given)
        if given[2].ended == "read":
            raise KeyboardInterrupt

    monkeypatch.setattr(store.Store, "add", interrupted)
    monkeypatch.chdir(repos[2])
    with pytest.raises(KeyboardInterrupt):
        fleet.scan(*repos, nowhere, settings=Settings(only=("openai-project-key",)))
    monkeypatch.setattr(store.Store, "add", added)
    assert len(fleet.json()["incomplete"]) == 3
    summary, watched = fleet.scan(resume=True)
    assert (summary.run, summary.unchanged, summary.read) == (1, 1, 2)
    assert str(nowhere) not in watched.how()
    assert [each["what"] for each in fleet.json()["incomplete"]] == [str(nowhere)]
    assert {each["rule"] for each in fleet.json()["findings"]} == {"openai-project-key"}  # by what it was begun with
    with pytest.raises(UsageError, match="no run"):
        fleet.scan(resume=True)


def test_a_run_that_goes_on_with_more_leaves_nothing_out(fleet: TheFleet, repos: list[Path]):
    def never() -> Pool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fleet.scan(*repos[:2], settings=Settings(strict=True), make=never)
    with pytest.raises(UsageError, match="begun with"):
        fleet.scan(resume=True, settings=Settings(strict=True, only=("openai-project-key",)))
    summary, _ = fleet.scan(repos[2], resume=True, settings=Settings(strict=True))
    assert summary.read == 3
    assert fleet.json()["complete"] is True


def test_what_was_not_looked_for_is_not_called_gone(fleet: TheFleet, repos: list[Path]):
    other = Settings(only=("anthropic-api-key",))
    fleet.scan(repos[1])
    fleet.scan(repos[1], settings=other)
    assert (fleet.json()["findings"], fleet.json()["fleet"]["gone"]) == ([], [])
    fleet.scan(repos[1])
    (found,) = fleet.json()["findings"]
    assert found["fleet"]["new"] is False
    fleet.scan(repos[1], settings=other)
    shutil.rmtree(repos[1])
    Repo(repos[1]).save("b.txt", "nothing\n")
    fleet.scan(repos[1])
    assert len(fleet.json()["fleet"]["gone"]) == 1


def test_why_a_repository_was_not_read_is_told_in_chinese(fleet: TheFleet, repos: list[Path], tmp_path: Path):
    damaged = Repo(tmp_path / "damaged.git", bare=True)
    (damaged.top / "HEAD").write_text("garbage")
    (tmp_path / "empty").mkdir()
    given: list[str | Path] = [
        "nowhere",
        "no*where",
        tmp_path / "empty",
        damaged.top,
        f"file://{tmp_path}/gone",
        "http://a.example/b",
    ]
    fleet.scan(*repos, *given)
    told = fleet.json()["incomplete"]
    assert len(told) == len(given)
    chinese = Words(Language.ZH)
    for each in told:
        assert all(chinese.phrase(said) != said for said in (each["why"], each["mend"]) if said), each


def test_every_form_tells_of_every_repository(fleet: TheFleet, repos: list[Path]):
    fleet.scan(*repos)
    for form, language in product(Format, Language):  # of one scan: it is what takes time
        text = fleet.report(form, language)
        assert all(secret not in text for secret in (KEY, OTHER, THIRD)), form
        assert "leaky" in text, form
        assert "shared" in text, form


def test_no_secret_is_in_results_or_on_the_way(fleet: TheFleet, repos: list[Path]):
    with fleet_store(fleet, reading=False):  # as long as it is open, the log stays
        _, watched = fleet.scan(*repos)
        for outcome in watched.outcomes:
            sent = pickle.dumps(outcome)
            assert not any(secret.encode() in sent for secret in (KEY, OTHER, THIRD))
        kept = {file.name: file.read_bytes() for file in fleet.folder.rglob("*") if file.is_file()}
    masked = fleet.json()["findings"][0]["secret"].encode()
    assert masked in kept["fleet.db-wal"]
    for name, data in kept.items():
        assert not any(secret.encode() in data for secret in (KEY, OTHER, THIRD)), name
