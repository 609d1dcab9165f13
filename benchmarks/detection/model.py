"""What the benchmark is made of: kinds of keys, surroundings, and the leaks in which the two meet."""

from __future__ import annotations

import enum
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

ALNUM = string.ascii_letters + string.digits
B64URL = ALNUM + "-_"
B64 = ALNUM + "+/="
NEUTRAL_URL = "https://gateway.acme.io/v1/models"
"""Where a key of its own shape is sent in text that has to name some address."""
PROFILED = 48
"""How many keys are made to learn which characters a kind has."""


@dataclass(frozen=True, slots=True)
class Key:
    """A made-up key: `secret` is what a tool has to report, `text` what is written (an address that holds it).

    `inner` is a secret inside the secret, such as a private key in a token: whoever reports that has found it, too.
    """

    secret: str
    text: str
    inner: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """The file in which a vendor's own tools keep such a key."""

    path: str
    write: Callable[[str, Random], str]


@dataclass(frozen=True)
class Kind:
    """One kind of key of one vendor.

    `provider` is the vendor's name in KeyGuard's reports. `needs_name`: nothing about the text tells whose it is, so
    that it counts only beside a name or an address. `shared`: several vendors have the shape, so that the right one
    has to be told as well. `head` and `tail` are the characters that would be taken for a part of the key if they
    stood before or after it. `block`: it goes over several lines. `by_place`: reports differ in what they call the
    secret (line breaks, a hashed password), so that KeyGuard's finding is known by its file.
    """

    id: str
    provider: str
    make: Callable[[Random], str | Key]
    names: tuple[str, ...]
    service: str = ""
    field: str = "api_key"
    url: str = ""
    header: str = "Authorization: Bearer "
    needs_name: bool = False
    shared: bool = False
    head: str = ""
    tail: str = B64URL
    block: bool = False
    by_place: bool = False
    own: Own | None = None

    @property
    def vendors(self) -> frozenset[str]:
        """Whose key a report may call it; a private key is a private key, whatever it is for."""
        return frozenset((self.provider, "pem") if self.block else (self.provider,))

    def key(self, rng: Random) -> Key:
        """Return a key."""
        made = self.make(rng)
        return made if isinstance(made, Key) else Key(made, made)

    @cached_property
    def _profile(self) -> tuple[str, ...]:
        return tuple(self.key(Random(f"profile/{self.id}/{number}")).text for number in range(PROFILED))

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character that such a key may hold."""
        return frozenset("".join(self._profile))

    @cached_property
    def longest(self) -> int:
        """The length of the longest such key."""
        return max(map(len, self._profile))


class Carries(enum.Enum):
    """What stands beside the key and tells whose it is."""

    NOTHING = enum.auto()
    NAME = enum.auto()
    HOST = enum.auto()
    OWN_FILE = enum.auto()


class Where(enum.StrEnum):
    """In which part of the corpus a surrounding is put; all but the first three lie in the generated repository."""

    FILE = "file"
    FILE_NAME = "file-name"
    SYMLINK = "symlink"
    BRANCH = "branch"
    TAG = "tag"
    COMMIT_MESSAGE = "commit-message"
    TAG_MESSAGE = "tag-message"
    REMOVED_FILE = "removed-file"
    GIT_CONFIG = "git-config"

    @property
    def in_repository(self) -> bool:
        """Whether it takes a git repository to hold it."""
        return self not in (Where.FILE, Where.FILE_NAME, Where.SYMLINK)


@dataclass(frozen=True)
class Leak:
    """One key on its way into one surrounding, and the names that users would give it there."""

    kind: Kind
    key: Key
    rng: Random

    @cached_property
    def env(self) -> str:
        """The environment variable: MISTRAL_API_KEY."""
        return self.rng.choice(self.kind.names)

    @property
    def snake(self) -> str:
        """A setting: mistral_api_key."""
        return self.env.lower()

    @property
    def pascal(self) -> str:
        """A class or an element: MistralApiKey."""
        return "".join(word.capitalize() for word in self.env.split("_"))

    @property
    def camel(self) -> str:
        """A variable: mistralApiKey."""
        return self.pascal[:1].lower() + self.pascal[1:]

    @property
    def kebab(self) -> str:
        """An attribute: mistral-api-key."""
        return self.snake.replace("_", "-")

    @property
    def service(self) -> str:
        """A section: mistral."""
        return self.kind.service or self.kind.provider.replace("-", "_")

    @property
    def client(self) -> str:
        """The class of a client: Mistral."""
        return "".join(word.capitalize() for word in self.service.split("_"))

    @property
    def url(self) -> str:
        """An address of the vendor's API."""
        return self.kind.url or NEUTRAL_URL

    @property
    def host(self) -> str:
        """The host of that address."""
        return self.url.split("/")[2]


@dataclass(frozen=True)
class Surrounding:
    """One way in which a key stands somewhere.

    `path` is the file below the cell's folder; `write` gives its content, or the name, link target or message.
    `together` writes the leaks of all kinds into one file, for content that is too large to have once for each.
    `before` and `after` are what touches the key, `forbids` the characters that cannot stand there, `longest` the
    length that fits, and `blocks` says whether keys of several lines have a place.
    """

    id: str
    path: str
    write: Callable[[Leak], bytes] | None = None
    carries: Carries = Carries.NOTHING
    where: Where = Where.FILE
    together: Callable[[Sequence[Leak]], bytes] | None = None
    before: str = ""
    after: str = ""
    forbids: str = ""
    longest: int = 0
    blocks: bool = False

    def refuses(self, kind: Kind) -> str | None:
        """Return why a kind of key has no place in this surrounding, or None."""
        if self.carries is Carries.OWN_FILE:
            return None if kind.own else "no tool of the vendor keeps it in a file of its own"
        if kind.needs_name and self.carries is Carries.NOTHING:
            return "it needs a name or an address beside it"
        if kind.needs_name and self.carries is Carries.HOST and not kind.url:
            return "it needs a name beside it, and there is only an address"
        return self._unfit(kind)

    def _unfit(self, kind: Kind) -> str | None:
        bad = "".join(sorted(kind.characters.intersection(self.forbids)))
        own_place = not self.together and self.where in (Where.FILE, Where.REMOVED_FILE)
        reasons = (
            (kind.block and not self.blocks, "it goes over several lines"),
            (kind.by_place and not own_place, "reports tell it by its file, and here it has none of its own"),
            (self.after and self.after in kind.tail, f"{self.after!r} after it would be taken for a part of it"),
            (self.before and self.before in kind.head, f"{self.before!r} before it would be taken for a part of it"),
            (bad, f"it may hold {bad!r}, which cannot stand there"),
            (0 < self.longest < kind.longest, f"it has up to {kind.longest} characters, and {self.longest} fit"),
        )
        return next((why for applies, why in reasons if applies), None)
