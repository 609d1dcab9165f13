"""What the guide has to know of a finding: how far it went, where it stands, and the values for its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from keyguard.config.contact import Contact
from keyguard.language import Language
from keyguard.model import Exposure, Finding, Place, Where
from keyguard.remediation import quoting, words
from keyguard.rules.catalogue import Advice, Catalogue, Provider, Rule, Topic

COMMIT_DIGITS = 12
SHORT_FINGERPRINT = 16
LONGEST_LIST = 250
"""Characters of paths in one command; what is left out stands there as `FILE...`, for its user to fill in."""
NO_SERVICE = frozenset({
    "database", "jwt", "kubernetes", "netrc", "oauth", "pem", "rclone", "shared-sk", "web", "webhooks",
})  # fmt: skip
"""The files of rules that are about a kind of credential, and not about somebody who issues it."""
_ENV_FILE = re.compile(r"\.env(?:\.[\w-]+)*|[\w-]+\.env")
_PLAIN = re.compile(r"[\w./-]*")
_ENV_EXAMPLE = re.compile(r"example|sample|template|dist|default", re.IGNORECASE)


def is_env_file(path: str) -> bool:
    """Whether a file of this name holds variables, one a line."""
    return bool(_ENV_FILE.fullmatch(path.rpartition("/")[2]))


def is_example(path: str) -> bool:
    """Whether a file of this name is there to show which variables there are."""
    return bool(_ENV_EXAMPLE.search(path.rpartition("/")[2]))


class Value(str):
    """Text from a repository: plain in a sentence, `{…:sh}` a word of a shell command, `{…:top}` a path of git's."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        words = {"sh": quoting.shell, "top": quoting.from_top}
        return words.get(spec, quoting.plain)(self)


class Paths(str):
    """Paths from the top of a repository, with NUL between them; with `{…:top}` words of a command of git's."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec != "top":
            return ", ".join(map(quoting.plain, self.split("\0")))
        words = [quoting.from_top(each) for each in self.split("\0") if each]
        shown = [each for each, total in zip(words, accumulate(map(len, words)), strict=True) if total <= LONGEST_LIST]
        return " ".join(shown if shown and len(shown) == len(words) else [*shown, "FILE..."])


@dataclass(frozen=True)
class Situation:
    """A finding, or just a rule or a provider, with all that its guide depends on."""

    language: Language
    catalogue: Catalogue
    provider: Provider | None = None
    rule: Rule | None = None
    finding: Finding | None = None
    remote: str | None = None
    head: str | None = None
    contact: Contact | None = None

    @property
    def exposure(self) -> Exposure:
        """How far the key went; without a finding it is in doubt."""
        return self.finding.exposure if self.finding else Exposure.UNKNOWN

    @cached_property
    def place(self) -> Place | None:
        """The place that the words speak of: the earliest."""
        return self.finding.places[0] if self.finding and self.finding.places else None

    @property
    def where(self) -> Where | None:
        """What held the key there."""
        return self.place.origin.where if self.place else None

    @cached_property
    def wheres(self) -> frozenset[Where]:
        """Everything that held it."""
        return frozenset(each.origin.where for each in self.finding.places) if self.finding else frozenset()

    @cached_property
    def commits(self) -> frozenset[str]:
        """The commits that brought it in."""
        return frozenset(each.commit for each in self.finding.places if each.commit) if self.finding else frozenset()

    @property
    def has_first_commit(self) -> bool:
        """Whether one of them has no parent, though by its date it need not be the earliest."""
        return any(each.is_first for each in self.finding.places) if self.finding else False

    @cached_property
    def refs(self) -> frozenset[str]:
        """The refs that reach one of those commits."""
        return frozenset(ref for each in self.finding.places for ref in each.refs) if self.finding else frozenset()

    @property
    def path(self) -> str | None:
        """The file to take it out of, if it is a file and its name fits into a command."""
        path = self.place.origin.path if self.place else None
        return path if path and len(path) <= quoting.LONGEST else None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files to take it out of, as far as their names fit: those that git stores, if it is in any, else here."""
        wanted = {Where.BLOB} if Where.BLOB in self.wheres else {Where.FILE}
        all_of_them = (each.origin for each in self.finding.places) if self.finding else ()
        named = dict.fromkeys(each.path for each in all_of_them if each.where in wanted and each.path)
        return tuple(path for path in named if len(path) <= quoting.LONGEST)

    @property
    def is_env_file(self) -> bool:
        """Whether that file is one in which keys are kept, and so one that git should not have."""
        path = self.path or ""
        folder = path.rpartition("/")[0]
        return is_env_file(path) and bool(_PLAIN.fullmatch(folder)) and not is_example(path)

    @property
    def has_variable(self) -> bool:
        """Whether there is a service whose libraries read such a key, and so a variable that they read it from."""
        own = self.rule is None or self.rule.file is None
        return own and self.provider is not None and self.provider.id not in NO_SERVICE

    @property
    def is_new_message(self) -> bool:
        """Whether it stands in the message of a commit that is being made."""
        return self.where is Where.COMMIT_MESSAGE and not self.commits

    @property
    def has_check(self) -> bool:
        """Whether its provider can be asked if the key lives."""
        api = self.provider.apis.get(self.rule.id) if self.provider and self.rule else None
        if api is None:
            return False
        from keyguard.rules.api.values import Probe  # loaded with the API, and by no scan that finds nothing

        return isinstance(api.verify, Probe) and not api.verify.needs

    def advice(self, topic: Topic) -> Advice | None:
        """Return the rule's own words on a topic, else its provider's."""
        own = self.rule.advice.get(topic) if self.rule else None
        return own or (self.provider.advice.get(topic) if self.provider else None)

    def blank(self, name: str) -> str:
        """Return the word for something unknown."""
        return words.load().blanks[name][self.language]

    @cached_property
    def values(self) -> Mapping[str, str]:
        """What is filled into the words; all that a repository could have chosen is a `Value`."""
        remote = Value(self._hidden(self.remote or "ADDRESS"))
        return {**self._names(), **self._told_by_finding(), **self._contact(), "remote": remote}

    def _names(self) -> dict[str, str]:
        provider = self.provider.name[self.language] if self.provider else self.blank("provider")
        return {
            "provider": provider,
            "title": self.rule.title[self.language] if self.rule else provider,
            "subject": self._asked_for(),
            "variable": self._variable(),
            **self._candidates(),
        }

    def _contact(self) -> dict[str, str]:
        """Return whom to tell, in words that the reader of the configuration has made harmless."""
        given = self.contact
        if given is None:
            return {}
        name = given.name.get(self.language) or given.email or given.url or self.blank("team")
        parts = [name, given.email, given.text.get(self.language)]
        words = self.blank("semicolon").join(dict.fromkeys(part for part in parts if part))
        return {"contact": name, "contact_words": self._hidden(words), "contact_file": given.file}

    def _asked_for(self) -> str:
        """Return what `keyguard guide` has to be asked for: what is in git can be found again by its fingerprint."""
        outside = self.exposure is Exposure.NONE or self.where is Where.STDIN or self.is_new_message
        if self.finding and not outside:
            return self.finding.fingerprint[:SHORT_FINGERPRINT]
        return self._subject()

    def _subject(self) -> str:
        if self.finding:
            return self.finding.rule
        return self.rule.id if self.rule else (self.provider.id if self.provider else "")

    def _told_by_finding(self) -> dict[str, str]:
        place, finding = self.place, self.finding
        return {
            "path": Value(self._hidden((self.path or self.blank("path")) if finding else self.blank("path"))),
            "paths": Paths("\0".join(map(self._hidden, self.paths))),
            "commit": Value((place.commit or "")[:COMMIT_DIGITS] if place else ""),
            "ref": Value(self._hidden(next(iter(place.refs), "TAG") if place else "TAG")),
            "since": Value(self._day() or self.blank("since")),
            "day": Value(self._day() or self.blank("day")),
            "author": Value(self._hidden(place.author) if place and place.author else self.blank("author")),
            "masked": Value(finding.secret.masked) if finding else self.blank("masked"),
            "fingerprint": finding.fingerprint if finding else "FINGERPRINT",
            "short": finding.fingerprint[:SHORT_FINGERPRINT] if finding else "FINGERPRINT",
        }

    def _day(self) -> str:
        return (self.place.date or "")[:10] if self.place else ""

    def _candidates(self) -> dict[str, str]:
        ids = self.finding.candidates if self.finding else (self.rule.candidates if self.rule else ())
        known = [each for name in ids if (each := self.catalogue.provider_by_id.get(name))]
        return {
            "candidates": self.blank("comma").join(each.name[self.language] for each in known),
            "consoles": ", ".join(each.console for each in known),
        }

    def _variable(self) -> str:
        names = words.load().variables
        subject = self.finding.provider if self.finding else (self.provider.id if self.provider else "")
        own = self.rule is not None and self.rule.file is not None and not (self.provider and self.provider.console)
        nobodys = self.provider is not None and self.provider.id in NO_SERVICE
        if self.rule is not None and (own or (nobodys and self.rule.id not in names)):
            return _named_after(self.rule.id)
        default = f"{re.sub(r'[^A-Z0-9]+', '_', subject.upper()) or 'SERVICE'}_API_KEY"
        return names.get(self._subject()) or names.get(subject) or default

    def _hidden(self, value: str) -> str:
        return quoting.without(self.finding.secret if self.finding else None, value)


def _named_after(rule: str) -> str:
    """Return a name for what holds a key that only a user's rule knows."""
    name = re.sub(r"[^A-Z0-9]+", "_", rule.upper())
    return name if re.search(r"(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)\Z", name) else f"{name}_KEY"
