"""Every kind of key of the benchmark, made from what is known of its format, never from KeyGuard's rules.

A kind is here if its format is documented, stands in public source code, or was seen by several scanners. Formats that
are only guessed are left out, and so are texts that are no secret: ids, publishable and test keys.
"""

from __future__ import annotations

from benchmarks.detection.kinds.documents import DOCUMENTS
from benchmarks.detection.kinds.general import GENERAL
from benchmarks.detection.kinds.named import NAMED
from benchmarks.detection.kinds.openai import OPENAI
from benchmarks.detection.kinds.providers import PROVIDERS
from benchmarks.detection.kinds.shared import SHARED
from benchmarks.detection.model import Kind

GROUPS: dict[str, tuple[Kind, ...]] = {
    "OpenAI and Azure": OPENAI,
    "other AI providers, own shape": PROVIDERS,
    "sk- shapes that vendors share": SHARED,
    "known by a name or an address": NAMED,
    "general credentials": GENERAL,
    "keys of several lines": DOCUMENTS,
}
KINDS = tuple(kind for group in GROUPS.values() for kind in group)
