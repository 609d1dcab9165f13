"""Works out the checksums with which made-up keys end, so that the examples of rules look like issued keys."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from keyguard.rules.checks import azure, bech32, crc, marvin
from keyguard.rules.checks.bases import BASE36, written


def _annotated(before: str, _: str) -> str:
    return next(filter(str.isalnum, azure.checksums(before[-azure.SIGNED :])), "")


def _routable(before: str, _: str) -> str:
    """Return version, length and checksum of a GitLab token, whose prefix ends at the first dash before it."""
    signed = f"{before}.01.{written(len(before.partition('-')[2]), BASE36, 2)}"
    return signed.removeprefix(before) + crc.gitlab_of(signed)


def _marvin(before: str, seed: str) -> str:
    """Return base64 that goes on with the hash of the bytes it stands for; bits before a whole byte are zero."""
    data = base64.b64decode(before + "A" * (-len(before) % 4))[: -(-len(before) * 6 // 8)]
    return base64.b64encode(data + marvin.hashed(data, seed)).decode()[len(before) :]


def _bech32(before: str, _: str) -> str:
    name, _, data = before.lower().rpartition("1")
    return bech32.checksum_of(name, data).upper()


MAKERS: Mapping[str, Callable[[str, str], str]] = {
    "atlassian-checksum": lambda before, _: crc.atlassian_of(before),
    "azure-checksum": _annotated,
    "base62-checksum": lambda before, _: crc.base62_of(before[-30:]),
    "bech32-checksum": _bech32,
    "gitlab-checksum": _routable,
    "grafana-checksum": lambda before, _: crc.grafana_of(before.removesuffix("_")),
    "marvin-checksum": _marvin,
}
"""What makes each, from the text before it and from what it is given; raises `ValueError` where that does not fit."""
