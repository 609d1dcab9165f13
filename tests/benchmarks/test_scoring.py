"""The scorer counts right: made-up reports of made-up cells."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

from benchmarks.detection import page
from benchmarks.detection import report as pages
from benchmarks.detection.corpus import Cell, Corpus, Plan
from benchmarks.detection.decoys import IDS, Decoy, Text
from benchmarks.detection.kinds import KINDS
from benchmarks.detection.scoring import Score, fingerprint, score
from benchmarks.detection.surroundings import SURROUNDINGS
from benchmarks.detection.tools.model import Alarm, Report

BY_ID = {kind.id: kind for kind in KINDS}
PLACES = {each.id: each for each in SURROUNDINGS}


def cell(number: int, kind: str = "openai-project-74", surrounding: str = "env") -> Cell:
    return Cell(number, BY_ID[kind], PLACES[surrounding], 0, f"secret-{number}", f"files/000/{number:06d}/.env")


def told(number: int, **more: object) -> Alarm:
    """A finding as KeyGuard's report has it."""
    values: dict[str, object] = {
        "fingerprint": fingerprint(f"secret-{number}"),
        "vendors": frozenset({"openai"}),
        **more,
    }
    return Alarm(f"{number:06d}/.env", "a-rule", **values)  # type: ignore[arg-type]


def misses(cells: list[Cell], *alarms: Alarm, history: bool = True) -> dict[int, str]:
    return dict(score(cells, Report("tool", files=list(alarms), reads_history=history)).misses)


def test_nothing_reported_is_a_miss():
    assert misses([cell(1)]) == {1: "not reported"}


def test_another_text_in_the_file_is_a_miss():
    assert misses([cell(1)], told(1, fingerprint="kg1-0")) == {1: "a-rule reports another text"}


def test_low_confidence_is_a_miss():
    assert misses([cell(1)], told(1, counts=False)) == {1: "a-rule reports it with low confidence"}


def test_the_wrong_vendor_of_a_shared_shape_is_a_miss():
    shared = [cell(1, "stability")]
    assert misses(shared, told(1)) == {1: "a-rule names the vendor openai"}
    assert not misses(shared, told(1, vendors=frozenset({"moonshot", "stability"})))
    assert not misses(shared, told(1), told(1, vendors=frozenset({"stability"})))


def test_vendors_of_other_kinds_are_not_asked_for():
    assert not misses([cell(1)], told(1, vendors=frozenset({"generic"})))


def test_the_exact_fingerprint_counts_wherever_it_is_reported():
    assert not misses([cell(1)], told(1))
    assert fingerprint("secret-1") == "kg1-" + hashlib.sha256(b"secret-1").hexdigest()[:32]


def test_a_peer_that_shows_more_around_the_secret_counts():
    assert not misses([cell(1)], Alarm("/tmp/x/files/000/000001/.env", "generic", 'KEY="secret-1"'))
    assert misses([cell(1)], Alarm("/tmp/x/files/000/000001/.env", "generic", "secret-"))
    assert misses([cell(1)], Alarm("/tmp/x/files/000/000002/.env", "generic", 'KEY="secret-1"'))


def test_a_peer_that_shows_the_secret_encoded_counts():
    place = "/tmp/x/files/000/000001/.env"
    encoded = base64.b64encode(b"user:secret-1").decode()
    assert not misses([cell(1)], Alarm(place, "basic-auth", f"Basic {encoded}"))
    assert not misses([cell(1)], Alarm(place, "generic", "k=secret%2D1"))
    assert misses([cell(1)], Alarm(place, "basic-auth", base64.b64encode(b"user:secret-2").decode()))


def test_a_secret_inside_the_secret_counts():
    outer = replace(cell(1), inner="private-1")
    assert not misses([outer], Alarm("", "generic", "private-1"))
    assert not misses([outer], told(1, fingerprint=fingerprint("private-1")))
    assert not score([outer], Report("tool", files=[Alarm("", "generic", "private-1")])).strangers
    assert misses([outer], Alarm("", "generic", "private-2"))


def test_what_has_no_file_is_found_by_its_text():
    ref = Cell(1, BY_ID["openai-legacy"], PLACES["branch-name"], 0, "secret-1", "")
    assert not misses([ref], Alarm("", "generic", "fix/secret-1"))


def test_kinds_known_by_their_file():
    block = [cell(1, "pem-rsa", "zip")]
    assert not misses(block, told(1, fingerprint="kg1s-0", vendors=frozenset({"pem"})))
    assert misses(block, told(1, fingerprint="kg1s-0", vendors=frozenset({"aws"})))
    assert not misses(block, Alarm("000001/backup.zip!a", "private-key", "-----BEGIN-----\nsecret-1\n"))


def test_a_scanner_of_files_is_not_given_the_repository():
    cells = [cell(1), cell(2, surrounding="branch-name")]
    result = score(cells, Report("tool", files=[told(1)], reads_history=False))
    assert (result.share(), result.misses) == (1.0, {})
    assert score(cells, Report("tool", files=[told(1)])).share() == 0.5


def test_false_alarms_are_those_that_count():
    decoys = [Alarm("0001/bare/notes.txt", "a"), Alarm("0002/bare/notes.txt", "a", counts=False)]
    result = score([cell(1)], Report("tool", files=[told(1)], decoys=decoys))
    assert [alarm.path for alarm in result.false_alarms] == ["0001/bare/notes.txt"]
    assert not result.reached()


def test_strangers_are_findings_of_no_written_key():
    result = score([cell(1)], Report("tool", files=[told(1), told(1, fingerprint="kg1-1"), told(9)]))
    assert [alarm.fingerprint for alarm in result.strangers] == ["kg1-1", fingerprint("secret-9")]


def test_targets():
    cells = [cell(number) for number in range(1000)]
    found = [told(number) for number in range(1000)]
    assert score(cells, Report("tool", files=found)).reached()
    assert score(cells, Report("tool", files=found[4:])).reached()
    assert not score(cells, Report("tool", files=found[6:])).reached()
    rare = [*cells, cell(1000, "mistral")]
    assert score(rare, Report("tool", files=[*found, told(1000)])).reached()
    assert not score(rare, Report("tool", files=found)).reached()


def test_a_failed_scanner_has_no_score():
    result = score([cell(1)], Report("tool", failed="it crashed"))
    assert result.share() is None
    assert not result.reached()
    assert "failed: it crashed" in pages.overview(results(result))[1]


def results(*scores: Score) -> pages.Results:
    decoy = Decoy(Text(IDS, "x", "X", "x"), "bare", "0001/bare/a|b.txt", "x")
    corpus = Corpus(Path(), cells=[cell(1), cell(2, surrounding="json")], decoys=[decoy])
    return pages.Results("2026-11-23", Plan(), corpus, scores, ["a.zip: too deep"])


def test_page_and_text():
    cells = [cell(1), cell(2, surrounding="json")]
    own = score(cells, Report("KeyGuard", "1.0", files=[told(1)], decoys=[Alarm("x/0001/bare/a|b.txt", "a-rule")]))
    shown = "\n".join(pages.text(results(own)))
    assert "json: not reported: 1 of 1 kinds, for example files/000/000002/.env: openai-project-74" in shown
    assert "a-rule: 0001/bare/a|b.txt" in shown
    assert "a.zip: too deep" in shown
    assert "NOT reached" in shown
    written = "\n".join(page.markdown(results(own)))
    assert "| KeyGuard | 1.0 | 50.00 % | 50.00 % openai-project-74 | 0.00 % json | 1 | 0 |" in written
    assert "| json | 1 | 0.00 % |" in written
    assert "| ids and names, bare | 1 | 1 |" in written
    assert "- a-rule: 0001/bare/a|b.txt" in written


def test_no_key_is_printed():
    named = replace(cell(1, surrounding="file-name"), path="files/000/000001/report-secret-1.txt")
    (line,) = pages.misses(score([named], Report("tool")))
    assert "files/000/000001/report-….txt" in line
    assert "secret-1" not in line


def test_shares_are_never_rounded_up_to_all():
    assert [pages.share(value) for value in (None, 1, 0.99999, 0.5, 0)] == [
        "–",
        "100 %",
        "99.99 %",
        "50.00 %",
        "0.00 %",
    ]
