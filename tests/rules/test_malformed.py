"""What the loader refuses, and what it says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.rules.loader import load_file
from tests.rules.sample import ENTROPY, GUIDE, HEAD, RULE, SOUND, WORDS, written

BROKEN = [
    # a piece of the sound file, what stands in its place, what the message names
    ('id = "acme"', "", ["acme.toml", "id", "missing"]),
    ('id = "acme"', 'id = "other"', ["id", "file's name"]),
    ('id = "acme"', 'id = ""', ["id", "blank"]),
    ('id = "acme"', "id = 3", ["id", "a text"]),
    ("checked = 2026-11-23", 'checked = "2026-11-23"', ["checked", "a day"]),
    ("checked = 2026-11-23", "checked = 2026-11-23T00:00:00", ["checked", "a day"]),
    ("checked = 2026-11-23", "", ["checked", "a day"]),
    ("checked = 2026-11-23", "checked = 2026-11-23\nconsoel = 1", ["consoel", "unknown field", "console"]),
    ('"https://acme.example/keys"', '"http://acme.example/keys"', ["console", "https"]),
    ('"https://acme.example/docs"', '"https://acme.example/a b"', ["docs", "https"]),
    ('name = { en = "Acme", zh = "阿克米" }', 'name = { en = "Acme" }', ["name", "zh", "missing"]),
    ('name = { en = "Acme", zh = "阿克米" }', 'name = { en = "A", zh = "B", fr = "C" }', ["name", "fr", "unknown"]),
    ('name = { en = "Acme", zh = "阿克米" }', 'name = "Acme"', ["name", "a table"]),
    (RULE, "", ["rule", "missing"]),
    (RULE, "rule = 3\n", ["rule", "a list of tables"]),
    (RULE, "rule = [3]\n", ["rule", "number 1 is not a table"]),
    ("[guide.usage]\n" + WORDS, "", ["guide", "no step for usage"]),
    (GUIDE, "", ["guide", "missing"]),
    ("[guide.usage]", "[guide.use]", ["guide", "use", "unknown field"]),
    ("[guide.usage]\n", '[guide.usage]\nurl = "http://acme.example"\n', ["guide: usage", "url", "https"]),
    ("[guide.usage]\n", "[guide.usage]\nlink = 1\n", ["guide: usage", "link", "unknown field"]),
    ("[guide.usage]\n" + WORDS, "[guide.usage]\n" + WORDS.splitlines()[0] + "\n", ["guide: usage", "zh", "missing"]),
    ('title = "Do it"', 'title = "Do it", note = "x"', ["note", "unknown field"]),
    ('title = "Do it"', f'title = "{"d" * 61}"', ["revoke", "en", "title", "60 columns"]),
    ('title = "去做"', f'title = "{"做" * 31}"', ["revoke", "zh", "title", "60 columns"]),
    ('text = "Do it now."', 'text = " "', ["text", "blank"]),
    ('id = "acme-key"', 'id = "Acme_Key"', ["rule ?", "id", "kebab-case"]),
    ('id = "acme-key"', "", ["rule", "id", "missing"]),
    ('"pattern"', '"guess"', ["rule acme-key", "detector", "pattern, entropy"]),
    ('severity = "high"', 'severity = "huge"', ["severity", "critical, high"]),
    ('severity = "high"', "", ["severity", "missing"]),
    ('confidence = "medium"', 'confidence = "none"', ["confidence", "high, medium, low"]),
    ('sureness = "sure"', 'sureness = "maybe"', ["sureness", "likely"]),
    ('sureness = "sure"', 'sureness = "sure"\nspan = 40', ["acme-key", "span", "unknown field"]),
    ('sureness = "sure"', 'sureness = "sure"\nnames = ["acme"]', ["names", "unknown field"]),
    ('sureness = "sure"', 'sureness = "sure"\npriority = "1"', ["priority", "whole number"]),
    ('sureness = "sure"', 'sureness = "sure"\npriority = true', ["priority", "whole number"]),
    ('sureness = "sure"', 'sureness = "sure"\nproofs = ["luck"]', ["proofs", "none of the words", "azure-checksum"]),
    ('sureness = "sure"', 'sureness = "sure"\nrequire = ["luck"]', ["require", "none of the words"]),
    ('sureness = "sure"', 'sureness = "sure"\nproven = "high"', ["proven", "without proofs"]),
    ('sureness = "sure"', 'sureness = "sure"\ndisproven = "low"', ["disproven", "without proofs"]),
    ('sureness = "sure"', 'sureness = "sure"\nnear = ["acme"]', ["context", "near"]),
    ('sureness = "sure"', 'sureness = "sure"\ncontext = 9\nhints = ["acme"]', ["hints", "candidates"]),
    ('sureness = "sure"', 'sureness = "sure"\ncontext = -1', ["context", "from 0"]),
    ('sureness = "sure"', 'sureness = "sure"\ncontext = 9999', ["context", "4096"]),
    ('sureness = "sure"', 'sureness = "sure"\ncontext = 9\nnear = [1]', ["near", "texts"]),
    ('sureness = "sure"', 'sureness = "sure"\nreferences = ["http://acme.example"]', ["references", "https"]),
    ('literals = ["acme_"]', "", ["literals", "name a literal"]),
    ('literals = ["acme_"]', 'literals = "acme_"', ["literals", "a list of texts"]),
    ('literals = ["acme_"]', 'literals = ["ac"]', ["literals", "3 ASCII"]),
    ('literals = ["acme_"]', 'literals = ["密钥是"]', ["literals", "ASCII"]),
    ('literals = ["acme_"]', 'literals = ["acme_"]\nignore-case = 1', ["ignore-case", "true or false"]),
    ('literals = ["acme_"]', "literals = ['acme_', 'acme-']\nanchors = ['acme_a']", ["anchors", "each literal"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acm']", ["anchors", "begin with"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acme_?']", ["anchors", "begin with"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acme_(?=a)']", ["anchors", "looks around"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acme_a+']", ["anchors", "bound"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acme_(a)']", ["anchors", "group"]),
    ('literals = ["acme_"]', "literals = ['acme_']\nanchors = ['acme_[z-a]']", ["anchors", "regular expression"]),
    ('literals = ["acme_"]', 'literals = ["acme-"]', ["examples", "number 1", "literals"]),
    ("{20,40}", "+", ["pattern", "bound", "{1,200}"]),
    ("{20,40}", "*", ["pattern", "bound"]),
    ("{20,40}", "{20,}", ["pattern", "bound"]),
    ("{20,40}", "{20,99999}", ["pattern", "100004"]),
    ("{20,40}'", "{20,40}('", ["pattern", "group open"]),
    ("{20,40}'", "{20,40})'", ["pattern", "not open"]),
    ("'acme_[", "'acme_[z-a][", ["pattern", "regular expression"]),
    ("'acme_[", "'(acme_)[", ["pattern", "group"]),
    ("'acme_[", "'(?P<own>acme_)[", ["pattern", "group"]),
    ("'acme_[", "'(?P<secret>acme_)(a)?[", ["pattern", "group"]),
    ("'acme_[", r"'acme_(?P<secret>a)\1[", ["pattern", "back-reference"]),
    ("'acme_[", "'acme_(?i)[", ["pattern", "flag"]),
    ("'acme_[", "'密acme_[", ["pattern", "ASCII"]),
    ("'acme_[A-Za-z0-9]{20,40}'", "'a{0,9}'", ["pattern", "nothing"]),
    ("'acme_[A-Za-z0-9]{20,40}'", "''", ["pattern", "blank"]),
    ("'acme_[A-Za-z0-9]{20,40}'", "'acme_[a-z]{20,40}'", ["examples", "number 1", "captures"]),
    ("{20,40}", "{20,25}", ["examples", "number 1", "captures"]),
    ("  { secret = 'acme_<<alnum:20>>', path = \".env\" },\n", "", ["examples", "fewer than 2"]),
    ("<<alnum:20>>", "<<alpha:20>>", ["examples 2", "secret", "written out"]),
    ("<<alnum:20>>", "<<alnum:20>><<alpha:20>>", ["examples 2", "secret", "no template"]),
    ("<<alnum:20>>", "<<alnum>>", ["examples 2", "secret", "length"]),
    ("<<alnum:20>>", "<<alnum:0>>", ["examples 2", "secret", "length"]),
    ("<<alnum:20>>", "<<alnum:20>><<b64-of>>", ["examples 2", "secret", "needs a text"]),
    ("'密钥<<secret>>。'", "'密钥'", ["examples 1", "text", "<<secret>>"]),
    ('path = ".env"', 'file = ".env"', ["examples 2", "file", "unknown field"]),
    ("'acme_your_key', ", "", ["counter-examples", "fewer than 2"]),
    ("'acme_your_key'", "'acme_<<alnum:9>>'", ["counter-examples", "placeholder"]),
    ("'acme_your_key'", "3", ["counter-examples", "text"]),
    ('path = "a.py"', 'file = "a.py"', ["counter-examples", "file", "unknown field"]),
    ("'acme-<<alnum:30>>'", "'acme-<<alpha:30>>'", ["counter-examples", "template"]),
    ("counter-examples = [", "counter-examples = 3 #", ["counter-examples", "a list"]),
]


@pytest.mark.parametrize(("piece", "instead", "named"), BROKEN, ids=lambda value: str(value)[:40])
def test_a_malformed_file_is_refused_and_the_message_says_where(
    tmp_path: Path, piece: str, instead: str, named: list[str]
):
    assert piece in SOUND
    file = written(tmp_path, SOUND.replace(piece, instead, 1))
    with pytest.raises(RuleError) as refusal:
        load_file(file)
    said = f"{refusal.value.message} {refusal.value.hint}"
    assert said.startswith("acme.toml: ")
    for word in named:
        assert word in said


@pytest.mark.parametrize(
    ("piece", "instead", "named"),
    [
        ('names = ["acme cloud", "token acme"]', "", ["names", "missing"]),
        ('"acme cloud"', '"ac"', ["names", "3 ASCII"]),
        ('"api.acme.example"', '"x"', ["hosts", "3 ASCII"]),
        ("context = 99", "", ["context", "hosts"]),
        ("context = 99", 'context = 99\nliterals = ["acme"]', ["literals", "unknown field"]),
        ("[a-z0-9]{32}", "[a-z0-9]{30}", ["examples", "captures"]),
        ("ACME_CLOUD_KEY", "ACNE_CLOUD_KEY", ["examples", "number 1", "literals"]),
    ],
)
def test_a_malformed_entropy_rule_is_refused(tmp_path: Path, piece: str, instead: str, named: list[str]):
    load_file(written(tmp_path, HEAD + ENTROPY + GUIDE))
    assert piece in ENTROPY
    with pytest.raises(RuleError) as refusal:
        load_file(written(tmp_path, HEAD + ENTROPY.replace(piece, instead, 1) + GUIDE))
    for word in ["acme.toml", "acme-key", *named]:
        assert word in f"{refusal.value.message} {refusal.value.hint}"


@pytest.mark.parametrize("text", ["id = ", "a = 1\na = 2", "\x00"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str):
    with pytest.raises(RuleError, match=r"acme\.toml: is no TOML"):
        load_file(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "acme.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RuleError, match=r"acme\.toml: is no UTF-8"):
        load_file(tmp_path / "acme.toml")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "acme.toml").mkdir()
    with pytest.raises(RuleError, match=r"acme\.toml: cannot be read"):
        load_file(tmp_path / "acme.toml")


def test_a_message_does_not_repeat_what_stands_in_the_file(tmp_path: Path):
    with pytest.raises(RuleError) as refusal:
        load_file(written(tmp_path, SOUND.replace('severity = "high"', 'severity = "hunter2"')))
    assert "hunter2" not in f"{refusal.value.message} {refusal.value.hint}"
