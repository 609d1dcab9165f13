"""Works out what a CI job's change brings into a repository.

It is always a set of commits that holds all of the change. Where the system says too little, or the clone has too
little, the set is larger, or there is an error that says how to mend it; it is never smaller.
"""

from __future__ import annotations

from keyguard.errors import SourceError
from keyguard.git.commits import HEADS, TAGS
from keyguard.git.repository import Repository
from keyguard.model import Unread
from keyguard.pipeline.ranges.given import Range, bases, tag
from keyguard.pipeline.ranges.systems import Job, Told
from keyguard.remediation.quoting import shell

REMOTES = ("refs/remotes/origin/", "refs/remotes/upstream/")
"""Where CI systems keep the branches of the repository that they build."""
SHORT = 12


def ranged(repository: Repository, job: Job) -> Range:
    """Return what the change of a job brings in. Raises `SourceError` where the clone lacks a commit of it."""
    if job.base or job.target:
        return _of_request(repository, job)
    return _of_push(repository, job)


def _of_request(repository: Repository, job: Job) -> Range:
    """Return what a merge request has beyond the point where it left its target."""
    told = job.source or job.head
    tip = _needed(repository, job, told)
    start, why = _start(repository, job)
    common = bases(repository, tip, start)
    if not common:
        _refuse_shallow(repository, job, f"where {_named(told)} left {why}")
    since = f"since {_short(common[0])}, where it left {why}" if common else f"with nothing in common with {why}"
    tips, known = [tip], list(common)
    for parents in _trial(repository, job, tip):
        tips.append(job.head.value)
        known += parents
    note = f"{job.system.name}, merge request: {_named(told)} {since}"
    return Range([*tips, "--not", *known], (note,), base=start)


def _start(repository: Repository, job: Job) -> tuple[str, str]:
    """Return a commit of the branch that a merge request goes into, and how messages call it."""
    here = _here(repository, job.base)
    if job.base and here:
        return here, _named(job.base)
    ref = next((ref for ref in _remote_refs(job.target) if repository.resolve(ref)), None)
    if ref:
        return repository.resolve(ref) or "", ref
    if job.base:
        raise _missing(repository, job, job.base)
    name = job.target.value if job.target else ""
    command = shell(f"+{HEADS}{name}:{REMOTES[0]}{name}")
    raise SourceError(f"the branch that this goes into, {name}, is not in this clone", f"git fetch origin {command}")


def _trial(repository: Repository, job: Job, tip: str) -> list[list[str]]:
    """Return the other parents of the job's commit if it is a merge of the request, which may add content of its own.

    Events that run in the target's own checkout have a commit that is none.
    """
    if job.source is None or not _here(repository, job.head):
        return []
    _, *parents = repository.git.line("rev-list", "--parents", "--max-count=1", job.head.value).split()
    return [[each for each in parents if each != tip]] if tip in parents else []


def _of_push(repository: Repository, job: Job) -> Range:
    """Return what a push has added to a branch, or what a new branch or tag has."""
    told, unread = _pushed(repository, job)
    tip = _needed(repository, job, told)
    name = f"{job.system.name}, push: {_named(told)}"
    before = _here(repository, job.before)
    if job.before is None:
        found = _of_branch(repository, job, tip, name)
    elif before is None:
        _refuse_shallow(repository, job, _named(job.before))
        found = _of_branch(repository, job, tip, f"{name}, by force: {_named(job.before)} is gone")
    else:
        common = bases(repository, tip, before)
        if not common:
            _refuse_shallow(repository, job, f"what {_named(told)} and {_named(job.before)} have in common")
            found = _of_branch(repository, job, tip, f"{name}, by force: nothing in common with {_named(job.before)}")
        elif common == [before]:
            found = Range([tip, "--not", before], (f"{name} since {_named(job.before)}",))
        else:  # not "what `before` has not": a rewritten commit still brings in the content that it has kept
            note = f"{name}, by force: since {_short(common[0])}, where it left {_named(job.before)}"
            found = Range([tip, "--not", *common], (note,))
    return Range(found.revisions, found.notes, unread, _base(repository, job, tip, before))


def _pushed(repository: Repository, job: Job) -> tuple[Told, tuple[Unread, ...]]:
    """Return what was pushed: the commit of the job, or the annotated tag of it; and what of that is not here."""
    if job.tag is None:
        return job.pushed or job.head, ()
    mend = "git fetch --force --tags origin"  # actions/checkout may put the commit in the place of its tag
    if job.pushed:
        if _here(repository, job.pushed):
            return job.pushed, ()
        return job.head, (Unread(f"tag {job.pushed.value}", "it is missing from this clone", mend),)
    ref = TAGS + job.tag.value.removeprefix(TAGS)
    named = repository.resolve(ref)
    if named is None or named != _here(repository, job.head):
        why = "by now it names another commit" if named else "it is missing from this clone"
        return job.head, (Unread(f"tag {job.tag.value.removeprefix(TAGS)}", why, None if named else mend),)
    return next((Told(job.tag.name, each) for each in tag(repository, ref)), job.head), ()


def _base(repository: Repository, job: Job, tip: str, before: str | None) -> str | None:
    """Return the commit whose policy holds for a push: the default branch's, for the branch may be anybody's.

    What two pushes bring to a branch one after the other, first an exception and then what it hides, is so no better
    than what one does. The default branch itself goes by what it had before, and by itself where that is not known.
    """
    default, own = _default(repository, job), job.branch.value if job.branch else None
    if default is not None and own == default:
        return before or tip
    refs = [prefix + default for prefix in REMOTES] if default else []
    return next((found for ref in refs if (found := repository.resolve(ref))), before)


def _of_branch(repository: Repository, job: Job, tip: str, name: str) -> Range:
    """Return what a branch has of its own: what neither the default branch nor other remote branches have.

    What it shares with a branch that ranks behind it counts as its own: both may be new, and what each job left to the
    other would be read by none. The default branch itself is read from its beginning.
    """
    default = _default(repository, job)
    own = job.branch.value if job.branch else None
    if default is None:
        note = "all of it, since the default branch is not known here (git remote set-head origin --auto tells git)"
        return Range([tip], (f"{name}, {note}",))
    if own == default or not (own or job.tag):
        return Range([tip], (f"{name}, all of it",))
    main = {prefix + default for prefix in REMOTES}
    known = {ref: at for ref, at in _branches(repository).items() if ref in main or not own or _rank(ref) < _rank(own)}
    if not known:
        return Range([tip], (f"{name}, all of it: no other remote branch is in this clone",))
    shown = next((ref for ref in known if ref in main), next(iter(known)))
    others = f" and {len(known) - 1} other remote branches have not" if len(known) > 1 else " has not"
    return Range([tip, "--not", *dict.fromkeys(known.values())], (f"{name}, what {shown}{others}",))


def _rank(branch: str) -> tuple[int, str]:
    """Return where a branch stands in an order that is the same in every job: `develop` before `feature/x`."""
    name = branch
    for prefix in REMOTES:
        name = name.removeprefix(prefix)
    return name.count("/"), name


def _branches(repository: Repository) -> dict[str, str]:
    """Return the remote branches with their commits, those of the remotes that are built from."""
    fields = "--format=%(refname) %(objectname) %(symref)"
    lines = repository.git.run("for-each-ref", fields, *REMOTES).decode("utf-8", "surrogateescape")
    found = (line.split(" ") for line in lines.split("\n")[:-1])
    return {name: commit for name, commit, symbolic in found if not symbolic}


def _default(repository: Repository, job: Job) -> str | None:
    return job.default.value if job.default else _remote_head(repository)


def _remote_head(repository: Repository) -> str | None:
    """Return the default branch as the clone knows it."""
    head = REMOTES[0] + "HEAD"
    try:
        return repository.git.line("symbolic-ref", "--quiet", head).removeprefix(REMOTES[0])
    except SourceError:
        return None


def _remote_refs(branch: Told | None) -> list[str]:
    return [prefix + branch.value for prefix in REMOTES] if branch else []


def _here(repository: Repository, told: Told | None) -> str | None:
    """Return the whole id of an object that is in this clone.

    What is not whole is looked up as the beginning of an id only: as a revision it could be the name of a branch.
    """
    if told is None or len(told.value) > len(repository.zero):
        return None
    value = told.value
    if len(value) < len(repository.zero):
        found = repository.git.line("rev-parse", f"--disambiguate={value}").split()
        if len(found) != 1:
            return None
        value = found[0]
    try:
        return repository.git.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{value}^{{object}}")
    except SourceError:
        return None


def _needed(repository: Repository, job: Job, told: Told) -> str:
    found = _here(repository, told)
    if found is None:
        raise _missing(repository, job, told)
    return found


def _missing(repository: Repository, job: Job, told: Told) -> SourceError:
    message = f"{_named(told)} is not in this clone"
    if repository.shallow_roots:
        return SourceError(f"{message}, which is shallow", _mend(job, f"git fetch --unshallow origin {told.value}"))
    return SourceError(message, f"git fetch origin {told.value}")


def _refuse_shallow(repository: Repository, job: Job, what: str) -> None:
    """Raise `SourceError` in a shallow clone, which cannot tell what is not there from what was left out."""
    if repository.shallow_roots:
        raise SourceError(f"{what} is not in this clone, which is shallow", _mend(job, "git fetch --unshallow"))


def _mend(job: Job, command: str) -> str:
    return f"{command}; in CI check out with full history ({job.system.full})"


def _short(identity: str) -> str:
    return identity[:SHORT]


def _named(told: Told) -> str:
    return f"{_short(told.value)} ({told.name})"
