"""The keys of examples: the same in every run, and like issued ones."""

from __future__ import annotations

import base64
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.rules import templates
from keyguard.rules.catalogue import Example
from keyguard.rules.checks import CHECKS
from keyguard.rules.examples import DeferredExamples
from keyguard.rules.templates import ALPHABETS, TemplateError, expanded, is_random


@pytest.mark.parametrize("name", ALPHABETS)
def test_random_characters_are_of_the_alphabet_and_the_same_in_every_run(name: str):
    text = f"a-<<{name}:60>>-b"
    made = expanded(text, "rule/1")
    assert made == expanded(text, "rule/1") != expanded(text, "rule/2")
    assert made.startswith("a-")
    assert len(made) == 64
    assert set(made[2:-2]) <= set(ALPHABETS[name])
    assert len(set(made[2:-2])) >= min(8, len(ALPHABETS[name]) - 2)


def test_the_characters_stay_what_they_are():
    """Fingerprints of examples stand in documents, so another version of Python must not change them."""
    assert expanded("<<alnum:12>>", "rule/1") == templates.random_text(ALPHABETS["alnum"], 12, "rule/1/1")
    assert expanded("<<digits:8>>", "rule/1") == "28030859"


def test_two_templates_of_one_example_differ():
    first, second = expanded("<<alnum:20>> <<alnum:20>>", "rule/1").split()
    assert first != second


@given(st.sampled_from(sorted(ALPHABETS)), st.integers(2, 300), st.text(max_size=9))
def test_nothing_repeats_or_counts(name: str, length: int, seed: str):
    made = templates.random_text(ALPHABETS[name], length, seed)
    assert len(made) == length
    assert all(ord(after) - ord(before) not in (-1, 0, 1) for before, after in itertools.pairwise(made))


def test_text_is_encoded_also_where_it_holds_templates():
    made = expanded('<<b64url-of:{"key":"<<alnum:20>>"}>>', "rule/1")
    assert "=" not in made
    decoded = base64.urlsafe_b64decode(made + "==").decode()
    assert decoded.startswith('{"key":"')
    assert len(decoded) == 30
    assert expanded("<<b64-of:密钥>>", "x") == base64.b64encode("密钥".encode()).decode()


def test_the_secret_stands_where_the_text_wants_it():
    assert expanded("a <<secret>> b <<secret>>", "x", "KEY") == "a KEY b KEY"


def test_placeholders_are_written_short():
    assert expanded("sk-<<x:20>>", "rule/1") == "sk-" + "x" * 20
    assert not is_random("sk-<<x:20>>")
    assert is_random("sk-<<hex:20>>")


@given(st.integers(0, 999))
def test_a_checksum_is_made_over_what_stands_before_it(number: int):
    made = expanded("<<alnum:52>>JQQJ99BDACHYHv6XJ3w3AAABACOG<<azure-checksum>>", str(number))
    assert made.isalnum()
    evidence = CHECKS["azure-checksum"](made)
    assert evidence is not None
    assert evidence.holds


MADE = [
    ("base62-checksum", "npm_<<alnum:30>><<base62-checksum>>"),
    ("grafana-checksum", "glsa_<<alnum:32>>_<<grafana-checksum>>"),
    ("atlassian-checksum", "ATATT3x<<b64url:180>>=<<atlassian-checksum>>"),
    ("gitlab-checksum", "glpat-<<b64url-of:<<alnum:16>>o:1\nu:9\u0007>><<gitlab-checksum>>"),
    ("azure-identifiable", "<<alnum:76>>+ASt<<marvin-checksum:Default0>>"),
    ("azure-identifiable", "<<alnum:33>>AzCa<<marvin-checksum:Access00>>"),
    ("azure-identifiable", "<<alnum:42>>AzSe<<marvin-checksum:Query000>>"),
]


@pytest.mark.parametrize(("check", "template"), MADE)
@pytest.mark.parametrize("seed", "abcdefgh")
def test_every_checksum_holds(check: str, template: str, seed: str):
    evidence = CHECKS[check](expanded(template, seed))
    assert evidence is not None
    assert evidence.holds


@pytest.mark.parametrize("text", ["密<<marvin-checksum:Default0>>", "密<<base62-checksum>>", "a<<md5-checksum>>"])
def test_a_checksum_of_what_does_not_fit_is_refused(text: str):
    with pytest.raises(TemplateError):
        expanded(text, "rule/1")


@pytest.mark.parametrize(
    "text", ["<<alnum>>", "<<alnum:>>", "<<alnum:x>>", "<<alnum:0>>", "<<alnum:99999>>", "<<random:3>>", "<<b64-of>>"]
)
def test_a_template_that_cannot_be_carried_out_is_refused(text: str):
    with pytest.raises(TemplateError):
        expanded(text, "rule/1")


def test_text_that_only_looks_like_a_template_is_left_alone():
    assert expanded("cat <<EOF >> out && a << 1 >> b", "x") == "cat <<EOF >> out && a << 1 >> b"


def test_a_mistake_in_making_examples_is_not_taken_for_none():
    def made() -> tuple[Example, ...]:
        raise IndexError

    with pytest.raises(IndexError):
        list(DeferredExamples(made))
