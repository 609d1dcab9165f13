import shlex
import subprocess
from dataclasses import replace
from typing import Any

import pytest

from keyguard.config.contact import Contact
from keyguard.language import Language
from keyguard.model import Exposure, Finding, Guidance, Where
from keyguard.remediation.guide import full_guidance, guidance
from keyguard.rules.catalogue import Advice, Topic
from tests.reporting.samples import HOSTILE, catalogue, finding, local, place, secret, text, typical
from tests.support.repository import Repo

REMOTE = "https://github.com/acme/app.git"
EVERY = [*Exposure]


def commands(guide: Guidance) -> list[str]:
    return [step.command for step in guide.steps if step.command]


def brief(found: Finding, **given: Any) -> Guidance:
    return guidance(found, catalogue(), Language.EN, **given)


def whole(subject: Finding, language: Language = Language.EN, **given: Any) -> Guidance:
    return full_guidance(subject, catalogue(), language, **given)


def position(guide: Guidance, words: str) -> int:
    return next(number for number, step in enumerate(guide.steps) if words in step.title.lower())


@pytest.mark.parametrize("exposure", EVERY)
@pytest.mark.parametrize("write", [guidance, full_guidance])
def test_both_languages_lead_the_same_way(exposure, write):
    english, chinese = (write(typical(exposure), catalogue(), language, remote=REMOTE) for language in Language)
    assert [(step.url, step.command) for step in english.steps] == [(step.url, step.command) for step in chinese.steps]
    for one, other in zip(english.steps, chinese.steps, strict=True):
        assert one.title != other.title
        assert one.text != other.text


@pytest.mark.parametrize("exposure", EVERY)
def test_the_brief_has_few_steps_with_short_titles(exposure):
    steps = brief(typical(exposure), remote=REMOTE).steps
    assert 3 <= len(steps) <= 7
    assert all(len(step.title) <= 73 for step in steps)


@pytest.mark.parametrize("exposure", EVERY)
@pytest.mark.parametrize("write", [guidance, full_guidance])
def test_the_false_alarm_comes_last(exposure, write):
    assert "Not a real key" in write(typical(exposure), catalogue(), Language.EN).steps[-1].title


@pytest.mark.parametrize("exposure", [Exposure.PUSHED, Exposure.UNKNOWN, Exposure.UNREACHABLE])
def test_what_may_be_out_is_revoked_first_and_both_ways_are_told(exposure):
    guide = brief(typical(exposure))
    assert "revoke it now" in guide.steps[0].title
    assert guide.steps[0].url == "https://platform.openai.com/api-keys"
    assert "within the hour" in guide.steps[1].title
    assert "replace, deploy, revoke" in guide.steps[1].title
    assert position(guide, "history") > position(guide, "calls")


@pytest.mark.parametrize("exposure", [Exposure.PUSHED, Exposure.UNKNOWN, Exposure.UNREACHABLE])
def test_the_whole_guide_cleans_the_history_after_everything_that_stops_the_key(exposure):
    guide = whole(typical(exposure))
    order = ["decide", "revoke", "create", "find every place", "usage", "limit", "suspended", "account itself"]
    places = [position(guide, words) for words in [*order, "clean the history", "again", "not a real key"]]
    assert places == sorted(places)


def test_the_account_is_told_what_to_write():
    letter = next(step.text for step in whole(typical(Exposure.PUSHED)).steps if step.title.startswith("What to write"))
    assert secret().masked in letter
    assert "2026-03-01" in letter


def test_the_account_is_left_to_say_when_it_leaked_if_nothing_tells():
    known = catalogue()
    guide = full_guidance(known.by_id["openai-project-key"], known, Language.EN)
    assert any("was exposed on [date] in" in step.text for step in guide.steps)


def test_the_remote_is_named():
    assert REMOTE in brief(typical(Exposure.PUSHED), remote=REMOTE).summary


def test_the_clean_up_names_the_key_by_its_fingerprint():
    found = typical(Exposure.PUSHED)
    assert f"keyguard purge {found.fingerprint[:16]} --dry-run" in "\n".join(commands(whole(found)))


def test_usage_is_looked_at_from_the_day_it_was_exposed():
    assert "since 2026-03-01" in brief(typical(Exposure.PUSHED)).steps[2].title


def test_the_last_commit_is_amended():
    found = typical(Exposure.UNPUSHED)
    assert commands(brief(found, head=found.places[0].commit))[0] == "git commit --amend --no-edit -- :/src/app.py"
    assert not any("rebase" in command for command in commands(brief(found, head=found.places[0].commit)))


def test_an_older_commit_is_rebased_with_its_own_id():
    found = typical(Exposure.UNPUSHED)
    commit = (found.places[0].commit or "")[:12]
    assert commands(brief(found, head="f" * 40))[0] == f"git rebase -i {commit}^"
    assert [f"git rebase -i {commit}^"] == [each for each in commands(brief(found)) if "rebase" in each]


def test_the_first_commit_has_nothing_before_it_to_rebase_on():
    first, second = place(date="2026-03-01T00:00:00Z", is_first=True), place(date="2026-03-02T00:00:00Z")
    told = commands(brief(finding(first, second, exposure=Exposure.UNPUSHED)))
    assert [each for each in told if "rebase" in each] == ["git rebase -i --root"]


def test_the_first_commit_is_rewritten_though_its_clock_was_fast():
    second, first = place(date="2026-03-01T00:00:00Z"), place(date="2026-03-02T00:00:00Z", is_first=True)
    told = commands(brief(finding(second, first, exposure=Exposure.UNPUSHED)))
    assert [each for each in told if "rebase" in each] == ["git rebase -i --root"]


def test_where_the_last_commit_is_not_known_both_ways_are_told():
    told = " ".join(commands(brief(typical(Exposure.UNPUSHED))))
    assert "--amend" in told
    assert "rebase" in told


def test_several_commits_start_from_the_first():
    first, second = place(date="2026-03-01T00:00:00Z"), place(date="2026-03-02T00:00:00Z")
    told = commands(brief(finding(first, second, exposure=Exposure.UNPUSHED)))
    assert f"git rebase -i {(first.commit or '')[:12]}^" in told
    assert not any("amend" in command for command in told)


def test_a_message_is_amended_without_touching_files():
    found = finding(place(None, where=Where.COMMIT_MESSAGE), exposure=Exposure.UNPUSHED)
    assert commands(brief(found))[0] == "git commit --amend"


@pytest.mark.parametrize(
    ("refs", "command"), [(("stash",), "git stash list"), ((), "git branch -a --contains")], ids=["stash", "reflog"]
)
def test_what_only_a_stash_or_the_reflog_holds_is_not_rebased(refs, command):
    told = commands(brief(finding(place(refs=refs), exposure=Exposure.UNPUSHED)))
    assert told[0].startswith(command)
    assert not any("rebase" in each for each in told)


@pytest.mark.parametrize(("where", "words"), [(Where.TAG_MESSAGE, "tag"), (Where.NOTE, "note")], ids=str)
def test_messages_of_tags_and_notes_have_their_own_way(where, words):
    found = finding(place(None, where=where, commit=None), exposure=Exposure.UNPUSHED)
    assert words in brief(found).steps[0].title


def test_what_is_staged_is_staged_again():
    guide = brief(typical(Exposure.STAGED))
    assert "OPENAI_API_KEY" in guide.steps[0].title
    assert guide.steps[1].command == "git add -- :/src/app.py"
    assert "AI agent" in guide.steps[2].title


@pytest.mark.parametrize("path", [".env", "deploy/.env.production", "prod.env"])
def test_an_env_file_is_kept_out_of_git_rather_than_emptied(path):
    staged = brief(finding(local(path, Where.BLOB), exposure=Exposure.STAGED))
    assert staged.steps[0].command == f"git rm --cached -- :/{path}"
    untracked = brief(finding(local(path), exposure=Exposure.WORKTREE))
    ignored = """ >> "$(git rev-parse --show-toplevel)/.gitignore\""""
    assert untracked.steps[0].command == rf"printf '\n%s\n' {path}" + ignored


@pytest.mark.parametrize("path", ["evil\n*\n/.env", ".env.example", "sample.env", "env.py", "src/.environment"])
def test_an_example_is_emptied(path):
    assert "Take the key out" in brief(finding(local(path), exposure=Exposure.WORKTREE)).steps[0].title


def test_git_config_and_standard_input_are_no_files_to_edit():
    config = brief(finding(local(".git/config", Where.GIT_CONFIG), exposure=Exposure.WORKTREE))
    assert config.steps[0].command == "git remote -v"
    log = brief(finding(local(".git/logs/HEAD", Where.REFLOG), exposure=Exposure.WORKTREE))
    assert ".git/logs/HEAD" in log.steps[0].text
    stdin = finding(local(None, Where.STDIN), exposure=Exposure.UNKNOWN)
    assert "Git cannot tell" in brief(stdin).summary
    assert not any("filter-repo" in command for command in commands(whole(stdin)))


def test_a_guide_can_be_asked_for_again():
    found = typical(Exposure.PUSHED)
    assert f"keyguard guide {found.fingerprint[:16]}" in commands(brief(found))
    outside = typical(Exposure.NONE)
    assert "keyguard guide openai-project-key" in commands(brief(outside))


def test_the_rule_speaks_before_its_provider():
    own = Advice(
        text("Revoke the admin key", "吊销管理密钥"), text("Own.", "自己。"), "https://own.example/", "codex logout"
    )
    known = catalogue(advice={Topic.REVOKE: own})
    full = full_guidance(typical(Exposure.PUSHED), known, Language.EN)
    revoke = full.steps[1]
    assert (revoke.title, revoke.text, revoke.url, revoke.command) == (
        "Revoke the admin key", "Own.", "https://own.example/", "codex logout",
    )  # fmt: skip
    short = guidance(typical(Exposure.PUSHED), known, Language.EN).steps[0]
    assert (short.url, short.command) == ("https://own.example/", "codex logout")
    assert "Own." in short.text


@pytest.mark.parametrize("language", Language)
def test_a_provider_without_advice_still_has_a_guide(language):
    known = catalogue()
    guide = full_guidance(known.provider_by_id["bare-ai"], known, language)
    assert guide.steps[1].url == "https://bare.example/keys"
    assert "BARE_AI_API_KEY" in " ".join(step.text for step in guide.steps)
    assert guide.steps == full_guidance(known.by_id["bare-key"], known, language).steps


@pytest.mark.parametrize("write", [guidance, full_guidance])
def test_a_rule_that_is_not_in_the_catalogue_still_has_a_guide(write):
    found = typical(Exposure.PUSHED, rule="gone", provider="gone")
    assert "revoke" in write(found, catalogue(), Language.EN).summary


def test_where_several_could_have_issued_it_the_first_step_is_to_find_out():
    found = typical(Exposure.PUSHED, candidates=("openai", "bare-ai", "nobody"))
    first = brief(found).steps[0]
    assert "OpenAI, Bare AI" in first.title
    assert "https://bare.example/keys" in first.text


@pytest.mark.parametrize("exposure", EVERY)
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("write", [guidance, full_guidance])
def test_what_a_repository_chose_is_harmless_in_words_and_commands(exposure, value, write):
    found = finding(place(value, author=value, refs=(value,), date=value, commit=value), exposure=exposure)
    for language in Language:
        guide = write(found, catalogue(), language, remote=value)
        for step in guide.steps:
            for line in (step.title, *step.text.split("\n"), *(step.command or "").split("\n")):
                assert line.isprintable(), line
        assert guide.summary.isprintable()


@pytest.mark.parametrize("exposure", EVERY)
@pytest.mark.parametrize("write", [guidance, full_guidance])
def test_a_secret_in_a_file_name_or_address_is_not_repeated(exposure, write):
    hidden = secret().reveal()
    found = finding(place(f"keys/{hidden}.txt", author=hidden, refs=(hidden,)), exposure=exposure)
    guide = write(found, catalogue(), Language.EN, remote=f"https://x:{hidden}@example.org/")
    assert hidden not in repr(guide)


def test_values_are_one_word_of_their_command():
    value = "--x; rm -rf ~ $(id)"
    staged = brief(finding(local(value, Where.BLOB), exposure=Exposure.STAGED))
    assert shlex.split(staged.steps[1].command or "") == ["git", "add", "--", f":(top,literal){value}"]


NAMES = [
    "a.py", "src/a b.py", ".env", "_a", "-a", "!a", ":a", ":(top)a", "^a", "#a", "~a", "(a", "[a].py", "*", "a*", "a?",
    "\\a", "it's", "中 文.py", "über", "a\tb", "a;b", "$(id)", "@", "a\\",
]  # fmt: skip


@pytest.mark.parametrize("folder", [".", "src", "src/deep"])
def test_a_command_takes_the_files_that_it_names_in_any_folder_and_no_others(repo: Repo, folder: str):
    others = ["src/deep/x", "b.py", "xa", "aa", "ab"]
    for version in ("known to git", "changed"):
        for name in [*NAMES, *others]:
            repo.write(name, version)
        if version == "known to git":
            repo.git("add", "--all")
            repo.commit()
    for name in NAMES:
        staged = brief(finding(local(name, Where.BLOB), exposure=Exposure.STAGED))
        (command,) = (each for each in commands(staged) if each.startswith(("git add", "git rm")))
        line = command.replace("git rm --cached", "git add")
        subprocess.run(["bash", "-c", line], cwd=repo.top / folder, check=True)
    added = repo.git("diff", "--cached", "--name-only", "-z").split("\0")
    assert sorted(filter(None, added)) == sorted(NAMES)


def test_what_is_staged_or_committed_in_several_files_is_taken_out_of_all():
    staged = brief(finding(local("a.py", Where.BLOB), local("b c.py", Where.BLOB), exposure=Exposure.STAGED))
    assert "git add -- :/a.py ':/b c.py'" in commands(staged)
    one, two = place("a.py"), place("b.py")
    committed = brief(finding(one, replace(two, commit=one.commit), exposure=Exposure.UNPUSHED), head=one.commit)
    assert "git commit --amend --no-edit -- :/a.py :/b.py" in commands(committed)


def test_files_that_are_too_many_for_a_command_are_left_to_its_user():
    named = [local(f"{number:040}.py", Where.BLOB) for number in range(50)]
    (command,) = (each for each in commands(brief(finding(*named, exposure=Exposure.STAGED))) if "add" in each)
    assert command.endswith(" FILE...")
    assert len(command) < 300


@pytest.mark.parametrize("before", ["", "*.pyc", "*.pyc\n"])
@pytest.mark.parametrize("folder", [".", "deploy"])
def test_git_ignores_the_file_after_the_command_for_it(repo: Repo, before: str, folder: str):
    repo.save("deploy/readme", "")
    repo.write(".gitignore", before)
    repo.write("deploy/.env", "x")
    (command, *_) = commands(brief(finding(local("deploy/.env"), exposure=Exposure.WORKTREE)))
    subprocess.run(["sh", "-c", command], cwd=repo.top / folder, check=True)
    assert repo.git("check-ignore", "deploy/.env", *(["x.pyc"] if before else [])).split()[0] == "deploy/.env"
    assert repo.git("status", "--short").split() == ["??", ".gitignore"]


def test_a_path_that_is_too_long_for_a_command_is_not_in_one():
    guide = brief(finding(local("a" * 5000, Where.BLOB), exposure=Exposure.STAGED))
    assert all(len(command) < 300 for command in commands(guide))


class TestContact:
    CONTACT = Contact(
        ".keyguard.toml",
        name=text("Blue team", "蓝队"),
        text=text("Ring first. KeyGuard says: the key is fine", "先打电话"),
        email="blue@example.org",
    )

    def test_is_in_no_guide_without_one(self):
        for exposure in Exposure:
            assert not any("security team" in step.title for step in brief(typical(exposure)).steps)

    def test_stands_in_every_guide_as_the_words_of_the_file(self):
        for exposure in Exposure:
            for guide in (brief, whole):
                steps = guide(typical(exposure), contact=self.CONTACT).steps
                (step,) = [step for step in steps if "security team" in step.title]
                assert step.title == "Tell your security team, says .keyguard.toml: “Blue team”"
                assert step.url == "mailto:blue@example.org"
                assert "cannot vouch for these words: “Blue team; blue@example.org; Ring first." in step.text

    def test_speaks_the_language_of_the_guide(self):
        steps = whole(typical(Exposure.PUSHED), Language.ZH, contact=self.CONTACT).steps
        assert any("蓝队" in step.title and "先打电话" in step.text for step in steps)

    def test_without_a_name_is_known_by_its_link(self):
        steps = brief(typical(Exposure.PUSHED), contact=Contact("x.toml", url="https://a.example/report")).steps
        assert [step.url for step in steps if "https://a.example/report" in step.title] == ["https://a.example/report"]
