from __future__ import annotations

import base64
import json
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from keyguard.model import Confidence, Finding, Origin, Place, Secret, Severity, Where
from keyguard.pipeline.weighing import REASON, is_test, weighed
from tests.conftest import RunKeyguard
from tests.support import keys
from tests.support.repository import Repo


def finding(*paths: str | None, confidence: Confidence = Confidence.HIGH) -> Finding:
    places = tuple(Place(Origin(Where.FILE, path), 1, 1, 1, 2) for path in paths)
    return Finding("rule", "provider", "Title", confidence, Severity.HIGH, Secret("secret"), places)


@pytest.mark.parametrize(
    "path",
    ["a.py", "src/contest.py", "latest/a", "attestation/key", "src/testimony.py", "greatest/x.env", "docs/a.md",
     "examplesque/a", "config/.env", "prod.env", "inspector.js", "demography.csv", "protester/a.py",
     "a/test.py", "at/b", "at-t/b", "a/t.py", "a/examples.py"],
)  # fmt: skip
def test_ordinary_paths_are_no_tests(path: str) -> None:
    assert not is_test(path)


@pytest.mark.parametrize(
    "path",
    ["tests/a.py", "a/test/b", "src/__tests__/x.ts", "spec/models/user.rb", "integration-tests/a.go", "testdata/key",
     "a/fixtures/b.json", "examples/a.py", "examples_v2/a.py", "test_a.py", "a/b_test.go", "a.test.tsx", "a.spec.js",
     ".env.example", ".env.sample", "config.example.yml", "conftest.py", "src/KeyTest.java", "Tests/x.cs",
     "demo/app.py", "t/lib-gpg/keyring", "example.env", "settings.dist", "docs/EXAMPLES.md"],
)  # fmt: skip
def test_paths_of_tests_and_examples(path: str) -> None:
    assert is_test(path)


def test_nothing_changes_where_one_place_is_no_test() -> None:
    for unchanged in (finding("tests/a", "src/a"), finding("tests/a", None), finding(), finding(None)):
        assert weighed(unchanged) == unchanged


def test_the_name_of_an_archive_s_member_counts() -> None:
    steps = [("a.tar.gz", "curl-7.68/tests/data/a"), ("tests/a.zip", "b.env"), ("a.zip", "b.env")]
    places = [Place(Origin(Where.BLOB, path, member=member), 1, 1, 1, 2) for path, member in steps]
    lower = [REASON in weighed(replace(finding(), places=(place,))).evidence for place in places]
    assert lower == [True, True, False]


def test_a_key_in_tests_alone_is_one_step_less_sure() -> None:
    steps = {confidence: weighed(finding("tests/a", "b_test.go", confidence=confidence)) for confidence in Confidence}
    assert [each.confidence for each in steps.values()] == [Confidence.LOW, Confidence.LOW, Confidence.MEDIUM]
    assert [REASON in each.evidence for each in steps.values()] == [False, True, True]


DRAWN = [
    keys.text(Random(2), keys.ALNUM, 32), keys.text(Random(3), "0123456789abcdef", 32),
    str(UUID(bytes=Random(4).randbytes(16))),
    f"{keys.text(Random(5), keys.ALNUM, 32)}.{keys.text(Random(6), keys.ALNUM, 16)}",
]  # fmt: skip
"""Keys of kinds that only a name tells, of which a rule is no more than fairly sure."""
PASSWORD = base64.b64encode(b"client123:secret123").decode()


def confidence_of(path: str, text: str, confidence: Confidence = Confidence.MEDIUM) -> Confidence:
    return weighed(replace(finding(path, confidence=confidence), secret=Secret(text))).confidence


@pytest.mark.parametrize("path", ["tests/a.py", "tests/examples/a.py", "samples/tests/a", "test_demo.py", "mock.env"])
def test_a_key_in_tests_is_less_sure_however_random(path: str) -> None:
    assert [confidence_of(path, text) for text in DRAWN] == [Confidence.LOW] * len(DRAWN)


@pytest.mark.parametrize(
    "text",
    ["Passw0rd!", "changeme-changeme", PASSWORD, "-----BEGIN PRIVATE KEY-----\nAAAA",
     ".".join(keys.text(Random(at), keys.ALNUM, 30) for at in range(3))],
)  # fmt: skip
def test_what_somebody_typed_or_made_to_show_is_less_sure_in_examples(text: str) -> None:
    assert confidence_of("examples/a.py", text) is Confidence.LOW


@pytest.mark.parametrize(
    "path",
    ["examples/a.py", "samples/apps/appsettings.json", "Basic_Samples/Completions/.env", ".env.example", "demo.py",
     "tutorials/a.ipynb", "tests/cassettes/test_a.yaml", "a/tests/recordings/b.yaml", "test/web.har",
     "tests/vcr_cassettes/a.yml"],
)  # fmt: skip
def test_a_drawn_key_in_examples_and_recordings_is_still_shown(path: str) -> None:
    assert [confidence_of(path, text) for text in DRAWN] == [Confidence.MEDIUM] * len(DRAWN)
    assert REASON in weighed(replace(finding(path, confidence=Confidence.MEDIUM), secret=Secret(DRAWN[0]))).evidence
    assert confidence_of(path, DRAWN[0], Confidence.HIGH) is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("root", "path", "lower"),
    [
        ("/tmp/tests/x", "/tmp/tests/x/a.py", False),
        ("/tmp/tests/x/", "/tmp/tests/x/tests/a.py", True),
        ("/tmp/tests/a.py", "/tmp/tests/a.py", False),
        ("/tmp/tests/test_a.py", "/tmp/tests/test_a.py", True),
        ("/tmp/te", "/tmp/tests/a.py", True),
    ],
)
def test_only_what_lies_below_the_named_path_counts(root: str, path: str, lower: bool) -> None:
    assert (weighed(finding(path), [root]).confidence is Confidence.MEDIUM) is lower


def test_a_scan_says_why_it_is_less_sure(repo: Repo, run_keyguard: RunKeyguard) -> None:
    def found() -> tuple[str, bool]:
        (only,) = json.loads(run_keyguard("scan", "--format", "json", cwd=repo.top).stdout)["findings"]
        return only["confidence"], REASON in only["evidence"]

    repo.write("tests/test_client.py", f'KEY = "{keys.project_key(Random(1))}"\n')
    assert found() == ("medium", True)
    repo.write("client.py", f'KEY = "{keys.project_key(Random(1))}"\n')
    assert found() == ("high", False)
