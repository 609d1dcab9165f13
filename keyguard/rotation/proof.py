"""Asks the provider itself whether a key works, and waits, within bounds, for it to begin or to cease to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from keyguard.model import Live, LiveCheck, Secret
from keyguard.rules import loader
from keyguard.verification.addresses import Addresses
from keyguard.verification.asking import Patience
from keyguard.verification.proxy import Proxy
from keyguard.verification.question import questioned
from keyguard.verification.run import ask_all

_FIRST, _LONGEST = 1.0, 15.0
"""Seconds between two questions: the first wait, and what it grows to."""
WORKS_WITHIN = 30.0
"""How long a new key is given before it has to work."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How keys of one kind are asked about: the rule and its provider, and where that is reached."""

    rule: str
    provider: str
    addresses: Addresses
    proxy: Proxy | None = None

    @property
    def possible(self) -> bool:
        """Whether there is a harmless check of this kind of key."""
        api = loader.load().provider_by_id[self.provider].apis.get(self.rule)
        return not isinstance(questioned(self.provider, api, Secret("x"), {}), str)

    def ask(self, secret: Secret) -> LiveCheck:
        """Ask once; raises `KeyboardInterrupt` where the user ends it."""
        api = loader.load().provider_by_id[self.provider].apis.get(self.rule)
        question = questioned(self.provider, api, secret, {})
        if isinstance(question, str):
            return LiveCheck(Live.UNKNOWN, question)
        answers = ask_all([question], self.addresses, Patience(), self.proxy)
        if answers.interrupted:
            raise KeyboardInterrupt
        return answers.checks[question]

    def until(
        self, secret: Secret, good: Callable[[LiveCheck], bool], seconds: float, waiting: Callable[[LiveCheck], None]
    ) -> LiveCheck:
        """Ask until the answer is good or the time is over, and return the last; `waiting` is told of the others."""
        end, pause = time.monotonic() + seconds, _FIRST
        while True:
            check = self.ask(secret)
            if good(check) or time.monotonic() + pause > end:
                return check
            waiting(check)
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST)
