"""A cluster of Dask's gives the report that one process gives; no secret goes over its wire."""

from __future__ import annotations

import importlib.util
import random
import warnings
from pathlib import Path
from typing import Any

import pytest

from keyguard.errors import SourceError, UsageError
from keyguard.fleet import pools
from tests.fleet.fleets import TheFleet, without_times
from tests.support import keys
from tests.support.repository import Repo

KEY = keys.project_key(random.Random(13))
dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="needs the extra: keyguard[fleet]")


@dask
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("socket_enabled")
def test_a_cluster_gives_the_same_report(fleet: TheFleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import distributed
        from distributed.comm import tcp

    wrote: list[bytes] = []
    real: Any = vars(tcp)["to_frames"]

    async def frames(*given: Any, **named: Any) -> Any:
        made = await real(*given, **named)
        wrote.extend(map(bytes, made))
        return made

    monkeypatch.setattr(tcp, "to_frames", frames)
    repos = []
    for number in range(3):
        repo = Repo(tmp_path / f"r{number}")
        repo.save("a.env", f"K={KEY}\n")
        repos.append(repo.top)
    local: Any = distributed.LocalCluster
    with local(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp://", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        summary, _ = fleet.scan(*repos, tmp_path / "none", make=pools.cluster(cluster.scheduler_address))
    assert (summary.read, summary.failed, summary.left) == (3, 1, 0)
    alone = TheFleet(tmp_path / "alone")
    alone.folder.mkdir(mode=0o700)
    alone.scan(*repos, tmp_path / "none")
    assert without_times(fleet.json()) == without_times(alone.json())
    sent = b"".join(wrote)
    assert fleet.json()["findings"][0]["fingerprint"].encode() in sent
    assert KEY.encode() not in sent


@pytest.mark.parametrize("address", ["head:8786", "tcp://", "http://head:8786", "tcp://me:pass@head:8786"])
def test_what_is_no_address_of_a_scheduler_is_refused(address: str):
    with pytest.raises(UsageError, match="not the address"):
        pools.cluster(address)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="Dask distributed") as told:
        pools.cluster("tcp://head:8786")
    assert "keyguard[fleet]" in (told.value.hint or "")


@dask
@pytest.mark.filterwarnings("ignore")
def test_tls_without_certificates_is_told_before_anything_is_connected():
    with pytest.raises(SourceError, match="needs certificates"):
        pools.cluster("tls://127.0.0.1:1")()


@dask
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("socket_enabled")
def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pools, "CONNECT_SECONDS", 0.2)
    with pytest.raises(SourceError, match="no Dask scheduler answers"):
        pools.cluster("tcp://127.0.0.1:1")()
