"""Beginnings for the fuzzer, made at run time where a key has to stand in them."""

from __future__ import annotations

import base64
import gzip
import json
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli

from keyguard.incidents.ledger import LAYOUT
from tests.support import archives, keys, packs

CORPUS = Path(__file__).resolve().parent.parent / "tests/fuzzing/corpus"
FINGERPRINT = "kg1-" + "0a" * 16
WORDS = {
    "decoding": [
        "sk-proj-", keys.MARKER, "\\u00", "%73", "&#x", "\\x73", "c2st", "736b2d", " + ", '"', "'", ".concat(",
        "OPENAI_API_KEY=", "sk-ant-api03-", "https://a:b@c/", "H4sI", "-----BEGIN ", "eyJ", "AKIA", "[115, 107, 45,",
    ],
    "archives": ["PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "ustar", '"cell_type"', '"nbformat"', "BZh9"],
    "packs": ["\xfftOc\0\0\0\2", "PACK\0\0\0\2", "\x90", "\xb0", "\x80"],
    "configuration": [
        "exclude-paths = [", "[[rule]]", "id = ", "pattern = ", "(?P<secret>", "[[refuse]]", "min-confidence = ",
        "accept-unread", "keywords", "baseline = ", "[contact]", "entropy", "'''", "{1,40}", "(?:", "lang = ",
    ],
    "reports": [
        '"results"', '"hashed_secret"', '"findings"', '"fingerprint"', "keyguard.report.v1", "[[rules]]", "regex = ",
        "[extend]", "[allowlist]", "secretGroup = ", "entropy = ", "keywords = [", "condition = ", "(?i)", "\\b",
    ],
    "baselines": ["[accepted]", "[closed]", FINGERPRINT, "rule = ", "reason = ", "decision = ", "detected = ", "at = "],
}  # fmt: skip
"""What the fuzzer may put in, for each target: it cannot guess a literal of twenty characters."""


def corpus(target: str) -> list[bytes]:
    """Return the cases that are kept, in an encoding that KeyGuard, which reads its own files, does not undo."""
    file = CORPUS / f"{target}.txt"
    lines = file.read_text("ascii").splitlines() if file.exists() else []
    return [base64.b85decode(line) for line in lines]


def seeds(target: str) -> list[bytes]:
    """Return what is made anew for each run."""
    return MAKERS[target]() if target in MAKERS else []


def _decoding() -> list[bytes]:
    rng = keys.fresh()
    made = []
    for build in (
        keys.project_key,
        keys.legacy_key,
        keys.anthropic_key,
        keys.groq_key,
        keys.azure_key,
        keys.google_key,
    ):
        key = build(rng)
        text = f"OPENAI_API_KEY={key}\n".encode()
        made += [text, base64.b64encode(text), text.hex().encode(), text.decode().encode("utf-16"), _percent(text)]
        made += [f'k = "{key[:20]}" + "{key[20:]}"'.encode(), json.dumps([*text]).encode()]
        made += [base64.b64encode(gzip.compress(text, mtime=0)), b"".join(b"\\u%04x" % each for each in text)]
    return made


def _percent(text: bytes) -> bytes:
    return b"".join(b"%%%02x" % each for each in text)


def _archives() -> list[bytes]:
    files = {"a/b.txt": b"text " * 9, "c.zip": archives.zipped({"d": b"inner"}), "e": b""}
    made = [build(files) for build in (*archives.ARCHIVES.values(), archives.tarred_and_brotli)]
    made += [brotli.compress(b"".join(b"line %d\n" % each for each in range(300)), quality=each) for each in (1, 5, 11)]
    output = archives.shown(image_png=archives.picture(size=500), application_json={"a": "b"})
    cell = archives.cell(["x\n", "y"], archives.stream("z"), output)
    return [*made, archives.docx(["a", "b"], ["c"]), archives.odt(["a"], ["b"]), archives.notebook(cell)]


def _packs() -> list[bytes]:
    base, more = b"a good blob\n" * 4, b"and more"
    change = packs.delta(len(base), len(base) + len(more), packs.copy(0, len(base)), packs.insert(more))
    by_name = packs.Entry(packs.identity(b"b"), packs.REFERENCE, change, base=packs.identity(base))
    entries = [packs.Entry(packs.identity(base), packs.BLOB, base), by_name]
    entries += [packs.Entry(packs.identity(b"%d" % each), packs.OFFSET, change, base=each) for each in range(2)]
    made = []
    for far in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            pack = packs.write(Path(folder), entries, far=far)
            index = pack.with_suffix(".idx").read_bytes()
            made.append(b"\xff" + len(index).to_bytes(2, "big") + index + pack.read_bytes())
    listed = [(3, base, 0), (6, change, 0), (7, change, 0), (6, change, 1), (3, zlib.compress(base), 190)]
    entry = b"".join(bytes([kind, len(body), at, at if at > 100 else 0]) + body for kind, body, at in listed)
    return [*made, b"\0" + entry, b"\x41" + entry]


def _configuration() -> list[bytes]:
    docs = Path(__file__).resolve().parent.parent / "docs"
    blocks = [part.split("```")[0] for part in (docs / "configuration.md").read_text("utf-8").split("```toml\n")[1:]]
    blocks += [part.split("```")[0] for part in (docs / "rules.md").read_text("utf-8").split("```toml\n")[1:]]
    return [each.encode() for each in blocks]


def _reports() -> list[bytes]:
    place = {"where": "file", "path": "a.py"}
    report = {"schema": "keyguard.report.v1", "findings": [{"fingerprint": FINGERPRINT, "locations": [place]}]}
    accepted = {"results": {"a.py": [{"hashed_secret": "0" * 40, "line_number": 3, "is_secret": False}]}}
    rule = """[[rules]]
id = "a"
description = "b"
regex = '''(?i)\\b(acme_[a-z0-9]{20})\\b'''
secretGroup = 1
entropy = 3.5
keywords = ["acme"]
[[rules.allowlists]]
condition = "AND"
paths = ['''x''']
stopwords = ["c"]
[allowlist]
regexes = ['''d''']
"""
    return [json.dumps(report).encode(), json.dumps(accepted).encode(), b"a.py:rule:3\n" + b"0" * 64, rule.encode()]


def _baselines() -> list[bytes]:
    entry = f'"{FINGERPRINT}" = {{ rule = "openai-project-key", decision = "accepted", reason = "why" }}\n'
    incident = f'"{FINGERPRINT}" = {{ rule = "openai-project-key", since = "2026-01-01T00:00:00Z" }}\n'
    return [f"[accepted]\n{entry}".encode(), f"[closed]\n{incident}".encode(), LAYOUT.text({}).encode()]


MAKERS: dict[str, Callable[[], list[bytes]]] = {
    "decoding": _decoding,
    "archives": _archives,
    "packs": _packs,
    "configuration": _configuration,
    "reports": _reports,
    "baselines": _baselines,
}
