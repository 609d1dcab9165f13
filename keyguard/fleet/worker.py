"""Does one job, in whatever process and on whatever machine: nothing is raised out of here, and no secret leaves."""

from __future__ import annotations

import os
import socket
import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from keyguard import __version__
from keyguard.cache import Shelf
from keyguard.errors import KeyGuardError, SourceError
from keyguard.fleet import mirrors
from keyguard.fleet.jobs import Ended, Job, Outcome, Task
from keyguard.fleet.records import answers, recorded
from keyguard.fleet.state import state_of
from keyguard.git import frontier, objects, submodules
from keyguard.git.leftovers import leftovers
from keyguard.git.packs.files import with_alternates
from keyguard.git.packs.planning import PackPart, plan
from keyguard.git.repository import Repository, discover
from keyguard.model import Stats
from keyguard.pipeline.remembered import Remembered
from keyguard.pipeline.request import of_history
from keyguard.pipeline.scrub import scrubbed
from keyguard.pipeline.setup import prepare
from keyguard.pipeline.workers import share
from keyguard.sources.stored import ObjectReader

MOST_PARTS = 24
"""Into how many parts a repository is split at most."""
PACKED = 8
"""How many times as much content a pack holds as it has bytes, about."""
_IDS = "part{}-ids"


def work(job: Job) -> Outcome:
    """Do a job, and say what came of it."""
    started = time.monotonic()
    try:
        outcome = _done(job)
    except KeyGuardError as error:
        outcome = _failed(job, scrubbed(error.message), scrubbed(error.hint) if error.hint else None)
    except MemoryError:
        outcome = _failed(job, "there was not enough memory", "give workers more, or fewer of them")
    except OSError as error:
        outcome = _failed(job, f"the system refused: {error.strerror or type(error).__name__}", None)
    except Exception as error:  # a bug of ours; its text could quote what was scanned
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        outcome = _failed(job, f"internal error ({type(error).__name__} at {where})", "please report this")
    return replace(outcome, seconds=time.monotonic() - started, worker=f"{socket.gethostname()}:{os.getpid()}")


def _failed(job: Job, why: str, mend: str | None, *, again: bool = True) -> Outcome:
    return Outcome(job.target.name, Ended.FAILED, why=why, mend=mend, again=again)


def _done(job: Job) -> Outcome:
    if job.version != __version__:
        mend = f"install keyguard {job.version} there: verdicts of different versions are not comparable"
        return _failed(job, f"this worker has KeyGuard {__version__}", mend, again=False)
    folder = mirrors.place(Path(job.cache), job.target.name)
    if job.task is Task.PART:
        return _part(job, folder)
    with mirrors.locked(folder):
        if job.task is Task.ASK:
            return _asked(job, folder)
        return _cloned(job, folder) if job.target.address else _here(job, folder)


def _cloned(job: Job, folder: Path) -> Outcome:
    refs = mirrors.refs_of(job.target, folder)
    state = mirrors.state(refs)
    if state == job.state and job.task is Task.SCAN:
        return Outcome(job.target.name, Ended.UNCHANGED, state=state)
    path = mirrors.updated(job.target, folder, refs)
    return _read(job, folder, _repository(path), state, ())


def _here(job: Job, folder: Path) -> Outcome:
    path = Path(job.target.path)
    if job.state and job.task is Task.SCAN and state_of(job.target.path, job.watched) == job.state:
        return Outcome(job.target.name, Ended.UNCHANGED, state=job.state, watched=job.watched)
    repository = _repository(path)
    watched = _watched(repository)
    return _read(job, folder, repository, state_of(job.target.path, watched), watched)


def _repository(path: Path) -> Repository:
    """Return the repository that lies at this very path, and not one around it."""
    repository = discover(path)
    places = {os.path.realpath(each) for each in (repository.top, repository.git_dir) if each} if repository else ()
    if repository is None or os.path.realpath(path) not in places:
        raise SourceError(f"git finds no repository at {path}", "git fsck there shows what is wrong")
    return repository


def _watched(repository: Repository) -> tuple[str, ...]:
    """Return what lies outside of the git folder and is read with it: borrowed objects, submodules of old."""
    own = os.path.realpath(repository.common_dir)
    inner = [each.repository.git_dir for each in submodules.found(repository) if each.repository is not None]
    borrowed = [each for each in with_alternates(repository.common_dir / "objects") if each.is_dir()]
    found = (os.path.realpath(each) for each in (*inner, *borrowed))
    return tuple(dict.fromkeys(each for each in found if not each.startswith(own + os.sep)))


def _read(job: Job, folder: Path, repository: Repository, state: str, watched: tuple[str, ...]) -> Outcome:
    shelf = _shelf(job, folder)
    if job.task is Task.SCAN and (parts := _split(job, shelf, repository)):
        return Outcome(job.target.name, Ended.SPLIT, parts=parts)
    verdict = of_history(repository, job.settings, shelf)
    shelf.drop(shelf.names("part"))
    return Outcome(job.target.name, Ended.READ, state=state, watched=watched, record=recorded(verdict.result))


def _asked(job: Job, folder: Path) -> Outcome:
    """Find keys again by their fingerprints, and ask their providers whether they live; they are sent nowhere else."""
    from keyguard.pipeline.checking import Plan, checked
    from keyguard.verification.asking import Patience

    settings = replace(job.settings, fingerprint=job.keys)
    result = of_history(_repository(_place(job, folder)), settings, _shelf(job, folder)).result
    found = checked(result, Plan.of(result.findings, {}), job.addresses, Patience(), None).findings
    return Outcome(job.target.name, Ended.ASKED, record={"answers": answers(found)})


def _place(job: Job, folder: Path) -> Path:
    """Return where the repository lies that was scanned."""
    return folder / mirrors.MIRROR if job.target.address else Path(job.target.path)


def _shelf(job: Job, folder: Path) -> Shelf:
    return Shelf(folder, job.rules)


def _split(job: Job, shelf: Shelf, repository: Repository) -> int:
    """Write down which objects are to be read in which part, and return how many there are; 0 if it is not worth it."""
    packs = sum(each.stat().st_size for each in repository.common_dir.glob("objects/pack/*.pack"))
    if packs * PACKED < job.split:
        return 0
    scan = prepare(job.settings, repository)
    remembered = Remembered(repository, scan.made_of, shelf)
    reached = frontier.reached(repository, leftovers(repository), remembered.earlier)
    ids = reached.ids if reached else objects.reachable(repository.git, objects.EVERYTHING).ids
    planned = plan(
        repository,
        remembered.apart(ids, reached).ids,
        min(MOST_PARTS, max(2, packs * PACKED // max(job.split // 2, 1))),
    )
    if len(planned.parts) < 2 or sum(each.weight for each in planned.parts) < job.split:
        return 0
    for number, each in enumerate(planned.parts):
        shelf.write(_IDS.format(number), "\n".join(each.ids).encode("ascii"))
    return len(planned.parts)


def _part(job: Job, folder: Path) -> Outcome:
    """Read one part, and keep what of it holds nothing; the scan that follows reads all the rest, and tells of it."""
    shelf = _shelf(job, folder)
    done = Outcome(job.target.name, Ended.PART)
    path = _place(job, folder)
    listed = shelf.read(_IDS.format(job.part))
    if listed is None or not path.exists():  # another machine has it, so the scan there reads it
        return done
    repository = _repository(path)
    scan = prepare(job.settings, repository)
    scan.engine.prepare(bulk=True)
    remembered = Remembered(repository, scan.made_of, shelf, job.part)
    reader = ObjectReader(repository, Stats(), scan.engine.reach)
    ids: Sequence[str] = listed.decode("ascii").split("\n")
    for each in plan(repository, ids, 1).parts:
        if isinstance(each, PackPart):
            remembered.add(each.pack, share(scan.engine, reader, each, [0, 0], 0).clean)
    remembered.keep()
    return done
