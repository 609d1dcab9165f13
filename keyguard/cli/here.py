"""What the commands on incidents have in common: the repository around the current folder, and the words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from keyguard.cli.output import colored, columns, speaks, spoken
from keyguard.errors import UsageError
from keyguard.git.repository import here
from keyguard.language import Language
from keyguard.model import ELLIPSIS, Incident
from keyguard.pipeline.desk import Desk
from keyguard.pipeline.lookup import FINGERPRINT, ambiguous
from keyguard.pipeline.setup import Settings, rules_here

if TYPE_CHECKING:
    from keyguard.reporting.page import Page
    from keyguard.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Here:
    """The repository around the current folder, its incidents, and the language that people are spoken to in."""

    desk: Desk
    catalogue: Catalogue
    language: Language

    @classmethod
    def of(cls, language: Language | None, to_console: bool = True) -> Here:
        """Return it; raises `UsageError` outside of any repository.

        `to_console`: what is said goes to standard output, which may not be able to show every language.
        """
        repository = here("run it inside the repository of the incident")
        catalogue = rules_here(Settings()).catalogue
        wanted = language or Language.from_environment()
        return cls(Desk(repository, catalogue), catalogue, spoken(wanted) if to_console else wanted)

    @cached_property
    def titles(self) -> dict[str, str]:
        """What the kinds of keys are called, by rule."""
        return {name: rule.title[self.language] for name, rule in self.catalogue.by_id.items()}

    def title(self, incident: Incident) -> str:
        """Return what the kind of key is called."""
        return self.titles.get(incident.rule, incident.rule)

    def page(self) -> Page:
        """Return a page for standard output."""
        from keyguard.reporting.page import Page
        from keyguard.reporting.redaction import Redactor

        unicode = speaks(ELLIPSIS)
        return Page.make(self.language, Redactor(()), width=columns(), color=colored(), unicode=unicode)

    def incident(self, beginning: str) -> Incident:
        """Return the incident whose fingerprint begins so; raises `UsageError` unless there is exactly one."""
        if not FINGERPRINT.fullmatch(beginning):
            raise UsageError("that is not a fingerprint", "one begins with kg1-, as keyguard incidents list shows it")
        known = self.desk.known
        found = [each for each in (*known.open, *known.closed) if each.fingerprint.startswith(beginning)]
        if not found:
            raise UsageError(f"there is no incident {beginning} here", "keyguard incidents list --all shows all")
        if len(found) > 1:
            raise ambiguous(beginning, [each.fingerprint for each in found])
        return found[0]
