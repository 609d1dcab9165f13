"""Rules of users add to what is found, within bounds, and take nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection import shaped, watched
from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Confidence, Match, Origin, Unread, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from tests.rules.users.sample import ACME, catalogue
from tests.support import keys

RNG = keys.fresh()
KEY = "acme_" + keys.text(RNG, keys.ALNUM, 32)
PROJECT = keys.project_key(RNG)
HEX = keys.hex_sk_key(RNG)
EVIL: dict[str, Any] = {"id": "evil", "pattern": "(?P<secret>(?:a{1,50}){1,50})b"}


def found(
    rules: Catalogue, data: str | bytes, origin: Origin | None = None, *, bulk: bool = False
) -> set[tuple[str, str]]:
    return {(each.rule, each.secret.reveal()) for each in everything(Engine(rules, bulk=bulk), data, origin)[0]}


def everything(engine: Engine, data: str | bytes, origin: Origin | None = None) -> tuple[list[Match], list[Unread]]:
    content = data.encode() if isinstance(data, str) else data
    items = list(engine.detect(Chunk(origin or Origin(Where.FILE, "src/a.py"), content)))
    return [each for each in items if isinstance(each, Match)], [each for each in items if isinstance(each, Unread)]


def rule(**values: Any) -> Catalogue:
    return catalogue({**ACME, **values})


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("literals", [{}, {"literals": []}], ids=["with a literal", "run on everything"])
def test_a_key_is_found_as_it_stands_and_in_wide_text(literals: dict[str, Any], bulk: bool) -> None:
    rules = rule(**literals)
    assert found(rules, "acme_your_key_here", bulk=bulk) == set()
    assert found(rules, f"k = '{KEY}'", bulk=bulk) == {("acme-key", KEY)}
    assert found(rules, f"密钥是{KEY}。".encode("utf-16"), bulk=bulk) == {("acme-key", KEY)}
    assert found(rules, b"\x7fELF\x01\x02" + KEY.encode("utf-16-le") + b"\xff\xfe\x01", bulk=bulk) == {
        ("acme-key", KEY)
    }


def test_it_is_told_which_file_the_rule_stands_in() -> None:
    (match,) = everything(Engine(rule()), KEY)[0]
    assert match.evidence == ("found by a rule of .keyguard.toml",)


HIDERS: list[dict[str, Any]] = [
    {"pattern": "sk-proj-[A-Za-z0-9_-]{20,200}", "severity": "low"},
    {"pattern": "[^\\n]{0,40}sk-proj-[A-Za-z0-9_-]{20,200}[^\\n]{0,40}", "priority": 1000, "confidence": "high"},
    {"pattern": "proj-(?P<secret>[A-Za-z0-9_-]{9})", "priority": 1000, "confidence": "high"},
    {"pattern": "(?s:.){1,300}", "literals": [], "priority": 99},
    {"pattern": "sk-proj-[A-Za-z0-9_-]{20,200}", "path": "\\.py$", "confidence": "high", "priority": 9},
    {"detector": "entropy", "pattern": "[A-Za-z0-9_-]{20,200}", "names": ["key"], "priority": 9, "confidence": "high"},
]  # fmt: skip


@pytest.mark.parametrize("hider", HIDERS, ids=lambda each: str(each["pattern"]))
@pytest.mark.parametrize("path", ["src/a.py", None])
def test_what_keyguard_finds_is_found_beside_any_rule(hider: dict[str, Any], path: str | None) -> None:
    text = f'OPENAI_API_KEY = "{PROJECT}"\nDEEPSEEK = "{HEX}"\n'
    origin = Origin(Where.FILE, path) if path else Origin(Where.BLOB, blob="0" * 40)

    def own(rules: Catalogue) -> set[tuple[object, ...]]:
        return {
            (each.rule, each.secret.reveal(), each.place, each.confidence, each.candidates)
            for each in everything(Engine(rules), text, origin)[0]
            if each.rule not in ("acme-key",)
        }

    before = own(loader.load())
    assert ("openai-project-key", PROJECT) in {each[:2] for each in before}
    assert own(rule(**hider)) == before


@settings(max_examples=30, deadline=None)
@given(
    pattern=st.sampled_from(["sk-[A-Za-z0-9_-]{9,200}", "[A-Za-z0-9]{9,60}", "[^x]{3,90}", "(?P<secret>.{5})T3B"]),
    priority=st.integers(-9, 9),
    confidence=st.sampled_from(["low", "medium", "high"]),
    literals=st.sampled_from([None, []]),
)
def test_no_rule_takes_anything_away(pattern: str, priority: int, confidence: str, literals: list[str] | None) -> None:
    values = {"pattern": pattern, "priority": priority, "confidence": confidence}
    rules = rule(**values) if literals is None else rule(**values, literals=literals)
    text = f"a={PROJECT} b={HEX} c={keys.google_key(keys.fresh())}"
    assert found(rules, text) >= found(loader.load(), text)


def test_of_rules_of_users_the_higher_priority_wins() -> None:
    other = {"id": "acme-other", "pattern": "acme_[A-Za-z0-9]{9,60}", "priority": 1}
    assert found(catalogue(ACME, other), KEY) == {("acme-other", KEY)}
    assert found(catalogue(ACME, {**other, "priority": -1}), KEY) == {("acme-key", KEY)}


def test_what_is_as_sure_already_is_not_told_twice() -> None:
    wider = {"pattern": "KEY = sk-proj-[A-Za-z0-9_-]{20,200}"}
    assert found(rule(**wider), f"KEY = {PROJECT}") == {("openai-project-key", PROJECT)}


def test_positions_are_right_where_secrets_overlap() -> None:
    rules = rule(pattern="ab-[A-Za-z0-9 =_-]{20,300}", confidence="high")
    text = f"\nab-12345 {HEX} 67\n  {KEY}"
    places = {each.rule: (each.place.line, each.place.column) for each in everything(Engine(rules), text)[0]}
    assert places == {"acme-key": (2, 1), "shared-sk-hex-key": (2, 10)}


@pytest.mark.parametrize(
    ("values", "text", "is_found"),
    [
        ({"min-entropy": 3.0}, KEY, True),
        ({"min-entropy": 5.5}, KEY, False),
        ({"refuse": [{"words": ["TEST"]}]}, f"x {KEY}", True),
        ({"refuse": [{"words": [KEY[6:9].upper()]}]}, KEY, False),
        ({"refuse": [{"patterns": ["^acme_"]}]}, KEY, False),
        ({"refuse": [{"patterns": ["^ acme_  # as every one begins"]}]}, KEY, False),
        ({"refuse": [{"patterns": ["^k="]}]}, f"k={KEY}", True),
        ({"refuse": [{"patterns": ["^k="], "target": "line"}]}, f"k={KEY}", False),
        ({"refuse": [{"patterns": ["demo"], "target": "line"}]}, f"demo\nk={KEY}\ndemo", True),
        ({"refuse": [{"patterns": ["demo"], "target": "line"}]}, f"demo {'.' * 1500} {KEY}", False),
        ({"pattern": "k=(?P<secret>acme_[a-zA-Z0-9]{32})", "refuse": [{"patterns": ["^k="], "target": "match"}]},
         f"k={KEY}", False),
        ({"pattern": "k=(?P<secret>acme_[a-zA-Z0-9]{32})", "refuse": [{"patterns": ["^k="]}]}, f"k={KEY}", True),
        ({"pattern": "[a-z.]{0,9}k=(?P<secret>acme_[a-zA-Z0-9]{32})",
          "refuse": [{"patterns": ["^demo"], "target": "match"}]}, f"demo.k={KEY}", False),
        ({"pattern": "[a-z.]{0,9}k=(?P<secret>acme_[a-zA-Z0-9]{32})",
          "refuse": [{"patterns": ["^demo"], "target": "match"}]}, f"demo.-k={KEY}", True),
        ({"refuse": [{"words": ["acme"], "patterns": ["zz"], "condition": "all"}]}, KEY, True),
        ({"refuse": [{"words": ["acme"], "patterns": ["^a"], "condition": "all"}]}, KEY, False),
        ({"refuse": [{"words": ["zzzz"], "patterns": ["^a"]}]}, KEY, False),
        ({"near": ["acme.example"], "context": 50}, f"{KEY} {'.' * 60} acme.example", False),
        ({"near": ["acme.example"], "context": 50}, f"ACME.example {KEY}", True),
    ],
)  # fmt: skip
def test_conditions(values: dict[str, Any], text: str, is_found: bool) -> None:
    assert found(rule(**values), text) == ({("acme-key", KEY)} if is_found else set())


@pytest.mark.parametrize(
    ("values", "origin", "is_found"),
    [
        ({"path": r"\.tf$"}, Origin(Where.FILE, "a/b.tf"), True),
        ({"path": r"\.tf$"}, Origin(Where.FILE, "a/b.py"), False),
        ({"path": r"\.tf$"}, Origin(Where.STDIN), True),
        ({"path": r"\.tf$"}, Origin(Where.COMMIT_MESSAGE, commit="0" * 40), False),
        ({"path": "密"}, Origin(Where.FILE, "密/b.py"), None),
        ({"path": r"\xe5\xaf\x86"}, Origin(Where.FILE, "密/b.py"), True),
        ({"refuse": [{"paths": ["^a/"]}]}, Origin(Where.FILE, "a/b.py"), False),
        ({"refuse": [{"paths": ["^a/"]}]}, Origin(Where.FILE, "b/a/b.py"), True),
        ({"refuse": [{"paths": ["^a/"], "words": ["zzz"], "condition": "all"}]}, Origin(Where.FILE, "a/b"), True),
        ({"refuse": [{"paths": ["^a/"], "words": ["acme"], "condition": "all"}]}, Origin(Where.FILE, "a/b"), False),
        ({"refuse": [{"paths": ["^a/"], "words": ["acme"], "condition": "all"}]}, Origin(Where.FILE, "b/b"), True),
    ],
)
def test_the_path_decides_where_it_is_asked_for(values: dict[str, Any], origin: Origin, is_found: bool | None) -> None:
    if is_found is not None:
        assert found(rule(**values), KEY, origin) == ({("acme-key", KEY)} if is_found else set())


def test_where_the_path_is_not_known_yet_it_is_asked_later() -> None:
    (match,) = everything(Engine(rule(path=r"\.tf$")), KEY, Origin(Where.BLOB, blob="0" * 40))[0]
    assert match.limits is not None
    assert match.limits.within == rb"\.tf$"


def test_a_slow_rule_runs_out_of_time_and_keyguard_s_own_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaped, "_SECONDS", 0.5)
    engine = Engine(catalogue(EVIL))
    matches, unread = everything(engine, f"{'a' * 3000} {PROJECT}")
    assert [each.rule for each in matches] == ["openai-project-key"]
    assert ["rule evil did not finish on it in time" in each.why for each in unread] == [True]


def test_a_slow_rule_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MOST_TIMEOUTS", 1)
    monkeypatch.setattr(shaped, "_SECONDS", 0.5)
    engine = Engine(catalogue(EVIL, ACME))
    assert everything(engine, "a" * 3000)[1]
    matches, (unread,) = everything(engine, f"b {'a' * 3000} {KEY}")
    assert (unread.what, unread.why) == (
        "the rest, for rule evil",
        "the rule ran out of time 1 times, and was not tried again",
    )
    assert [each.rule for each in matches] == ["acme-key"]


def test_all_together_get_only_so_much_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "SECONDS", 0.0)
    monkeypatch.setattr(watched, "SECONDS_PER_BYTE", 0.0)
    matches, unread = everything(Engine(catalogue(ACME)), f"{KEY} {PROJECT}")
    assert [each.rule for each in matches] == ["openai-project-key"]
    assert [each.what for each in unread] == ["the rest, for rule acme-key"]


def test_a_rule_that_finds_everything_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MOST_SECRETS", 3)
    rng = keys.fresh()
    text = " ".join("acme_" + keys.text(rng, keys.ALNUM, 30) for _ in range(9))
    matches, unread = everything(Engine(rule()), f"{text} {PROJECT}")
    assert len([each for each in matches if each.rule == "acme-key"]) == 3
    assert [each.why for each in unread] == ["the rule found 4 secrets, which cannot all be some"]
    assert any(each.rule == "openai-project-key" for each in matches)


@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(st.sampled_from([KEY, PROJECT, "acme_", "x" * 300, "\0", " ", "\n", "密"]), max_size=6))
@pytest.mark.parametrize("bulk", [False, True])
def test_the_gate_hides_nothing(bulk: bool, pieces: list[str]) -> None:
    rules = catalogue(ACME, {"id": "acme-open", "pattern": "acme[-_]?[a-zA-Z]{1,4}[0-9]", "literals": []})
    data = "".join(pieces)
    gated, oracle = (everything(engine, data)[0] for engine in (Engine(rules, bulk=bulk), Engine(rules, gated=False)))
    assert {(each.rule, each.place) for each in gated} == {(each.rule, each.place) for each in oracle}
    assert all(each.confidence >= Confidence.LOW for each in gated)


def test_chunks_overlap_by_what_a_rule_without_a_literal_looks_at() -> None:
    far = {"pattern": "[0-9a-f]{16000}", "near": ["acme"], "context": 4000}
    assert Engine(rule(**far)).reach >= 8 * 20_000
