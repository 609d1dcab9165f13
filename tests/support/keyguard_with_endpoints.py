"""Runs KeyGuard's own command line with providers at other addresses: the only way there is, and tests alone have it.

    python -m tests.support.keyguard_with_endpoints '{"openai": "http://127.0.0.1:PORT/v1"}' ARGS…

A provider that is not named is reached nowhere. The path of an address takes the place of the same path in the
provider's own address, as the base addresses of its SDK do: with or without `/v1` means the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from keyguard.cli.main import main


@dataclass(frozen=True, slots=True)
class Placed:
    """Addresses of stand-ins, by the ids of their providers."""

    bases: Mapping[str, str]

    def __call__(self, provider: str, url: str) -> str:
        if provider not in self.bases:
            return "http://nowhere.invalid/"  # refused before anything is looked up: it is not https
        documented, base = urlsplit(url), urlsplit(self.bases[provider])
        path = _joined(base.path.rstrip("/"), documented.path)
        return f"{base.scheme}://{base.netloc}{path}" + (f"?{documented.query}" if documented.query else "")


def _joined(base: str, path: str) -> str:
    """Return both paths as one, what the first ends with and the second begins with only once."""
    parts = base.split("/")
    overlap = next(
        ("/".join(["", *parts[start:]]) for start in range(1, len(parts)) if _begins(path, parts[start:])), ""
    )
    return base + path.removeprefix(overlap)


def _begins(path: str, parts: Sequence[str]) -> bool:
    return f"{path}/".startswith("/".join(["", *parts, ""]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], Placed(json.loads(sys.argv[1]))))
