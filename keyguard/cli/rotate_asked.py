"""What is asked of `keyguard rotate`: its options as they were given, and what they mean for a rotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keyguard.cli.talking import can_be_asked
from keyguard.errors import UsageError
from keyguard.remediation.quoting import shell
from keyguard.rotation.values import Way

if TYPE_CHECKING:
    from keyguard.rotation.begin import Wanted
    from keyguard.rotation.issuers.choice import Line
    from keyguard.rotation.targets.target import Target
    from keyguard.verification.addresses import Addresses

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were given."""

    fingerprint: str | None
    into: tuple[str, ...]
    dry_run: bool
    yes: bool
    revoke_first: bool
    way: str | None
    key_id: str | None
    scopes: tuple[str, ...]
    expires_in: int | None
    spend_limit: int | None
    wait: float
    opening: bool
    paths: tuple[Path, ...]
    stdin: bool
    kind: str | None
    proxy: bool
    values: dict[str, str]

    def check(self) -> None:
        """Raise `UsageError` where no key is named, or nobody can be asked what has to be asked."""
        if self.fingerprint is None and not self.stdin:
            raise UsageError(
                "nothing says which key", "name it by the fingerprint of a report, or give it with --stdin"
            )
        if not (self.dry_run or self.yes or can_be_asked()):
            raise UsageError(
                "a rotation asks before each step that cannot be undone, and nobody can be asked here",
                "run it on a terminal, or answer everything beforehand: --yes",
            )

    def wanted(self, targets: Sequence[Target]) -> Wanted:
        """Return what the user wants of the rotation."""
        from keyguard.rotation.begin import Wanted

        return Wanted(
            targets=targets,
            key_id=self.key_id,
            way=Way(self.way) if self.way else None,
            scopes=self.scopes,
            expires_in=self.expires_in * DAY if self.expires_in else None,
            revoke_first=self.revoke_first,
        )

    def again(self, fingerprint: str) -> str:
        """Return the command that goes on: with what no journal keeps, and goes on needs as well."""
        words = ["keyguard", "rotate", fingerprint]
        words += [word for path in self.paths for word in ("--path", str(path))]
        words += ["--stdin"] * self.stdin
        words += ["--rule", self.kind] if self.kind else []
        words += [word for name, value in self.values.items() for word in ("--with", f"{name}={value}")]
        words += ["--proxy"] * self.proxy
        return " ".join(shell(each) for each in words)

    def line(self, addresses: Addresses | None) -> Line:
        """Return how providers are reached."""
        from keyguard.rotation.issuers.choice import Line
        from keyguard.verification.addresses import as_documented
        from keyguard.verification.proxy import Proxy

        proxy = Proxy.from_environment() if self.proxy else None
        return Line(addresses or as_documented, proxy, self.values)
