"""What has left this machine and may live is not cleaned up."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from keyguard.errors import UsageError
from keyguard.model import Confidence, Exposure, Finding, Secret, Severity
from keyguard.purge.guard import AWAY, refuse_live
from tests.support import keys

FOUND = Finding(
    "openai-project-key", "openai", "A key", Confidence.HIGH, Severity.CRITICAL,
    Secret(keys.project_key(random.Random(1))), (),
)  # fmt: skip


@pytest.mark.parametrize("exposure", Exposure)
@pytest.mark.parametrize("dead", [True, False, None])
def test_only_the_dead_and_those_at_home_pass(exposure: Exposure, dead: bool | None):
    findings = [replace(FOUND, exposure=exposure)]
    if exposure in AWAY and not dead:
        with pytest.raises(UsageError, match="not known to be revoked" if dead is None else "still live") as refused:
            refuse_live(findings, lambda _: dead)
        assert FOUND.secret.reveal() not in refused.value.message
    else:
        refuse_live(findings, lambda _: dead)
