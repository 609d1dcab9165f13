"""Rules of users beside KeyGuard's own."""

from __future__ import annotations

import pytest

from keyguard.errors import RuleError
from keyguard.rules import loader
from keyguard.rules.users import custom, joined
from keyguard.rules.users.joined import RuleFile, together, with_rules
from keyguard.rules.users.tables import Table
from tests.rules.users.sample import ACME, FILE, catalogue


def test_without_any_the_catalogue_is_the_same() -> None:
    assert with_rules(loader.load(), [RuleFile(FILE, [])]) is loader.load()


def test_an_id_of_keyguard_s_own_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="KeyGuard has a rule openai-project-key of its own, of openai"):
        catalogue({**ACME, "id": "openai-project-key"})


def test_an_id_stands_once_in_all_files() -> None:
    with pytest.raises(RuleError, match=r"stands there twice$"):
        catalogue(ACME, ACME)
    with pytest.raises(RuleError, match=r"stands there twice$"):  # the name as it comes from two readings
        with_rules(loader.load(), [RuleFile(name, [Table(name, ACME)]) for name in map(bytes.decode, [b"a.toml"] * 2)])
    files = [RuleFile(name, [Table(name, ACME)]) for name in ("one.toml", "two.toml")]
    with pytest.raises(RuleError, match=r"^two\.toml: rule acme-key: id: stands there twice, in one\.toml as well"):
        with_rules(loader.load(), files)


def test_a_rule_stands_with_its_provider() -> None:
    made = catalogue(ACME, {**ACME, "id": "acme-ai", "provider": "openai"})
    assert [rule.id for rule in made.provider_by_id[custom.ID].rules] == ["acme-key"]
    assert made.provider_by_id["openai"].rules[-1].id == "acme-ai"
    assert len(made.rules) == len(loader.load().rules) + 2


def test_what_is_refused_for_a_file_holds_for_its_rules_alone() -> None:
    one = RuleFile("one.toml", [Table("one.toml", ACME)], [Table("one.toml", {"words": ["demo"]})])
    two = RuleFile("two.toml", [Table("two.toml", {**ACME, "id": "acme-two"})])
    made = with_rules(loader.load(), [one, two])
    assert made.by_id["acme-key"].refuse[0].words == ("demo",)
    assert not made.by_id["acme-two"].refuse
    assert all(not rule.refuse for rule in made.rules if rule.file is None)
    with pytest.raises(RuleError, match=r"one\.toml: refuse: wrds: unknown field"):
        with_rules(loader.load(), [RuleFile("one.toml", [], [Table("one.toml", {"wrds": ["demo"]})])])


def test_there_may_be_many_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined, "MOST_RULES", 1)
    with pytest.raises(RuleError, match="more than 1 rules"):
        catalogue(ACME, {**ACME, "id": "acme-two"})
    monkeypatch.undo()
    monkeypatch.setattr(joined, "MOST_PATTERN", 10)
    with pytest.raises(RuleError, match="characters, more than 10"):
        catalogue(ACME)
    monkeypatch.undo()
    monkeypatch.setattr(joined, "MOST_LITERALS", 2)
    with pytest.raises(RuleError, match="3 literals, names and hosts, more than 2"):
        catalogue({**ACME, "literals": ["acme_", "acme-", "acme."]})
    named = {
        "pattern": "[0-9a-f]{32}",
        "detector": "entropy",
        "names": ["acme key"],
        "hosts": ["acme.io", "acme.app", "acme.dev"],
    }
    with pytest.raises(RuleError, match="8 literals, names and hosts, more than 2"):  # hosts are looked for both ways
        catalogue({"id": "acme-key", "context": 99, **named})


def test_of_several_catalogues_the_rules_of_users_come_together() -> None:
    one, two = catalogue(ACME), catalogue(ACME, {**ACME, "id": "acme-two"}, file="two.toml")
    made = together([one, two])
    assert made.by_id["acme-key"].file == FILE
    assert made.by_id["acme-two"].file == "two.toml"
    assert together([loader.load(), one]).provider_by_id[custom.ID].rules[0].id == "acme-key"
    assert together([loader.load(), loader.load()]) is loader.load()
