"""What one run is asked to read, and the run over all the repositories that the paths lie in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from keyguard import cache
from keyguard.cache import Shelf
from keyguard.errors import ExitCode, SourceError, UsageError
from keyguard.git import index, objects, submodules
from keyguard.git.repository import Repository, discover
from keyguard.git.submodules import Submodule
from keyguard.language import Language
from keyguard.model import Chunk, Item, Match, Origin, PolicyChange, ScanResult, Stats, Unread, Where
from keyguard.pipeline import changes
from keyguard.pipeline.merge import merged
from keyguard.pipeline.ranges.given import AUTO, Range, ranged
from keyguard.pipeline.scan import Scan
from keyguard.pipeline.scrub import masked
from keyguard.pipeline.setup import Settings, prepare
from keyguard.pipeline.standing import HEAD
from keyguard.rules.catalogue import Catalogue
from keyguard.sources.content import content
from keyguard.sources.files import FileReader
from keyguard.sources.stored import ObjectReader

if TYPE_CHECKING:
    from keyguard.config.contact import Contact
    from keyguard.model.fleet import Fleet
    from keyguard.pipeline.processes import Progress
    from keyguard.pipeline.trees import TreeReader
    from keyguard.pipeline.workers import BulkReader

SUBMODULES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Request:
    """Which sources to read; without any, the work tree.

    `jobs` is how many processes may read the history, by default as many as can run at the same time. `shelf` is where
    is remembered what was read and found of it, by default the user's cache.
    """

    paths: tuple[Path, ...] = ()
    worktree: bool = False
    staged: bool = False
    history: bool = False
    unreachable: bool = False
    revisions: str | None = None
    stdin: bool = False
    jobs: int | None = None
    shelf: Shelf | None = None

    @property
    def of_repository(self) -> bool:
        """Whether anything is asked for that only a repository has."""
        return self.staged or self.history or self.revisions is not None

    def check(self) -> None:
        """Raise `UsageError` for options that contradict each other."""
        if self.jobs is not None and self.jobs < 1:
            raise UsageError("--jobs takes a number of processes, at least 1")
        if self.unreachable and not self.history:
            raise UsageError("--unreachable goes with --history")
        if self.stdin and (self.paths or self.worktree or self.of_repository):
            raise UsageError("--stdin is a source of its own: leave out paths and other sources")
        if self.stdin and sys.stdin is None:
            raise UsageError("standard input is closed", "pipe in what is to be scanned")
        if self.revisions not in (None, AUTO) and (".." not in self.revisions or self.revisions.startswith("..")):
            # git takes nothing for HEAD, so that a variable of CI that is not set would make an empty range
            raise UsageError(
                f"{self.revisions or 'nothing'} is not a range", "write it as A..B, for example main..HEAD, or as auto"
            )
        for path in self.paths:
            _check(path)


def _check(path: Path) -> None:
    """Raise `UsageError` for a path that is not there, or that cannot even be looked at."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{path} does not exist", "name files or folders on this machine") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "name files or folders you may read") from None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a run, with what a report needs to put it into words.

    `notes` are lines for people beside it, `scanned` are the repositories that it is of, each with its own result.
    `fleet` is what is known of many repositories beside their findings, if it is on them.
    """

    result: ScanResult
    catalogue: Catalogue
    language: Language
    remote: str | None = None
    head: str | None = None
    notes: tuple[str, ...] = ()
    contact: Contact | None = None
    scanned: tuple[tuple[Repository, ScanResult], ...] = ()
    fleet: Fleet | None = None

    def exit_code(self, *, allow_incomplete: bool = False) -> ExitCode:
        """Return the exit code of this verdict, by the order in which `ExitCode` lists them."""
        if self.result.interrupted:
            return ExitCode.INTERRUPTED
        if self.result.open:
            return ExitCode.FINDINGS
        return ExitCode.CLEAN if self.result.complete or allow_incomplete else ExitCode.INCOMPLETE

    def said_in(self, language: Language) -> Verdict:
        """Return the same in another language: what its findings are called was chosen for the one of the scan."""
        if language is self.language:
            return self
        titles = {name: rule.title[language] for name, rule in self.catalogue.by_id.items()}
        findings = (replace(each, title=titles.get(each.rule, each.title)) for each in self.result.findings)
        return replace(self, language=language, result=replace(self.result, findings=tuple(findings)))


def run(request: Request, settings: Settings, progress: Progress | None = None) -> Verdict:
    """Carry out the request; several repositories are scanned one after the other, each by its own configuration.

    `progress` is told how far it is. An interrupt ends the reading, and the verdict is on what was read until then.
    """
    request.check()
    if request.stdin:
        return _stdin(settings)
    groups: dict[Path | None, tuple[Repository | None, list[Path]]] = {}
    for path in request.paths or (Path(),):
        repository = discover(path if os.path.isdir(path) else path.parent)  # noqa: PTH112  # `is_dir` may raise
        if repository is None and request.of_repository:
            raise UsageError(f"{path.resolve()} is not in a git repository", "run it inside one, or name its folder")
        groups.setdefault(repository.git_dir if repository else None, (repository, []))[1].append(path)
    prepared = [_prepared(request, settings, repository, paths) for repository, paths in groups.values()]
    verdicts: list[Verdict] = []
    for each in prepared:
        verdicts.append(_one(request, each, progress))
        if verdicts[-1].result.interrupted:
            break
    if len(verdicts) == 1:
        return verdicts[0]
    from keyguard.rules.users.joined import together

    catalogue = together(each.catalogue for each in verdicts)
    scanned = tuple(each for verdict in verdicts for each in verdict.scanned)
    return replace(verdicts[0], result=merged([each.result for each in verdicts]), catalogue=catalogue, scanned=scanned)


def of_history(repository: Repository, settings: Settings, shelf: Shelf) -> Verdict:
    """Return the verdict on one whole history, read in this process alone."""
    request = Request(history=True, jobs=1, shelf=shelf)
    return _one(request, _prepared(request, settings, repository, ()), None)


def _stdin(settings: Settings) -> Verdict:
    scan = prepare(settings, None)
    stats = Stats()

    def read(size: int) -> bytes:
        data = sys.stdin.buffer.read(size)
        stats.bytes += len(data)
        return data

    return verdict(scan, scan.run(content(Origin(Where.STDIN), read, scan.engine.reach), stats, None), None)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be read of one repository, and the scan that judges it; `change` is the range, if there is one."""

    scan: Scan
    repository: Repository | None
    paths: Sequence[Path]
    change: Range | None


def _prepared(request: Request, settings: Settings, repository: Repository | None, paths: Sequence[Path]) -> Prepared:
    change = ranged(repository, request.revisions) if repository and request.revisions is not None else None
    scan = prepare(settings, repository, change)
    if repository is None:
        scan = replace(scan, roots=tuple(path.as_posix() for path in paths))
    elif request.staged and scan.policy.base is None:
        scan = replace(scan, policy=replace(scan.policy, base=HEAD))
    if request.history:
        scan = replace(scan, shelf=request.shelf or cache.own())
    return Prepared(scan, repository, paths, change)


def _one(request: Request, prepared: Prepared, progress: Progress | None) -> Verdict:
    scan, repository, paths, chosen = prepared.scan, prepared.repository, prepared.paths, prepared.change
    stats = Stats()
    items = _items(request, repository, paths, stats, scan, progress)
    if repository is not None and chosen is not None:
        scan = replace(scan, notes=(*scan.notes, *(masked(note, scan.engine) for note in chosen.notes)))
        reader = ObjectReader(repository, stats, scan.engine.reach, bulk=_bulk(request, scan, progress))
        items = chain(items, chosen.unread, guarded(reader.everything(chosen.revisions)))
    result = _with_edits(scan.run(items, stats, repository), request, prepared)
    inner = submodules.found(repository) if repository is not None and request.history else []
    if repository is None or not inner or result.interrupted:
        return verdict(scan, result, repository)
    results = [result]
    for each in inner:
        results.append(_submodule(each, request, scan, progress))
        if results[-1].interrupted:
            break
    noted = replace(scan, notes=(*scan.notes, masked(_named(inner), scan.engine)))
    several = any(each.findings for each in results[1:])
    return verdict(noted, merged(results), repository, several=several)


def _with_edits(result: ScanResult, request: Request, prepared: Prepared) -> ScanResult:
    """Add to a result which files that decide on it the change edits itself."""
    repository, policy = prepared.repository, prepared.scan.policy
    edits: list[PolicyChange] = []
    if repository is not None and prepared.change is not None:
        heeded = policy.base is not None and repository.resolve(policy.base.revision or "") == prepared.change.tip
        try:
            edits += changes.of_range(repository, prepared.change, policy.watched, heeded=heeded)
        except SourceError as error:  # of a clone without its trees; what was found is not lost for that
            told = Unread("what the change edits of the files that decide on findings", error.message, error.hint)
            result = replace(result, unread=(*result.unread, told))
    if repository is not None and request.staged:
        edits += changes.of_entries(repository, index.changed(repository), policy.watched, heeded=not policy.is_bound)
    return replace(result, policy_changes=(*dict.fromkeys(edits), *result.policy_changes)) if edits else result


def _named(inner: Sequence[Submodule]) -> str:
    shown = [each.path for each in inner[:SUBMODULES_SHOWN]]
    more = f" and {len(inner) - len(shown)} more" if len(inner) > len(shown) else ""
    return f"with the history of the submodules that are in this clone: {', '.join(shown)}{more}"


def _submodule(each: Submodule, request: Request, scan: Scan, progress: Progress | None) -> ScanResult:
    """Scan the history of a submodule by the configuration of the repository around it."""
    scan, stats = replace(scan, below=each.path), Stats()
    if each.repository is None:
        why = each.failure or SourceError("it cannot be read")
        return scan.run([Unread("the whole submodule", why.message, why.hint)], stats, None)
    whole = replace(request, paths=(), worktree=False, staged=False, revisions=None)
    items = _items(whole, each.repository, (), stats, scan, progress)
    return scan.run((item for item in items if not _is_of_config(item)), stats, each.repository)


def _is_of_config(item: Item | Match) -> bool:
    """Whether this is of the git configuration, which is read with that of the repository around a submodule."""
    return isinstance(item, (Chunk, Unread)) and item.origin is not None and item.origin.where is Where.GIT_CONFIG


def verdict(scan: Scan, result: ScanResult, repository: Repository | None, *, several: bool = False) -> Verdict:
    """Add to a result what its report needs; a repository is asked more only when there is a finding.

    `several` says that some of it is from another repository.
    """
    notes = (*scan.notes, *(masked(line, scan.engine) for line in changes.lines(result.policy_changes)))
    contact = scan.policy.config.contact
    scanned = ((repository, result),) if repository else ()
    if repository is None or not result.findings:
        return Verdict(result, scan.catalogue, scan.language, notes=notes, contact=contact, scanned=scanned)
    from keyguard.sources.tracing import nested

    paths = {place.origin.path for finding in result.findings for place in finding.places if place.origin.path}
    elsewhere = several or any(nested(repository, path) for path in paths)  # then there is more than one address
    head = repository.arriving[0] if len(repository.arriving) == 1 else repository.resolve("HEAD")
    address = None if elsewhere else _address(repository)
    return Verdict(result, scan.catalogue, scan.language, address, head, notes, contact, scanned)


def _items(
    request: Request,
    repository: Repository | None,
    paths: Sequence[Path],
    stats: Stats,
    scan: Scan,
    progress: Progress | None,
) -> Iterator[Item | Match]:
    reach = scan.engine.reach
    files = FileReader(stats, reach, repository.object_format if repository else "sha1", repository)
    sources: list[Iterator[Item | Match]] = []
    if request.worktree or not request.of_repository:
        if repository is not None and repository.bare:
            raise UsageError(
                f"{repository.git_dir} is a bare repository: it has no work tree", "scan it with --history"
            )
        tree = _tree(request, scan, files, progress)
        sources += [tree.named(path, repository) for path in paths]
    if repository is not None:
        whole = not request.of_repository and any(path.resolve() == repository.top for path in paths)
        if request.history or whole:
            sources.append(files.git_config(repository))
        if request.history:
            reader = ObjectReader(repository, stats, reach, bulk=_bulk(request, scan, progress, repository))
            sources += [files.reflogs(repository), reader.names()]
            sources.append(reader.everything(objects.EVERYTHING, unreachable=request.unreachable))
        if request.staged:
            if repository.bare:
                raise UsageError(
                    f"{repository.git_dir} is a bare repository: it has no index", "scan it with --history"
                )
            sources.append(staged(repository, index.changed(repository), stats, reach))
    return chain.from_iterable(guarded(source) for source in sources)


def _bulk(request: Request, scan: Scan, progress: Progress | None, remembering: Repository | None = None) -> BulkReader:
    """Return what reads many objects; with a repository what it remembers of that counts."""
    from keyguard.pipeline.processes import cores
    from keyguard.pipeline.remembered import Remembered
    from keyguard.pipeline.workers import BulkReader

    remembered = Remembered(remembering, scan.made_of, scan.shelf) if remembering and scan.shelf else None
    return BulkReader(scan.engine, request.jobs or cores(), remembered, progress)


def _tree(request: Request, scan: Scan, files: FileReader, progress: Progress | None) -> TreeReader:
    """Return what reads files, many of them in several processes."""
    from keyguard.pipeline.processes import cores
    from keyguard.pipeline.trees import TreeReader

    prepare = partial(scan.engine.prepare, bulk=True)
    return TreeReader(files, scan.searched, prepare, request.jobs or cores(), progress)


def guarded(source: Iterator[Item | Match]) -> Iterator[Item | Match]:
    """Let a source that git ends early cost neither what was found before nor the other sources."""
    try:
        yield from source
    except SourceError as error:
        yield Unread("the rest of the repository", error.message, error.hint)


def staged(repository: Repository, entries: Sequence[index.Entry], stats: Stats, reach: int) -> Iterator[Item]:
    """Yield names and content of entries of the index; the same blob at several paths is read once for each."""
    origins: dict[str, tuple[Origin, ...]] = {}
    for entry in entries:
        yield Chunk(Origin(Where.FILE_NAME, entry.path, entry.blob), os.fsencode(entry.path))
        if entry.mode == index.GITLINK:
            continue
        where = Where.SYMLINK if entry.mode == index.SYMLINK else Where.BLOB
        origins[entry.blob] = (*origins.get(entry.blob, ()), Origin(where, entry.path, entry.blob))
    yield from ObjectReader(repository, stats, reach, origins).read(list(origins))


def _address(repository: Repository) -> str | None:
    """Return where the repository is pushed to."""
    from keyguard.git.remotes import remotes

    known = remotes(repository)
    return next((each.address for each in known if each.name == "origin"), known[0].address if known else None)
