"""Makes the report on all repositories out of the results: one verdict, and what is known of each key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from keyguard.errors import UsageError
from keyguard.fleet.records import Record, result_of
from keyguard.fleet.store import Store
from keyguard.language import Language
from keyguard.model import Finding, Live, LiveCheck, ScanResult, Unread
from keyguard.model.fleet import Fleet, FleetKey, FleetRepository
from keyguard.pipeline.merge import merged
from keyguard.pipeline.request import Verdict
from keyguard.reporting.moments import moment
from keyguard.rules.catalogue import Catalogue

_NOTHING: Record = {"unread": [], "opaque": [], "omitted": [], "stats": {}, "weaker": 0}
_RESUME = "keyguard fleet scan --resume goes on"


def verdict_of(store: Store, catalogue: Catalogue, language: Language) -> tuple[Verdict, Fleet]:
    """Return the verdict on everything that is known, and the fleet; raises `UsageError` where there was no run."""
    runs = store.rows("SELECT id, started, coalesce(ended, '') FROM runs ORDER BY id DESC LIMIT 2")
    if not runs:
        raise UsageError(f"there are no results in {store.path}", "keyguard fleet scan makes them")
    run, started, ended = runs[0]
    now = datetime.now(UTC)
    present = _Reading(store, catalogue, language, run, gone=False)
    repositories = list(_repositories(store, run, present.results))
    whole = merged([*present.results.values(), _not_read(repositories)])
    keys = sorted((present.key(each, now) for each in whole.findings), key=_order)
    absent = _Reading(store, catalogue, language, run, gone=True)
    lost = [each for each in merged(list(absent.results.values())).findings if each.fingerprint in absent.incidents]
    gone = sorted((absent.key(each, now) for each in lost), key=_order)
    result = replace(whole, findings=tuple(each.finding for each in keys))
    result.stats.seconds = _seconds(started, ended)
    fleet = Fleet(run, started, ended, len(runs) > 1, tuple(keys), tuple(gone), tuple(repositories))
    return Verdict(result, catalogue, language, fleet=fleet), fleet


def only(verdict: Verdict, fleet: Fleet, keys: Sequence[FleetKey]) -> Verdict:
    """Return the verdict with these keys alone."""
    result = replace(verdict.result, findings=tuple(each.finding for each in keys))
    return replace(verdict, result=result, fleet=replace(fleet, shown=tuple(keys)))


def _order(key: FleetKey) -> tuple[bool, int, int, int, str]:
    found = key.finding
    reach = found.exposure.reach
    return (not found.status.blocks, -found.severity, -reach, -len(key.repositories), found.fingerprint)


class _Reading:
    """What the results say of keys that stand somewhere, or of those that are gone."""

    def __init__(self, store: Store, catalogue: Catalogue, language: Language, run: int, *, gone: bool) -> None:
        self._run = run
        self._catalogue = catalogue
        self._language = language
        self._gone = gone
        self.holding: dict[str, list[str]] = {}
        self.incidents = {
            row[0]: row[1:]
            for row in store.rows(
                "SELECT fingerprint, detected, seen, coalesce(gone, ''), coalesce(gone_run, since_run), live,"
                " live_why, live_hosts, live_at FROM incidents"
                " WHERE (gone IS NOT NULL) = ?",
                gone,
            )
        }
        findings = self._findings(store)
        readings = {} if gone else self._readings(store)
        names = dict.fromkeys((*readings, *findings))
        self.results = {
            name: result_of({**readings.get(name, _NOTHING), "findings": findings.get(name, [])}, name)
            for name in names
        }

    def _readings(self, store: Store) -> dict[str, Record]:
        rows = store.rows(
            "SELECT name, unread, opaque, omitted, stats, weaker FROM readings JOIN repositories ON id = repository"
            " ORDER BY name"
        )
        return {
            name: {
                "unread": json.loads(unread), "opaque": json.loads(opaque), "omitted": json.loads(omitted),
                "stats": json.loads(stats), "weaker": weaker,
            }
            for name, unread, opaque, omitted, stats, weaker in rows
        }  # fmt: skip

    def _findings(self, store: Store) -> dict[str, list[Record]]:
        """Return what is found by repository, each with its places."""
        places: dict[tuple[int, str], list[Record]] = {}
        for repository, key, kind, path, line, commit, author, date, more in store.rows(
            'SELECT p.repository, p.fingerprint, kind, path, line, "commit", author, date, p.more FROM places p'
            " JOIN findings f USING (repository, fingerprint) WHERE (f.gone_run IS NOT NULL) = ?"
            " ORDER BY 1, 2, p.position",
            self._gone,
        ):
            place = {"where": kind, "path": path, "line": line, "commit": commit, "author": author, "date": date}
            places.setdefault((repository, key), []).append({**place, **json.loads(more)})
        found: dict[str, list[Record]] = {}
        for repository, name, key, rule, provider, secret, confidence, severity, exposure, status, more in store.rows(
            "SELECT repository, name, fingerprint, rule, provider, secret, confidence, severity, exposure, status, more"
            " FROM findings JOIN repositories ON id = repository WHERE (gone_run IS NOT NULL) = ?"
            " ORDER BY name, position",
            self._gone,
        ):
            self.holding.setdefault(key, []).append(name)
            found.setdefault(name, []).append({
                "fingerprint": key, "rule": rule, "provider": provider, "secret": secret, "confidence": confidence,
                "severity": severity, "exposure": exposure, "status": status, **self._said(rule, json.loads(more)),
                "locations": places.get((repository, key), []),
            })  # fmt: skip
        return found

    def _said(self, rule: str, more: Record) -> Record:
        known = self._catalogue.by_id.get(rule)
        return {**more, "title": known.title[self._language] if known else more["title"]}

    def key(self, finding: Finding, now: datetime) -> FleetKey:
        detected, seen, gone, since, *live = self.incidents[finding.fingerprint]
        finding = replace(finding, live=_check(*live))
        dates = [each for each in (moment(place.date) for place in finding.places) if each is not None]
        first = min([*dates, *filter(None, [moment(detected)])], default=now)
        names = tuple(self.holding[finding.fingerprint])
        days = max((now - first).days, 0)
        return FleetKey(finding, names, detected, seen, days, gone, is_new=since == self._run)


def _repositories(store: Store, run: int, results: Mapping[str, ScanResult]) -> Iterator[FleetRepository]:
    """Yield every repository of the last run, and those of earlier ones of which something is known."""
    rows: list[Any] = store.rows(
        "SELECT name, coalesce(ended, ''), coalesce(at, ''), coalesce(why, ''), mend, EXISTS (SELECT 1 FROM targets t"
        " WHERE t.run = ? AND t.repository = id)"
        " FROM repositories LEFT JOIN scans s ON s.run = ? AND s.repository = id"
        " ORDER BY name",
        run,
        run,  # numbered ones are given by position no longer, says Python 3.12, and refuses it from 3.14 on
    )
    for name, ended, at, why, mend, is_meant in rows:
        if not is_meant and name not in results:
            continue
        keys = len(results[name].findings) if name in results else 0
        if is_meant and not ended:
            yield FleetRepository(name, keys, "", "", "the run has not come to it", _RESUME)
        else:
            yield FleetRepository(name, keys, ended if is_meant else "earlier", at, why, mend)


def _check(state: str | None, why: str, hosts: str, at: str | None) -> LiveCheck | None:
    return LiveCheck(Live(state), why, tuple(json.loads(hosts)), at) if state else None


def _not_read(repositories: Sequence[FleetRepository]) -> ScanResult:
    """Return a result that says which repositories as a whole were not read."""
    unread = tuple(Unread(each.name, each.why, each.mend) for each in repositories if each.ended in ("failed", ""))
    return replace(merged([]), unread=unread)


def _seconds(started: str, ended: str) -> float:
    first, last = moment(started), moment(ended)
    return (last - first).total_seconds() if first and last else 0.0
