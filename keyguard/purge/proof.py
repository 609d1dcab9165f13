"""Scans a rewritten clone for the same secrets by the same rules, so that nobody has to take a purge's word for it."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from keyguard.detection.engine import Engine
from keyguard.errors import SourceError
from keyguard.git import objects
from keyguard.git.repository import discover
from keyguard.model import Confidence, ScanResult, Stats
from keyguard.pipeline.processes import cores
from keyguard.pipeline.request import Verdict, guarded
from keyguard.pipeline.scan import Policy, Scan
from keyguard.pipeline.workers import BulkReader
from keyguard.purge.plan import Plan
from keyguard.sources.stored import ObjectReader


def left(plan: Plan, verdict: Verdict, clone: Path) -> ScanResult:
    """Return what of the plan's secrets is found in any object of the clone, reachable or not, or in a name of a ref.

    Nothing that the repository sets for itself hides anything here.
    """
    repository = discover(clone)
    if repository is None:
        raise SourceError(f"git does not know {clone} for a repository")
    wanted = tuple(each.fingerprint for each in plan.findings)
    policy = Policy(min_confidence=Confidence.LOW, fingerprint=wanted, comments=False)
    scan = Scan(verdict.catalogue, Engine(verdict.catalogue), policy, verdict.language)
    stats = Stats()
    reader = ObjectReader(repository, stats, scan.engine.reach, bulk=BulkReader(scan.engine, cores(), None, None))
    everything = reader.everything(objects.EVERYTHING, unreachable=True)
    return scan.run(chain(guarded(reader.names()), guarded(everything)), stats, repository)
