"""What the fuzzer found worth keeping still breaks nothing; `python -m fuzzing TARGET` goes on from there."""

from __future__ import annotations

import pytest

from fuzzing.seeds import WORDS, corpus, seeds
from fuzzing.targets import TARGETS


def test_each_target_has_words_and_a_corpus():
    assert set(WORDS) == set(TARGETS)
    assert all(len(corpus(name)) > 10 for name in TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_no_case_that_was_kept_breaks_anything(name: str):
    for case in [*corpus(name), *seeds(name)]:
        TARGETS[name](case)
