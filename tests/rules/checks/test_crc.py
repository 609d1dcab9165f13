"""Tokens with a CRC, against tokens that the tests build from the published descriptions."""

from __future__ import annotations

from random import Random

import pytest

from tests.support import credentials, keys
from tests.support.checks import changed, reason, said

CLASSIC = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_"]


@pytest.mark.parametrize("prefix", CLASSIC)
def test_classic_tokens(prefix: str):
    token = credentials.base62_token(Random(1), prefix)
    assert said("base62-checksum", token) is True
    for at in range(len(prefix), len(token)):
        assert said("base62-checksum", changed(token, at)) is False


def test_the_example_of_the_announcement():
    """GitHub shows this token, which never opened anything, where it explains the checksum."""
    assert said("base62-checksum", "ghp_" + "zQWBuTSOoRi4A9spHcVY5n" + "cnsDkxkJ" + "0mLq17") is True


def test_a_small_checksum_is_filled_up_with_zeros():
    rng = Random(2)
    token = next(token for token in iter(lambda: credentials.base62_token(rng), "") if token[-6] == "0")
    assert said("base62-checksum", token) is True


@pytest.mark.parametrize(
    "token",
    [
        "",
        "ghp_",
        "ghx_" + keys.text(Random(3), keys.ALNUM, 36),
        "ghp_" + keys.text(Random(3), keys.ALNUM, 35),
        "ghp_" + keys.text(Random(3), keys.ALNUM, 37),
        "ghp_" + "é" * 36,
        "github_pat_" + keys.text(Random(3), keys.ALNUM, 82),
    ],
)
def test_classic_tokens_of_another_length_or_kind_say_nothing(token: str):
    assert said("base62-checksum", token) is None


def test_grafana():
    token = credentials.grafana_token(Random(4))
    assert said("grafana-checksum", token) is True
    assert said("grafana-checksum", token[:-8] + token[-8:].upper()) is True
    assert said("grafana-checksum", changed(token, 10)) is False
    assert said("grafana-checksum", changed(token, len(token) - 1)) is False


@pytest.mark.parametrize("cut", [1, 8, 9])
def test_grafana_of_another_length_says_nothing(cut: int):
    token = credentials.grafana_token(Random(5))
    assert said("grafana-checksum", token[:-cut]) is None
    assert said("grafana-checksum", token + "a") is None
    assert said("grafana-checksum", token[:20] + "é" + token[21:]) is None


@pytest.mark.parametrize("prefix", ["glpat-", "glrt-", "gldt-"])
def test_gitlab_routable(prefix: str):
    token = credentials.gitlab_token(Random(6), prefix)
    assert reason("gitlab-checksum", token) == f"checksum holds: organization 1, user {int('7ps', 36)}"
    for at in (len(prefix), len(prefix) + 20, -9, -1):
        assert said("gitlab-checksum", changed(token, at % len(token))) is False


def test_gitlab_routable_of_the_first_months():
    token = credentials.gitlab_token(Random(7), route="g:a\no:2\np:zz", versioned=False)
    assert reason("gitlab-checksum", token) == "checksum holds: group 10, organization 2, project 1295"
    assert said("gitlab-checksum", changed(token, 12)) is False


def test_gitlab_route_that_is_none_is_not_told():
    assert reason("gitlab-checksum", credentials.gitlab_token(Random(8), route="密钥：\u001b[31m!")) == "checksum holds"


def test_gitlab_runner_tokens_are_never_denied():
    """It is not published whether their checksum counts the type that stands behind the prefix."""
    token = credentials.gitlab_token(Random(9), "glrt-t1_")
    assert said("gitlab-checksum", token) is True
    assert said("gitlab-checksum", changed(token, 20)) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        "glpat-",
        "glpat-" + keys.text(Random(1), keys.B64URL, 20),
        "glpat-" + "a" * 26 + ".01.0zabcdefg",
        "glpat-é.01.0z",
    ],
)
def test_gitlab_tokens_without_a_checksum_say_nothing(token: str):
    assert said("gitlab-checksum", token) is None


def test_atlassian_is_believed_and_never_denied():
    token = credentials.atlassian_token(Random(10))
    assert said("atlassian-checksum", token) is True
    assert said("atlassian-checksum", changed(token, 30)) is None
    assert said("atlassian-checksum", token[:-1]) is None
    assert said("atlassian-checksum", token[:-9] + "é" + token[-8:]) is None
