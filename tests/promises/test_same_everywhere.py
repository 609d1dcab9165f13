"""The same bytes give the same secrets wherever they stand: each source is held to all the others."""

from __future__ import annotations

import base64
import io
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.model import Confidence
from keyguard.pipeline import workers
from keyguard.pipeline.request import Request, run
from keyguard.pipeline.setup import Settings
from tests.support import archives
from tests.support.repository import Repo
from tests.support.texts import BUILDERS, texts

SETTINGS = Settings(no_repo_config=True, min_confidence=Confidence.LOW)
Found = dict[str, set[tuple[str, str]]]
"""The rule and the text of the secrets of each file."""


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """Return what a file may hold: text with keys, plain or encoded, bytes around it, or something that is opened."""
    rng = draw(st.randoms(use_true_random=False))
    key = draw(st.sampled_from(BUILDERS))(rng)
    noise = draw(st.binary(max_size=60))
    text = draw(texts())
    return draw(
        st.sampled_from(
            [
                text,
                noise + key.encode() + noise,
                b"x = " + base64.b64encode(text) + b"\n" + noise,
                json.dumps({"a": [*key.encode()], "b": key[::-1]}).encode(),
                f'k = "{key[:25]}" + "{key[25:]}"\n'.encode(),
                archives.notebook(archives.cell(f"k = '{key}'"), archives.cell("x", archives.stream(key))),
                archives.COMPRESSIONS["gz"](text),
                key.encode("utf-16-le") + noise,
                b"%b\0%b" % (noise, key.encode()),
            ]
        )
    )


def found(request: Request, *, member: bool = False) -> Found:
    """Return what a scan finds, by the name of the file or, of an archive, of its member."""
    result = run(request, SETTINGS).result
    assert not result.unread
    by_name: Found = {}
    for each in result.findings:
        for place in each.places:
            path = place.origin.member if member else place.origin.path
            name = (path or "").partition("!/")[0]
            by_name.setdefault(name, set()).add((each.rule, each.secret.reveal()))
    return _inside(by_name) if member else by_name


def _inside(by_name: Found) -> Found:
    """Leave out what the bytes of an archive show of a member's text, which there may go on for a character or two."""
    members = [each for name, many in by_name.items() if name for each in many]
    outside = {
        (rule, text)
        for rule, text in by_name.pop("", set())
        if not any(rule == other and text.startswith(inner) for other, inner in members)
    }
    return by_name | ({"": outside} if outside else {})


def of_stdin(files: Mapping[str, bytes]) -> Found:
    """Return what is found in each of the files where it is piped in."""
    by_name: Found = {}
    for name, data in files.items():
        with patch.object(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data))):
            result = run(Request(stdin=True), SETTINGS).result
        if result.findings:
            by_name[name] = {(each.rule, each.secret.reveal()) for each in result.findings}
    return by_name


@given(files=st.lists(contents(), min_size=1, max_size=8), jobs=st.sampled_from([1, 2]))
@settings(max_examples=4)
def test_every_source_finds_the_same(files: list[bytes], jobs: int):
    named = {f"f{number}.txt": data for number, data in enumerate(files)}
    with tempfile.TemporaryDirectory() as folder, patch.object(workers, "ALONE", 0):
        repo = Repo(Path(folder, "repo"))
        repo.save("first", "first\n")
        for name, data in named.items():
            repo.write(name, data)
        expected = found(Request(paths=(repo.top,)))
        repo.stage()
        assert found(Request(paths=(repo.top,), staged=True)) == expected
        repo.commit()
        repo.git("repack", "-adq")
        assert found(Request(paths=(repo.top,), history=True, jobs=jobs)) == expected
        assert found(Request(paths=(repo.top,), revisions="HEAD~..HEAD", jobs=jobs)) == expected
        assert of_stdin(named) == expected
        for form in ("zip", "tar.xz"):
            Path(folder, "archive").write_bytes(archives.ARCHIVES[form](named))
            assert found(Request(paths=(Path(folder, "archive"),)), member=True) == expected
