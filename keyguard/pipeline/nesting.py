"""Keeps of one secret the innermost places: what stands in a member of an archive can be seen in the archive, too, and
what stands in the message of a commit in the logs of refs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyguard.model import NESTED, Origin, Place, Where

Holder = tuple[str | None, str | None, str | None, str | None, int | None, int | None]
"""Path, blob and commit of a file, and the member, cell and output of what is in it."""


def innermost(places: Iterable[Place]) -> list[Place]:
    """Return the places without those that only show one of the others from outside.

    An archive that is not compressed has the bytes of its members in it. (The text of cells is taken out of a notebook
    before the rest of it is read, so that a secret in both is in two places.) Git copies the first line of a commit's
    message into the logs of the refs that it moves, and the names of branches into that of HEAD.
    """
    places = list(places)
    if any(place.origin.where in (Where.COMMIT_MESSAGE, Where.REF_NAME) for place in places):
        places = [place for place in places if place.origin.where is not Where.REFLOG]
    around = {holder for place in places for holder in _around(place.origin)}
    return [place for place in places if not around or _is_name(place.origin) or _holder(place.origin) not in around]


def _is_name(origin: Origin) -> bool:
    """Whether this is the name of a file, which is nothing that is in it."""
    return origin.where is Where.FILE_NAME and origin.member is None


def _holder(origin: Origin) -> Holder:
    return (origin.path, origin.blob, origin.commit, origin.member, origin.cell, origin.output)


def _around(origin: Origin) -> Iterator[Holder]:
    """Yield all that this lies in: the file, the archives in it, the output that was an archive."""
    member = origin.member
    while member is not None:
        member = member.rpartition(NESTED)[0] or None
        for cell, output in ((None, None), (origin.cell, origin.output)):
            yield (origin.path, origin.blob, origin.commit, member, cell, output)
