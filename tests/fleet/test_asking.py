"""Whether keys live: each is found again where one repository holds it, asked about once, and its answer kept."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import pytest

from tests.fleet.fleets import TheFleet, findings
from tests.support import keys
from tests.support.endpoints import openai
from tests.support.endpoints.server import StandIn
from tests.support.keyguard_with_endpoints import Placed
from tests.support.repository import Repo

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
LIVE, DEAD, OTHER = (keys.project_key(random.Random(seed)) for seed in (31, 32, 33))


def test_each_key_is_asked_about_once_and_the_answer_kept(fleet: TheFleet, tmp_path: Path):
    for number, lines in enumerate(([LIVE], [LIVE, DEAD], [OTHER])):
        Repo(tmp_path / "all" / str(number)).save("a.env", "".join(f"K={each}\n" for each in lines))
    with StandIn(openai.OpenAI({LIVE: openai.Key.LIVE})) as provider:
        addresses = Placed({"openai": f"{provider.url}/v1"})
        fleet.scan(tmp_path / "all")
        assert provider.seen == []
        _, watched = fleet.scan(tmp_path / "all", verify=True, addresses=addresses)
        assert ("asking", 3) in watched.told
        assert len(provider.seen) == 3
    report = fleet.json()
    told = {each["locations"][0]["line"] + 10 * len(each["locations"]): each["live"] for each in report["findings"]}
    assert told == {21: "live", 12: "revoked", 11: "revoked"}
    assert [key for key in report["fleet"]["live"] if findings(report)[key]["live"] == "live"] == report["fleet"][
        "live"
    ]
    text = fleet.report()
    assert not any(key in text for key in (LIVE, DEAD, OTHER))
    kept = b"".join(file.read_bytes() for file in fleet.folder.rglob("*") if file.is_file())
    assert not any(key.encode() in kept + pickle.dumps(watched.outcomes) for key in (LIVE, DEAD, OTHER))


def test_what_cannot_be_asked_is_told_and_is_not_dead(fleet: TheFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    repo = Repo(tmp_path / "one")
    repo.save("a.env", f"K={LIVE}\n")
    monkeypatch.setattr("keyguard.fleet.worker._asked", lambda job, folder: 1 / 0)
    _, watched = fleet.scan(repo.top, verify=True)
    assert [each[0] for each in watched.told].count("unasked") == 1
    report = fleet.json()
    assert report["findings"][0]["live"] is None
    assert len(report["fleet"]["live"]) == 1
