"""The look-alikes are many, distinct, and in three forms."""

from __future__ import annotations

from benchmarks.detection.decoys import decoys, forms, texts


def test_texts_are_many_and_distinct():
    made = texts(seed=1)
    assert len({each.text for each in made}) == len(made) >= 300
    assert texts(seed=1) == made != texts(seed=2)


def test_each_stands_in_three_forms():
    made = list(decoys(seed=1))
    assert len(made) == 3 * len(texts(seed=1))
    assert len({decoy.path for decoy in made}) == len(made)
    assert all(decoy.text.text in decoy.content for decoy in made)


def test_marks_do_not_cut_a_text():
    quoted = {name: content for name, _, content in forms("KEY", 'W/"abc"')}["quoted"]
    assert "'W/\"abc\"'" in quoted
