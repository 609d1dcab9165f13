"""What CI systems say of the change that a job runs for: one table of their variables, and how it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyguard.errors import UsageError
from keyguard.git.commits import HEADS, TAGS

EVENT = "event."
"""What the names of fields begin with that stand in the JSON document of `EVENT_FILE`."""
EVENT_FILE = "GITHUB_EVENT_PATH"
_ID = re.compile(r"[0-9a-f]{7,40}|[0-9a-f]{64}")  # Bitbucket gives the beginning of one
_NO_BRANCH = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/]|[/.]$|(^|/)\.|\.lock(/|$)|^@$"
)  # git-check-ref-format(1)


@dataclass(frozen=True, slots=True)
class System:
    """A CI system, and the variables in which it tells of a change; of several the first one that is set counts.

    `head` is the commit of the job: of a merge request perhaps a trial merge of it, and then `source` is the request's
    own last commit. `pushed` is the object that was pushed where that is no commit but an annotated tag. `before` is
    what the branch had before the push; `base` and `target` are a commit and the branch that a merge request goes into;
    `default` is the default branch. `full` says how its jobs get the full history, `docs` where all that is written.
    """

    name: str
    head: str
    full: str
    docs: tuple[str, ...]
    source: tuple[str, ...] = ()
    pushed: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    default: tuple[str, ...] = ()


SYSTEMS = (
    System(
        name="GitHub Actions",
        head="GITHUB_SHA",
        source=("event.pull_request.head.sha", "event.merge_group.head_sha"),
        pushed=("event.after",),
        before=("event.before",),
        base=("event.pull_request.base.sha", "event.merge_group.base_sha"),
        target=("GITHUB_BASE_REF",),
        branch=("GITHUB_REF",),
        tag=("GITHUB_REF",),
        default=("event.repository.default_branch",),
        full="fetch-depth: 0",
        docs=(
            "https://docs.github.com/en/actions/reference/workflows-and-actions/variables",
            "https://docs.github.com/en/webhooks/webhook-events-and-payloads",  # `event.` is the payload
            "https://github.com/actions/checkout#usage",
        ),
    ),
    System(
        name="GitLab CI/CD",
        head="CI_COMMIT_SHA",
        source=("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",),  # in pipelines for merged results
        before=("CI_COMMIT_BEFORE_SHA",),
        base=("CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"),
        target=("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"),
        branch=("CI_COMMIT_BRANCH",),
        tag=("CI_COMMIT_TAG",),
        default=("CI_DEFAULT_BRANCH",),
        full="GIT_DEPTH: 0",
        docs=(
            "https://docs.gitlab.com/ci/variables/predefined_variables/",
            "https://docs.gitlab.com/ci/runners/configure_runners/#shallow-cloning",
        ),
    ),
    System(
        name="Azure Pipelines",
        head="BUILD_SOURCEVERSION",
        source=("SYSTEM_PULLREQUEST_SOURCECOMMITID",),
        target=("SYSTEM_PULLREQUEST_TARGETBRANCH",),
        branch=("BUILD_SOURCEBRANCH",),
        tag=("BUILD_SOURCEBRANCH",),
        full="fetchDepth: 0",
        docs=(
            "https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables",
            "https://learn.microsoft.com/en-us/azure/devops/pipelines/yaml-schema/steps-checkout",
        ),
    ),
    System(
        name="Bitbucket Pipelines",
        head="BITBUCKET_COMMIT",
        base=("BITBUCKET_PR_DESTINATION_COMMIT",),
        target=("BITBUCKET_PR_DESTINATION_BRANCH",),
        branch=("BITBUCKET_BRANCH",),
        tag=("BITBUCKET_TAG",),
        full="clone: depth: full",
        docs=(
            "https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/",
            "https://support.atlassian.com/bitbucket-cloud/docs/git-clone-behavior/",
        ),
    ),
    System(
        name="CircleCI",
        head="CIRCLE_SHA1",
        before=("CIRCLE_BASE_REVISION",),  # not its own: whoever wants it sets it to << pipeline.git.base_revision >>
        branch=("CIRCLE_BRANCH",),
        tag=("CIRCLE_TAG",),
        full="checkout: method: full",
        docs=("https://circleci.com/docs/reference/variables/",),
    ),
    System(
        name="Jenkins",
        head="GIT_COMMIT",
        before=("GIT_PREVIOUS_SUCCESSFUL_COMMIT",),
        target=("CHANGE_TARGET",),
        branch=("BRANCH_NAME",),
        tag=("TAG_NAME",),
        full="no shallow clone in the Git plugin's clone behaviours",
        docs=(
            "https://plugins.jenkins.io/git/#plugin-content-environment-variables",
            "https://www.jenkins.io/doc/book/pipeline/multibranch/#additional-environment-variables",
        ),
    ),
)
"""The systems that are known; Jenkins last, since others run the same plugins."""


@dataclass(frozen=True, slots=True)
class Told:
    """A value, and the variable that it is from."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Job:
    """What the environment says of a change, all ids and names of branches checked; the fields are those of `System`.

    Zeros, which systems give for "nothing", are None here.
    """

    system: System
    head: Told
    source: Told | None
    pushed: Told | None
    before: Told | None
    base: Told | None
    target: Told | None
    branch: Told | None
    tag: Told | None
    default: Told | None


def job(environ: Mapping[str, str]) -> Job:
    """Read what the CI system says that this runs in.

    Raises `UsageError` outside all that are known, and for values that are no ids or names of branches.
    """
    system = next((each for each in SYSTEMS if environ.get(each.head)), None)
    if system is None:
        raise UsageError(
            f"--range auto knows no CI system here: none of {', '.join(each.head for each in SYSTEMS)} is set",
            "name the range, for example --range origin/main..HEAD",
        )
    event = _event(environ) if system.name == SYSTEMS[0].name else {}

    def told(names: tuple[str, ...]) -> Told | None:
        found = ((name, _field(event, name) if name.startswith(EVENT) else environ.get(name)) for name in names)
        return next((Told(name, value) for name, value in found if value), None)

    head = _id(told((system.head,)))
    if head is None:
        raise UsageError(f"{system.head} names no commit", "name the range, for example --range origin/main..HEAD")
    return Job(
        system=system,
        head=head,
        source=_id(told(system.source)),
        pushed=_id(told(system.pushed)),
        before=_id(told(system.before)),
        base=_id(told(system.base)),
        target=_branch(told(system.target)),
        branch=_branch(told(system.branch)),
        tag=_tag(told(system.tag), named=system.tag != system.branch),
        default=_branch(told(system.default)),
    )


def _event(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what GitHub wrote about the event; nothing where it is not to be read, which makes the range larger."""
    try:
        loaded = json.loads(Path(environ[EVENT_FILE]).read_bytes())
    except (KeyError, OSError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _field(event: Mapping[str, Any], name: str) -> str | None:
    found: object = event
    for key in name.removeprefix(EVENT).split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _id(told: Told | None) -> Told | None:
    if told is None or not told.value.strip("0"):
        return None
    value = told.value.lower()
    if not _ID.fullmatch(value):
        raise UsageError(f"{told.name} is no id of a commit", "name the range, for example --range origin/main..HEAD")
    return Told(told.name, value)


def _branch(told: Told | None) -> Told | None:
    """Return the name of a branch without what all of them begin with; None for a ref that is no branch."""
    if told is None or (told.value.startswith("refs/") and not told.value.startswith(HEADS)):
        return None
    value = told.value.removeprefix(HEADS)
    if _NO_BRANCH.search(value):
        raise UsageError(f"{told.name} is no name of a branch", "name the range, for example --range origin/main..HEAD")
    return Told(told.name, value)


def _tag(told: Told | None, *, named: bool) -> Told | None:
    """Return what says that a tag was pushed: a variable of its own (`named`), or the ref."""
    if told is None or not (named or told.value.startswith(TAGS)):
        return None
    if _NO_BRANCH.search(told.value):
        raise UsageError(f"{told.name} is no name of a tag", "name the range, for example --range origin/main..HEAD")
    return told
