"""What docs/configuration.md shows is what is read."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from keyguard.config import Config, load
from keyguard.suppression.baseline import Baseline

TEXT = (Path(__file__).resolve().parents[2] / "docs/configuration.md").read_text(encoding="utf-8")
SETTINGS, BASELINE = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_every_option_is_shown_and_can_be_set_so():
    config = load(Path("docs"), text=SETTINGS.encode())
    assert all(getattr(config, field.name) for field in dataclasses.fields(Config))


def test_baseline_is_shown_as_it_is_written():
    baseline = Baseline.parse(BASELINE.encode())
    assert BASELINE in baseline.dumps()
    assert len(baseline) == 1
