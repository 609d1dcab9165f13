"""What docs/configuration.md and docs/baseline.md show is what is read."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from keyguard.config import Config, load
from keyguard.config.contact import Contact
from keyguard.config.own import shared_table
from keyguard.config.settings import made
from keyguard.model import Confidence
from keyguard.suppression.baseline import Baseline, Decision
from tests.conftest import RunKeyguard

DOCS = Path(__file__).resolve().parents[2] / "docs"


def shown(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


SETTINGS, SHARED = shown("configuration.md")
(BASELINE,) = shown("baseline.md")


def test_every_option_is_shown_and_can_be_set_so():
    config = load(Path("docs"), text=SETTINGS.encode())
    assert all(getattr(config, field.name) for field in dataclasses.fields(Config))
    assert config.contact is not None
    assert all(getattr(config.contact, field.name) for field in dataclasses.fields(Contact))


def test_the_rules_that_are_shown_are_there(tmp_path: Path, run_here: RunKeyguard):
    (tmp_path / ".keyguard.toml").write_text(SETTINGS, encoding="utf-8")
    ran = run_here("config", "check", "--config", ".keyguard.toml", cwd=tmp_path)
    assert ran.code == 0, ran


def test_table_of_a_file_of_others_is_shown_as_it_is_read():
    assert find_text(SHARED).min_confidence is Confidence.HIGH


def test_baseline_is_shown_as_it_is_written():
    baseline = Baseline.parse(BASELINE.encode())
    written = [line for line in baseline.dumps().splitlines() if not line.startswith("#")]
    assert "\n".join(written).strip() == BASELINE.strip()
    assert (len(baseline), len(baseline.entries)) == (1, 2)


def test_every_decision_is_explained():
    page = (DOCS / "baseline.md").read_text(encoding="utf-8")
    assert all(f"`{decision}`" in page for decision in Decision)


def find_text(text: str) -> Config:
    document = shared_table(text.encode(), "pyproject.toml")
    assert document is not None
    return made(document, "pyproject.toml")
