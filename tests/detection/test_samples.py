"""Keys that documentation shows to everybody: refused by their fingerprints, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyguard.detection.engine import Engine
from keyguard.model import Chunk, Match, Origin, Secret, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue
from tests.support import keys

CATALOGUE = loader.load()
BUILDERS: dict[str, keys.Builder] = {
    "openai": keys.project_key, "anthropic": keys.anthropic_key, "google": keys.google_key, "groq": keys.groq_key,
    "huggingface": keys.huggingface_token,
}  # fmt: skip


def with_samples(provider: str, samples: frozenset[str]) -> Catalogue:
    """Return KeyGuard's catalogue in which one provider has these samples besides its own."""
    return Catalogue(
        tuple(
            each
            if each.id != provider
            else replace(each, rules=tuple(replace(rule, samples=rule.samples | samples) for rule in each.rules))
            for each in CATALOGUE.providers
        )
    )


def found(catalogue: Catalogue, text: str) -> list[str]:
    chunk = Chunk(Origin(Where.FILE, "app.py"), text.encode())
    return [each.secret.reveal() for each in Engine(catalogue, bulk=False).detect(chunk) if isinstance(each, Match)]


@pytest.mark.parametrize("provider", BUILDERS)
def test_a_key_is_refused_once_it_is_listed_as_a_sample(provider: str) -> None:
    rng = keys.fresh()
    key, other = BUILDERS[provider](rng), BUILDERS[provider](rng)
    text = f'KEY = "{key}"\n\nOTHER = "{other}"\n'
    assert sorted(found(CATALOGUE, text)) == sorted([key, other])
    listed = with_samples(provider, frozenset([Secret(key).fingerprint]))
    assert found(listed, text) == [other]


def test_samples_are_listed_once() -> None:
    listed = [sample for each in CATALOGUE.providers for sample in each.rules[0].samples]
    assert listed
    assert len(listed) == len(set(listed))


def test_the_token_with_which_github_explains_the_checksum_is_a_sample() -> None:
    assert found(CATALOGUE, "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17") == []
