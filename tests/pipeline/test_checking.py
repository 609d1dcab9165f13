"""What would be asked of findings, before anything is."""

from __future__ import annotations

from dataclasses import replace

from keyguard.pipeline.checking import Plan
from tests.reporting.samples import finding


def test_a_plan_of_keys_that_are_sent_and_of_those_that_are_not():
    own, shared, users = finding(), replace(finding(), candidates=("openai", "acme")), replace(finding(), rule="mine")
    assert dict(Plan.of([own], {}).hosts) == {"api.openai.com": 1}
    for each in (shared, users):
        plan = Plan.of([each], {})
        assert (plan.asked, plan.unsent, dict(plan.hosts)) == ((), 1, {})
