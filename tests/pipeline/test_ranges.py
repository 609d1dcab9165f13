"""`--range auto`: what a job of each CI system takes for its change, in clones as these systems make them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import SourceError, UsageError
from keyguard.git.repository import Repository, discover
from keyguard.pipeline.ranges import auto, systems
from keyguard.pipeline.ranges.given import Range
from tests.conftest import Copied, RunKeyguard
from tests.support import keys
from tests.support.anything import spelled, tables
from tests.support.repository import Repo

ZERO = "0" * 40
GONE = "12" * 20
KEY = keys.project_key(random.Random(1))


class Server:
    """A repository with `main`, `release` and `side` (which left `main` before its last commit), all pushed.

    `clone` is what a CI system checks out of it.
    """

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        names = ("main~2", "main~1", "main", "release", "side~1", "side")
        self.root, self.old, self.main, self.release, self.first, self.side = repo.git("rev-parse", *names).split()
        self.origin = repo.top.with_name("repo-origin.git")

    def merged(self) -> str:
        """Make the trial merge that systems build for a merge request, under a ref of its own."""
        self.repo.checkout("main~0")
        merge = self.repo.merge("side")
        self.repo.git("push", "--quiet", "origin", "HEAD:refs/pull/7/merge")
        self.repo.checkout("main")
        return merge

    def clone(self, *refs: str, depth: int | None = None) -> Repository:
        """Fetch these refs (all branches, if none is named) into a new clone, without a branch checked out."""
        job = Repo(self.repo.top.with_name("job"))
        options = [f"--depth={depth}"] if depth else []
        job.git("remote", "add", "origin", f"file://{self.origin}")
        wanted = [f"+{ref}:{ref.replace('heads', 'remotes/origin')}" for ref in refs]
        job.git(
            "fetch", "--quiet", "--no-tags", *options, "origin", *(wanted or ["+refs/heads/*:refs/remotes/origin/*"])
        )
        found = discover(job.top)
        assert found is not None
        return found


def branched(repo: Repo) -> None:
    repo.save("a", "root")
    repo.branch("release")
    repo.save("r", "release")
    repo.checkout("main")
    repo.save("a", "old")
    repo.branch("side")
    repo.save("s", "first")
    repo.save("s", "second")
    repo.checkout("main")
    repo.save("a", "new")
    repo.push()


@pytest.fixture
def server(copied: Copied) -> Server:
    return Server(copied(branched))


def ranged(repository: Repository, environ: Mapping[str, str]) -> Range:
    return auto.ranged(repository, systems.job(environ))


def commits(repository: Repository, environ: Mapping[str, str]) -> set[str]:
    return set(repository.git.run("rev-list", *ranged(repository, environ).revisions).decode().split())


def github(folder: Path, head: str, ref: str = "refs/heads/side", **event: object) -> dict[str, str]:
    """Return the environment of a job of GitHub Actions, and write its event."""
    path = folder / "event.json"
    path.write_text(json.dumps({"repository": {"default_branch": "main"}, **event}))
    return {"GITHUB_ACTIONS": "true", "GITHUB_SHA": head, "GITHUB_REF": ref, "GITHUB_EVENT_PATH": str(path)}


TAGGED: dict[str, Callable[[str, str], dict[str, str]]] = {
    "github": lambda head, tag: {"GITHUB_SHA": head, "GITHUB_REF": f"refs/tags/{tag}"},  # a release, say
    "gitlab": lambda head, tag: {"CI_COMMIT_SHA": head, "CI_COMMIT_TAG": tag, "CI_DEFAULT_BRANCH": "main"},
    "azure": lambda head, tag: {"BUILD_SOURCEVERSION": head, "BUILD_SOURCEBRANCH": f"refs/tags/{tag}"},
    "bitbucket": lambda head, tag: {"BITBUCKET_COMMIT": head, "BITBUCKET_TAG": tag},
    "circleci": lambda head, tag: {"CIRCLE_SHA1": head, "CIRCLE_TAG": tag},
    "jenkins": lambda head, tag: {"GIT_COMMIT": head, "TAG_NAME": tag, "BRANCH_NAME": tag},
}
"""The environment of a job for a tag, where that does not say which object the tag is."""


class TestMergeRequest:
    @pytest.mark.parametrize("system", ["github", "gitlab", "azure", "bitbucket", "jenkins"])
    def test_has_its_own_commits(self, server: Server, tmp_path: Path, system: str):
        merge = server.merged()
        request = {"base": {"sha": server.old}, "head": {"sha": server.side}}
        environ = {
            "github": github(tmp_path, merge, "refs/pull/7/merge", pull_request=request),
            "gitlab": {
                "CI_COMMIT_SHA": server.side, "CI_COMMIT_BEFORE_SHA": ZERO,
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": server.old, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            },
            "azure": {
                "BUILD_SOURCEVERSION": merge, "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": server.side, "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
            },
            "bitbucket": {
                "BITBUCKET_COMMIT": server.side[:12], "BITBUCKET_PR_DESTINATION_COMMIT": server.main[:12],
                "BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_BRANCH": "side",
            },
            "jenkins": {"GIT_COMMIT": server.side, "CHANGE_TARGET": "main", "BRANCH_NAME": "PR-7"},
        }[system]  # fmt: skip
        trial = {merge} if system in ("github", "azure") else set()  # it may hold what neither side has
        assert commits(server.clone("refs/heads/*", "refs/pull/7/merge"), environ) == {
            server.first, server.side, *trial,
        }  # fmt: skip

    def test_from_a_fork_is_known_by_its_merge_only(self, server: Server, tmp_path: Path):
        merge = server.merged()
        request = {"base": {"sha": server.main}, "head": {"sha": server.side}}
        environ = github(tmp_path, merge, "refs/pull/7/merge", pull_request=request)
        clone = server.clone("refs/heads/main", "refs/pull/7/merge")
        assert commits(clone, environ) == {merge, server.first, server.side}

    def test_that_runs_in_the_target_needs_the_request_itself(self, server: Server, tmp_path: Path):
        request = {"base": {"sha": server.main}, "head": {"sha": server.side}}
        environ = github(tmp_path, server.main, "refs/heads/main", pull_request=request)  # pull_request_target
        with pytest.raises(SourceError) as caught:
            ranged(server.clone("refs/heads/main"), environ)
        assert caught.value.hint == f"git fetch origin {server.side}"

    def test_without_its_event_goes_by_the_target(self, server: Server):
        environ = {"GITHUB_SHA": server.side, "GITHUB_BASE_REF": "main", "GITHUB_EVENT_PATH": "/nowhere"}
        assert commits(server.clone(), environ) == {server.first, server.side}

    def test_whose_base_was_left_out_of_a_shallow_clone(self, server: Server):
        environ = {"CI_COMMIT_SHA": server.side, "CI_MERGE_REQUEST_DIFF_BASE_SHA": server.old}
        with pytest.raises(SourceError) as caught:
            ranged(server.clone("refs/heads/side", depth=1), environ)
        assert caught.value.hint is not None
        assert "git fetch --unshallow" in caught.value.hint
        assert "GIT_DEPTH: 0" in caught.value.hint

    def test_without_a_common_history_is_read_whole(self, server: Server):
        server.repo.git("checkout", "--quiet", "--orphan", "apart")
        alone = server.repo.save("x", "x")
        server.repo.push("apart")
        environ = {"GIT_COMMIT": alone, "CHANGE_TARGET": "main"}
        assert commits(server.clone(), environ) == {alone}

    def test_whose_base_is_gone_goes_by_the_target(self, server: Server, tmp_path: Path):
        request = {"base": {"sha": GONE}, "head": {"sha": server.side}}
        environ = {**github(tmp_path, server.side, pull_request=request), "GITHUB_BASE_REF": "main"}
        assert commits(server.clone(), environ) == {server.first, server.side}

    def test_whose_target_is_here_but_not_where_it_left_it(self, server: Server):
        environ = {"GIT_COMMIT": server.side, "CHANGE_TARGET": "main"}
        with pytest.raises(SourceError, match="shallow"):
            ranged(server.clone(depth=1), environ)

    def test_whose_target_was_not_fetched(self, server: Server):
        environ = {"GIT_COMMIT": server.side, "CHANGE_TARGET": "main"}
        with pytest.raises(SourceError) as caught:
            ranged(server.clone("refs/heads/side"), environ)
        assert caught.value.hint == "git fetch origin +refs/heads/main:refs/remotes/origin/main"


class TestPush:
    @pytest.mark.parametrize("system", ["github", "gitlab", "circle", "jenkins"])
    def test_has_what_was_added(self, server: Server, tmp_path: Path, system: str):
        environ = {
            "github": github(tmp_path, server.side, before=server.first, after=server.side),
            "gitlab": {"CI_COMMIT_SHA": server.side, "CI_COMMIT_BEFORE_SHA": server.first},
            "circle": {"CIRCLE_SHA1": server.side, "CIRCLE_BASE_REVISION": server.first},
            "jenkins": {"GIT_COMMIT": server.side, "GIT_PREVIOUS_SUCCESSFUL_COMMIT": server.first},
        }[system]
        assert commits(server.clone(), environ) == {server.side}

    @pytest.mark.parametrize("system", ["github", "gitlab", "azure", "bitbucket", "circle", "jenkins"])
    def test_of_a_new_branch_has_what_no_other_has(self, server: Server, tmp_path: Path, system: str):
        environ = {
            "github": github(tmp_path, server.side, before=ZERO, after=server.side),
            "gitlab": {
                "CI_COMMIT_SHA": server.side, "CI_COMMIT_BEFORE_SHA": ZERO,
                "CI_COMMIT_BRANCH": "side", "CI_DEFAULT_BRANCH": "main",
            },
            "azure": {"BUILD_SOURCEVERSION": server.side, "BUILD_SOURCEBRANCH": "refs/heads/side"},
            "bitbucket": {"BITBUCKET_COMMIT": server.side, "BITBUCKET_BRANCH": "side"},
            "circle": {"CIRCLE_SHA1": server.side, "CIRCLE_BRANCH": "side", "CIRCLE_BASE_REVISION": ""},
            "jenkins": {"GIT_COMMIT": server.side, "BRANCH_NAME": "side"},
        }[system]  # fmt: skip
        clone = server.clone()
        (clone.git_dir / "refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/main\n")
        assert commits(clone, environ) == {server.first, server.side}

    def test_without_a_default_branch_has_all(self, server: Server):
        environ = {"BUILD_SOURCEVERSION": server.side, "BUILD_SOURCEBRANCH": "refs/heads/side"}
        assert commits(server.clone(), environ) == {server.root, server.old, server.first, server.side}

    def test_in_a_clone_without_other_branches_has_all(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.side, before=ZERO, after=server.side)
        clone = server.clone("refs/heads/side")
        assert commits(clone, environ) == {server.root, server.old, server.first, server.side}

    def test_of_the_new_default_branch_has_all(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.main, "refs/heads/main", before=ZERO, after=server.main)
        assert commits(server.clone(), environ) == {server.root, server.old, server.main}

    @pytest.mark.parametrize("names", [("below", "side"), ("zenith", "side")])
    def test_of_stacked_branches_reads_each_commit_in_one_job(
        self, server: Server, tmp_path: Path, names: tuple[str, str]
    ):
        below, above = names
        server.repo.git("push", "--quiet", "origin", f"{server.first}:refs/heads/{below}")
        clone = server.clone()
        read = [
            commits(clone, github(tmp_path, tip, f"refs/heads/{name}", before=ZERO, after=tip))
            for name, tip in ((below, server.first), (above, server.side))
        ]
        assert sorted(commit for each in read for commit in each) == sorted([server.first, server.side])

    def test_of_branches_that_share_new_commits_reads_them_all(self, server: Server, tmp_path: Path):
        server.repo.branch("feature/other", server.first)
        tips = {"side": server.side, "feature/other": server.repo.save("o", "other")}
        server.repo.push("feature/other")
        clone = server.clone()
        read = [
            commits(clone, github(tmp_path, tip, f"refs/heads/{name}", before=ZERO, after=tip))
            for name, tip in tips.items()
        ]
        assert set.union(*read) == {server.first, *tips.values()}

    def test_of_a_root_commit(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.root, "refs/heads/main", before=ZERO, after=server.root)
        assert commits(server.clone(), environ) == {server.root}

    def test_by_force_still_has_the_content_that_was_kept(self, server: Server):
        server.repo.checkout("side")
        server.repo.git("commit", "--quiet", "--amend", "-m", "reworded")
        new = server.repo.head
        server.repo.push("side", force=True)
        clone = server.clone()
        server.repo.git("push", "--quiet", f"file://{clone.git_dir}", f"{server.side}:refs/odd/old")
        chosen = ranged(clone, {"CI_COMMIT_SHA": new, "CI_COMMIT_BEFORE_SHA": server.side})
        listed = clone.git.run("rev-list", "--objects", "--no-object-names", *chosen.revisions).decode().split()
        assert server.first not in listed
        assert {new, server.repo.git("rev-parse", f"{new}:s")} <= set(listed)
        assert "by force" in chosen.notes[0]

    def test_by_force_whose_commit_is_gone_is_read_as_a_new_branch(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.side, before=GONE, after=server.side)
        clone = server.clone()
        assert commits(clone, environ) == {server.first, server.side}
        assert "by force" in ranged(clone, environ).notes[0]

    def test_by_force_of_another_history_is_read_as_a_new_branch(self, server: Server):
        server.repo.git("checkout", "--quiet", "--orphan", "apart")
        alone = server.repo.save("x", "x")
        server.repo.push("apart")
        environ = {"CI_COMMIT_SHA": alone, "CI_COMMIT_BEFORE_SHA": server.side, "CI_COMMIT_BRANCH": "apart"}
        assert commits(server.clone(), environ | {"CI_DEFAULT_BRANCH": "main"}) == {alone}

    def test_in_a_shallow_clone_needs_what_was_before(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.side, before=server.first, after=server.side)
        with pytest.raises(SourceError) as caught:
            ranged(server.clone("refs/heads/side", depth=1), environ)
        assert caught.value.hint is not None
        assert "fetch-depth: 0" in caught.value.hint

    def test_of_a_tag_has_its_message(self, server: Server, tmp_path: Path):
        tag = server.repo.tag("v1", "main", message="release")
        server.repo.git("push", "--quiet", "origin", "refs/tags/v1")
        environ = github(tmp_path, server.main, "refs/tags/v1", before=ZERO, after=tag)
        clone = server.clone("refs/heads/*", "refs/tags/v1")
        listed = clone.git.run("rev-list", "--objects", *ranged(clone, environ).revisions).decode()
        assert [line.split()[0] for line in listed.splitlines()] == [tag]

    def test_of_a_tag_that_is_not_here_is_not_complete(self, server: Server, tmp_path: Path):
        environ = github(tmp_path, server.main, "refs/tags/v1", before=ZERO, after=GONE)
        (unread,) = ranged(server.clone(), environ).unread
        assert unread.what == f"tag {GONE}"

    @pytest.mark.parametrize("system", sorted(TAGGED))
    def test_of_a_tag_that_is_told_by_its_name_has_its_message(self, server: Server, system: str):
        tag = server.repo.tag("v1", "main", message="release")
        server.repo.git("tag", "light", "main")
        server.repo.git("push", "--quiet", "origin", "refs/tags/v1", "refs/tags/light")
        clone = server.clone("refs/heads/*", "refs/tags/*")
        for name, tip in (("v1", tag), ("light", server.main)):
            found = ranged(clone, TAGGED[system](server.main, name))
            assert (found.tip, found.unread) == (tip, ())

    @pytest.mark.parametrize("system", sorted(TAGGED))
    def test_of_a_tag_that_is_told_by_its_name_and_not_here_is_not_complete(self, server: Server, system: str):
        environ = TAGGED[system](server.main, "v1")
        clone = server.clone()
        (unread,) = ranged(clone, environ).unread
        assert (unread.what, unread.why) == ("tag v1", "it is missing from this clone")
        assert unread.mend == "git fetch --force --tags origin"
        server.repo.tag("v1", "side", message="moved since")
        server.repo.git("push", "--quiet", "origin", "refs/tags/v1")
        Repo(clone.git_dir.parent).git("fetch", "--quiet", "--tags", "origin")
        found = ranged(clone, environ)
        assert [each.why for each in found.unread] == ["by now it names another commit"]
        assert found.tip == server.main


class TestEnvironment:
    @pytest.mark.parametrize(
        "environ",
        [
            {},
            {"CI": "true"},
            {"CI_COMMIT_SHA": "--output=/tmp/x"},
            {"CI_COMMIT_SHA": "main"},
            {"CI_COMMIT_SHA": ZERO},
            {"CI_COMMIT_SHA": GONE, "CI_COMMIT_BEFORE_SHA": "--all"},
            {"CI_COMMIT_SHA": GONE, "CI_COMMIT_TAG": "v1^{tree}"},
            {"CI_COMMIT_SHA": GONE, "CI_COMMIT_BEFORE_SHA": f"{GONE}^@"},
            *(
                {"GIT_COMMIT": GONE, "CHANGE_TARGET": name}
                for name in ("-x", "a..b", "a b", "a\n", "a^{}", "../x", "a@{1}")
            ),
        ],
        ids=str,
    )
    def test_that_names_no_commit_or_branch_is_refused(self, environ: dict[str, str]):
        with pytest.raises(UsageError):
            systems.job(environ)

    def test_a_branch_called_like_the_beginning_of_an_id_is_not_taken_for_it(self, server: Server):
        server.repo.git("update-ref", f"refs/heads/{GONE[:12]}", server.root)
        found = discover(server.repo.top)
        assert found is not None
        with pytest.raises(SourceError, match="not in this clone"):
            ranged(found, {"BITBUCKET_COMMIT": GONE[:12]})

    def test_a_command_to_mend_quotes_the_name_of_a_branch(self, server: Server):
        with pytest.raises(SourceError) as caught:
            ranged(server.clone(), {"GIT_COMMIT": server.side, "CHANGE_TARGET": "$(id)"})
        assert caught.value.hint == "git fetch origin '+refs/heads/$(id):refs/remotes/origin/$(id)'"

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"before": 7, "pull_request": []}', "[" * 200_000])
    def test_an_event_that_says_nothing_makes_the_range_larger(self, tmp_path: Path, text: str):
        (tmp_path / "event").write_text(text)
        job = systems.job({"GITHUB_SHA": GONE, "GITHUB_EVENT_PATH": str(tmp_path / "event")})
        assert (job.before, job.base, job.pushed) == (None, None, None)


class TestCommand:
    def test_a_job_finds_what_its_push_brings_in(self, repo: Repo, run_here: RunKeyguard):
        old = repo.save("a", "a")
        new = repo.save("b", f"k={KEY}\n")
        environ = {"CI_COMMIT_SHA": new, "CI_COMMIT_BEFORE_SHA": old}
        ran = run_here("scan", "--range", "auto", cwd=repo.top, environ=environ)
        assert ran.code == 1
        assert f"GitLab CI/CD, push: {new[:12]} (CI_COMMIT_SHA) since {old[:12]}" in ran.stderr

    def test_a_key_in_the_name_of_a_branch_is_not_shown(self, repo: Repo, run_here: RunKeyguard):
        old = repo.save("a", "a")
        new = repo.save("b", "b")
        repo.git("update-ref", f"refs/remotes/origin/{KEY}", old)
        environ = {"CI_COMMIT_SHA": new, "CI_COMMIT_BRANCH": "x", "CI_DEFAULT_BRANCH": KEY}
        ran = run_here("scan", "--range", "auto", cwd=repo.top, environ=environ)
        assert ran.code == 0
        assert "what refs/remotes/origin/" in ran.stderr
        assert KEY not in ran.stderr

    def test_outside_a_ci_system_it_says_what_to_do(self, repo: Repo, run_here: RunKeyguard):
        ran = run_here("scan", "--range", "auto", cwd=repo.top)
        assert ran.code == 2
        assert "--range origin/main..HEAD" in ran.stderr

    def test_a_commit_that_is_not_here_is_not_clean(self, repo: Repo, run_here: RunKeyguard):
        repo.save("a", "a")
        ran = run_here("scan", "--range", "auto", cwd=repo.top, environ={"CIRCLE_SHA1": GONE})
        assert ran.code == 3
        assert f"git fetch origin {GONE}" in ran.stderr


VARIABLES = [
    systems.EVENT_FILE, *(each.head for each in systems.SYSTEMS), "GITHUB_REF", "GITHUB_BASE_REF", "CI_COMMIT_TAG",
    "CI_COMMIT_BEFORE_SHA", "BRANCH_NAME", "CHANGE_TARGET", "CI_DEFAULT_BRANCH",
]  # fmt: skip
SAID = st.sampled_from(
    ["a" * 40, ZERO, "A" * 7, "refs/heads/main", "refs/tags/v1", "main", "a..b", "x y", ""]
) | st.text(max_size=5)
EVENTS = tables(
    ["before", "after", "pull_request", "repository", "merge_group"],
    ["head", "base", "sha", "default_branch", "a" * 40],
)


@given(st.dictionaries(st.sampled_from(VARIABLES), SAID), EVENTS.map(spelled) | st.binary(max_size=20))
@settings(max_examples=75)
def test_whatever_a_system_says_is_a_job_of_ids_and_branches_or_refused(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, str], event: bytes
):
    file = tmp_path_factory.getbasetemp() / "event.json"
    file.write_bytes(event)
    try:
        job = systems.job({**said, systems.EVENT_FILE: str(file)})
    except UsageError:
        return
    ids = [each for each in (job.head, job.source, job.pushed, job.before, job.base) if each]
    assert all(re.fullmatch(r"[0-9a-f]{7,64}", each.value) and each.value.strip("0") for each in ids)
    branches = [each.value for each in (job.target, job.branch, job.default) if each]
    assert not any(re.search(r"\.\.|[\x00-\x20~^:?*\[\\]|^-", each) for each in branches)
