"""All content goes through here: as it is, and where it holds more than it shows, that as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from keyguard.model import Item, Origin
from keyguard.sources import windows
from keyguard.sources.containers.kinds import recognised


def content(
    origin: Origin,
    read: Callable[[int], bytes],
    reach: int,
    *,
    size: int | None = None,
    object_format: str = "sha1",
) -> Iterator[Item]:
    """Yield the chunks of what `read(size)` gives (see `windows.chunks`), and those of the members of an archive.

    `size` (bytes, where it is known before) and the object format are what the id of a file is worked out from, which
    it has as a blob; it stands in what is told of content that is not decoded to its end.
    """
    head = read(windows.WINDOW)
    kind = recognised(head)
    if kind is None:
        yield from windows.chunks(origin, windows.resumed(head, read), reach)
        return
    from keyguard.sources.containers import walk

    identity = walk.Identity(origin, size, object_format)
    yield from walk.opened(origin, head, kind, read, walk.Walk(reach), identity)
