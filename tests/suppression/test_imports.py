"""Files of other scanners: what they name is taken over, and whatever stands in them is read or refused."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from keyguard.errors import ConfigError
from keyguard.suppression.imports import Known, read
from tests.support.anything import damaged, spelled, tables, values

SHA1, SHA256 = "ab" * 20, "cd" * 32
LINES = (
    f"{SHA1}:a/b.py:some-rule:12", "src/c d.py:generic-api-key:7", SHA256, f"hmac-sha256:{SHA256}", "# a remark", "",
)  # fmt: skip
RESULT = {"type": "x", "hashed_secret": SHA1, "line_number": 3, "is_secret": False, "is_verified": True}
BASELINE = json.dumps({"version": "1.5.0", "results": {"a.py": [RESULT], "b/c.py": [RESULT, RESULT]}}).encode()
PATHS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff\r\n\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1, max_size=9
)
"""Without what no path has, and what is no part of a line of such a file."""


@given(damaged(["\n".join(LINES).encode(), BASELINE]) | st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(max_examples=75)
@example(b'{"results": ' + b"9" * 5000 + b"}")
@example(b'{"results": ' + b"[" * 5000)
def test_any_bytes_are_read_or_refused(data: bytes):
    try:
        known = read(data, "x")
    except ConfigError:
        return
    assert all(each.digest is not None or (each.path and each.line >= 0) for each in known)


@given(
    tables(["results", "version"], ["a.py"])
    | st.fixed_dictionaries(
        {
            "results": st.dictionaries(
                st.text(max_size=5), st.lists(tables(list(RESULT), [SHA1]), max_size=2) | values(), max_size=2
            )
        }
    )
)
@settings(max_examples=100)
def test_any_baseline_is_read_or_refused(table: object):
    try:
        known = read(spelled(table), "x")
    except ConfigError:
        return
    assert all(each.digest == SHA1 for each in known)


@given(st.lists(st.tuples(PATHS, st.integers(0, 999_999_999), st.sampled_from(["", f"{SHA1}:"])), max_size=4))
@settings(max_examples=60)
def test_every_entry_names_the_place_that_was_written(entries: list[tuple[str, int, str]]):
    kept = [each for each in entries if each[0] == each[0].strip() and not each[0].startswith(("#", "./"))]
    kept = [each for each in kept if "\\" not in each[0]]
    text = "".join(f"{commit}{path}:a-rule:{line}\n" for path, line, commit in kept)
    if text.startswith("{"):
        return
    assert read(text.encode(), "x") == [
        Known(f"{path}:{line}", path=path, line=line, commit=commit.rstrip(":") or None) for path, line, commit in kept
    ]
