"""Follows found secrets through git: from a stored object or a file to the commits that brought them in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from keyguard.cache import Shelf
from keyguard.errors import SourceError
from keyguard.git.commits import Introduction
from keyguard.git.repository import Repository, discover
from keyguard.model import Chunk, Detector, Exposure, Match, Place, Secret, Stats, Where
from keyguard.sources.attribution import Attribution, Traced
from keyguard.sources.stored import ObjectReader

LOCAL = (Where.FILE, Where.SYMLINK, Where.BLOB, Where.FILE_NAME)
Sightings = Mapping[Secret, Iterable[Place]]


def trace(
    sightings: Sightings, repository: Repository | None, detect: Detector, reach: int, shelf: Shelf | None = None
) -> dict[Secret, list[Traced]]:
    """Return every place with commit, author, date, refs and exposure, as far as git knows them.

    Stored blobs are looked up by their ids. What stands in a file or in the index is looked for in the versions that
    commits have of the same path, so that a key that was pushed long ago is not taken for one that is still at home.
    A file of a submodule, or of another repository that lies in the folder, is looked for in that repository. Which
    commits brought the blobs in is remembered on the shelf, if there is one.
    """
    result: dict[Secret, list[Traced]] = {secret: [] for secret in sightings}
    for folder, held in _by_folder(sightings, repository).items():
        try:
            home = discover(_top(repository) / folder) if folder else repository
            found = _traced(held, home, detect, reach, shelf)
        except SourceError:  # nothing is known of it, which is no reason to lose what was found
            found = {secret: [Traced(place, Exposure.UNKNOWN) for place in places] for secret, places in held.items()}
        for secret, many in found.items():
            result[secret] += [replace(each, place=_moved(each.place, _joined, folder)) for each in many]
    return result


def nested(repository: Repository | None, path: str) -> str:
    """Return the folder of the innermost other repository that a path lies in; empty where there is none."""
    top = _top(repository)
    for folder in PurePosixPath(path).parents:
        if str(folder) in (".", "/"):
            break
        if os.path.lexists(top / folder / ".git") and _is_top(top / folder):
            return str(folder)
    return ""


def _is_top(folder: Path) -> bool:
    """Whether a folder with something that is called `.git` is the top of a repository, be it one git refuses."""
    try:
        found = discover(folder)
    except SourceError:
        return True
    return found is not None and found.top is not None and found.top.resolve() == folder.resolve()


def _top(repository: Repository | None) -> Path:
    return (repository.top if repository else None) or Path()


def _by_folder(sightings: Sightings, repository: Repository | None) -> dict[str, dict[Secret, list[Place]]]:
    """Sort the places by the repository inside this one that they lie in; paths are then relative to its folder."""
    found: dict[str, dict[Secret, list[Place]]] = {}
    for secret, places in sightings.items():
        for place in places:
            in_files = _is_local(place) and not place.origin.blob
            folder = nested(repository, place.origin.path or "") if in_files else ""
            held = found.setdefault(folder, {}).setdefault(secret, [])
            held.append(_moved(place, str.removeprefix, f"{folder}/") if folder else place)
    return found


def moved(traced: Traced, folder: str) -> Traced:
    """Return what was traced in a repository as seen from the one that has it in a folder."""
    in_tree = traced.place.origin.where not in (Where.REF_NAME, Where.GIT_CONFIG, Where.REFLOG)
    return replace(traced, place=_moved(traced.place, _joined, folder)) if in_tree else traced


def _moved(place: Place, move: Callable[[str, str], str], folder: str) -> Place:
    path = place.origin.path
    if path is None or not folder:
        return place
    return replace(place, origin=replace(place.origin, path=move(path, folder)))


def _joined(path: str, folder: str) -> str:
    return f"{folder}/{path}"


def _traced(
    sightings: Sightings, repository: Repository | None, detect: Detector, reach: int, shelf: Shelf | None
) -> dict[Secret, list[Traced]]:
    if repository is None:
        return {secret: [Traced(place, _afar(place)) for place in places] for secret, places in sightings.items()}
    attribution = Attribution(repository, shelf)
    flat = [(secret, place) for secret, places in sightings.items() for place in places]
    expanded = list(_by_name(_by_blob(flat, attribution), attribution))
    expanded = list(_by_path(expanded, attribution, finder(repository, detect, reach)))
    dated = attribution.dated([place for _, place in expanded])
    result: dict[Secret, list[Traced]] = {secret: [] for secret in sightings}
    for (secret, place), traced in zip(expanded, dated, strict=True):
        result[secret].append(replace(traced, exposure=_at_home(place, attribution) or traced.exposure))
    return result


def _afar(place: Place) -> Exposure:
    if place.origin.where is Where.COMMIT_MESSAGE:
        return Exposure.STAGED  # of the commit that is being made
    return Exposure.UNKNOWN if place.origin.path is None else Exposure.NONE  # only standard input has no path


def _at_home(place: Place, attribution: Attribution) -> Exposure | None:
    """Return the exposure of what no commit holds, and None for the rest."""
    origin = place.origin
    if place.commit or origin.where is Where.TAG_MESSAGE:
        return None
    if origin.where is Where.STDIN:
        return Exposure.UNKNOWN
    if origin.where is Where.REF_NAME:
        return attribution.named(origin.path or "")
    if origin.where is not Where.BLOB and not origin.blob:
        return Exposure.UNKNOWN if attribution.gaps else Exposure.WORKTREE
    if origin.path is None or origin.blob not in attribution.staged:
        return None
    return Exposure.UNKNOWN if attribution.gaps else Exposure.STAGED


def _by_blob(found: list[tuple[Secret, Place]], attribution: Attribution) -> Iterator[tuple[Secret, Place]]:
    """Turn a stored blob without a path into its paths, each with the commit that brought it in."""
    loose = {place.origin.blob for _, place in found if _is_loose(place) and place.origin.blob}
    held = attribution.blobs(loose) if loose else {}
    for secret, place in found:
        blob = place.origin.blob
        if place.origin.where is Where.COMMIT_MESSAGE:
            yield secret, replace(place, commit=place.origin.commit)
        elif not _is_loose(place) or blob is None:
            yield secret, place
        else:
            yield from ((secret, each) for each in _of_blob(place, blob, held, attribution))


def _of_blob(
    place: Place, blob: str, held: Mapping[str, Sequence[Introduction]], attribution: Attribution
) -> Iterator[Place]:
    """Yield where a blob came in, else where it is staged, else where a tree has it that a tag names."""
    origin = place.origin
    if blob in held:
        for each in held[blob]:
            where = Where.SYMLINK if each.is_link and origin.where is Where.BLOB else origin.where
            yield replace(place, origin=replace(origin, path=each.path, where=where), commit=each.commit)
        return
    paths = attribution.staged.get(blob) or dict.fromkeys(path for path, _ in attribution.tagged.get(blob, ()))
    for path in paths:
        yield replace(place, origin=replace(origin, path=path))
    if not paths:
        yield place


def _by_name(found: Iterable[tuple[Secret, Place]], attribution: Attribution) -> Iterator[tuple[Secret, Place]]:
    """Turn a name in a stored tree into the paths that have it, each with the commit that brought it in."""
    found = list(found)
    wanted = {secret for secret, place in found if _is_in_tree(place)}
    holding = attribution.paths_with({secret.reveal() for secret in wanted}) if wanted else {}
    done: set[Secret] = set()
    for secret, place in found:
        held = holding.get(secret.reveal(), []) if _is_in_tree(place) else []
        if not held:
            yield secret, place
        elif secret not in done:  # the same name stands in a tree for each change of its folder
            done.add(secret)
            for each in held:
                column = each.path.index(secret.reveal()) + 1
                end = column + len(secret)
                origin = replace(place.origin, path=each.path, blob=each.blob)
                yield secret, Place(origin, 1, column, 1, end, commit=each.commit, allowed=place.allowed)


def _is_in_tree(place: Place) -> bool:
    origin = place.origin
    return origin.where is Where.FILE_NAME and origin.path is None and origin.member is None


def _is_loose(place: Place) -> bool:
    """Whether this is in a stored blob, or the name of a member in it."""
    origin = place.origin
    return origin.path is None and (origin.where is Where.BLOB or origin.member is not None)


def _by_path(
    found: list[tuple[Secret, Place]],
    attribution: Attribution,
    secrets_in: Callable[[list[str]], dict[str, set[Secret]]],
) -> Iterator[tuple[Secret, Place]]:
    """Find the commit that brought a file's or staged entry's secret in, among the versions of its path."""
    local = {place.origin.path for _, place in found if _is_local(place) and place.origin.path}
    before = {path: attribution.renamed[path] for path in local if path in attribution.renamed}
    paths = sorted({*local, *before.values()})
    versions = attribution.versions(paths) if paths else []
    staged = {path: blob for blob, many in attribution.staged.items() for path in many} if paths else {}
    holding = secrets_in(sorted({each.blob for each in versions} | {staged[path] for path in paths if path in staged}))
    for secret, place in found:
        path = place.origin.path
        if not _is_local(place) or path is None:
            yield secret, place
            continue
        named = place.origin.where is Where.FILE_NAME and place.origin.member is None
        names = (path,) if named else (path, before.get(path, path))
        of_path = (each for each in versions if each.path in names)
        first = next((each for each in of_path if named or secret in holding.get(each.blob, ())), None)
        if first is not None:
            yield secret, replace(place, commit=first.commit)
        elif _is_in_file(place) and secret in holding.get(staged.get(path, ""), ()):
            where = Where.BLOB if place.origin.where is Where.FILE else place.origin.where
            yield secret, replace(place, origin=replace(place.origin, where=where, blob=staged[path]))
        else:
            yield secret, place


def _is_local(place: Place) -> bool:
    """Whether this was read from the work tree or the index, so that git has yet to be asked about its past."""
    return place.commit is None and place.origin.path is not None and place.origin.where in LOCAL


def _is_in_file(place: Place) -> bool:
    """Whether this is in a file of the work tree, or the name of a member in it."""
    origin = place.origin
    return origin.blob is None and (origin.where is Where.FILE or origin.member is not None)


def finder(repository: Repository, detect: Detector, reach: int) -> Callable[[list[str]], dict[str, set[Secret]]]:
    """Return what tells which secrets stand in which of some stored blobs."""

    def secrets_in(blobs: list[str]) -> dict[str, set[Secret]]:
        found: dict[str, set[Secret]] = {}
        for item in ObjectReader(repository, Stats(), reach).read(blobs):
            if isinstance(item, Chunk) and item.origin.blob:
                held = {match.secret for match in detect(item) if isinstance(match, Match)}
                found.setdefault(item.origin.blob, set()).update(held)
        return found

    return secrets_in
