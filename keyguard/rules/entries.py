"""What is looked for quickly, and nothing that takes time to load: a hook has it before any rule.

What a hook loads has no dataclasses, whose module takes as long to import as all the rest of Python (measured).
"""

from __future__ import annotations

from typing import NamedTuple


class GateEntry(NamedTuple):
    """One thing to look for quickly: where it does not stand, the rule finds nothing.

    `literal` is searched as it is (`ignore_case`: in any case). `anchor`, if there is one, is a short pattern that
    begins with the literal, has no look-around and no back-reference, and is bounded, so that a regular
    expression engine of any kind can search it in its place. `wider` is the same without a bound inside it: it matches
    more, and is compiled in a sixth of the time.

    `beside`, if there is one, has to match wholly `within` so many bytes of it: what a key that has such a name near it
    looks like at least. A provider's own repositories have its name in every file.
    """

    literal: bytes
    ignore_case: bool = False
    anchor: bytes | None = None
    wider: bytes | None = None
    beside: bytes | None = None
    within: int = 0
