from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from keyguard.errors import UsageError
from keyguard.git.repository import Repository, discover
from keyguard.hooks import install as hooks
from keyguard.hooks.install import KEPT, MOVED, install, uninstall
from tests.support.repository import Repo

HOOK = "pre-commit"
REAL_PYTHON = sys.executable
OTHER = '#!/bin/sh\necho "other $*" >> "{log}"\nexit {code}\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the hooks of a test wrote when they ran."""
    return tmp_path / "log"


@pytest.fixture(autouse=True)
def python(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that only writes down how it was called, in a folder with an awkward name."""
    folder = tmp_path / 'it\'s a $(touch oops) "密" `x`'
    folder.mkdir()
    fake = folder / "python"
    fake.write_text(f'#!/bin/sh\necho "python $*" >> "{log}"\n[ ! -e "{tmp_path}/block" ]\n')
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)  # a broken installer is not to reach the repository that the tests lie in
    monkeypatch.setattr(sys, "executable", str(fake))
    return fake


@pytest.fixture
def repository(repo: Repo) -> Repository:
    return found(repo.top)


def found(folder: Path) -> Repository:
    repository = discover(folder)
    assert repository is not None
    return repository


def ran(log: Path) -> list[str]:
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


OURS = "python -E -P -m keyguard hook run --type pre-commit"


def other(path: Path, log: Path, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(OTHER.format(log=log, code=code))
    path.chmod(0o755)
    return path


def commit(top: Path) -> subprocess.CompletedProcess[str]:
    command = ["git", "commit", "--allow-empty", "-m", "A change"]
    return subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)


# What is refused, and what is not touched.


def test_unknown_type_is_refused(repository):
    for act in (install, uninstall):
        with pytest.raises(UsageError, match="no hook post-commit") as caught:
            act(repository, "post-commit")
        assert caught.value.hint == "one of: pre-commit, commit-msg, pre-push, pre-receive"


def test_bare_repository_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no work tree"):
        install(found(Repo(tmp_path / "bare", bare=True).top), HOOK)


def test_nothing_is_taken_out_where_nothing_is(repository):
    with pytest.raises(UsageError, match="no pre-commit hook of KeyGuard's"):
        uninstall(repository, HOOK)


def test_hook_of_others_is_not_taken_out(repo, repository, log):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    with pytest.raises(UsageError, match="no pre-commit hook of KeyGuard's"):
        uninstall(repository, HOOK)
    assert hook.exists()


def test_linked_hook_is_refused(repo, repository, log, tmp_path):
    target = other(tmp_path / "target", log)
    for name in (HOOK, HOOK + KEPT):
        link = repo.git_dir / "hooks" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(target)
        with pytest.raises(UsageError, match="a symbolic link"):
            install(repository, HOOK)
        link.unlink()
    assert target.read_text() == OTHER.format(log=log, code=0)


def test_folder_in_the_place_of_a_hook_is_refused(repo, repository):
    (repo.git_dir / "hooks" / HOOK).mkdir(parents=True)
    with pytest.raises(UsageError, match="is not a file"):
        install(repository, HOOK)


def test_linked_hooks_folder_is_refused(repo, repository, tmp_path):
    shutil.rmtree(repo.git_dir / "hooks")
    (tmp_path / "elsewhere").mkdir()
    (repo.git_dir / "hooks").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="hooks is a symbolic link"):
        install(repository, HOOK)
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("runner", ["h", "husky.sh"])
def test_the_folder_of_husky_is_refused(repo, repository, log, runner):
    """A hook of husky's that was renamed finds none of the user's own, and lets everything pass."""
    hook = other(repo.top / ".husky" / "_" / HOOK, log)
    hook.with_name(runner).write_text("")
    repo.git("config", "core.hooksPath", ".husky/_")
    with pytest.raises(UsageError, match="husky writes") as raised:
        install(repository, HOOK)
    assert ".husky/pre-commit: keyguard hook run --type pre-commit" in str(raised.value.hint)
    assert [each.name for each in hook.parent.iterdir() if each.name != runner] == [HOOK]
    hook.with_name(runner).unlink()
    assert install(repository, HOOK).chained, "any other folder may be called so"


def test_hooks_that_are_switched_off_are_told(repo, repository):
    repo.config("core.hooksPath", "/dev/null")
    with pytest.raises(UsageError, match="/dev/null is not a folder"):
        install(repository, HOOK)


def test_a_setting_that_is_empty_is_told(repo, repository):
    """Git says then that hooks lie at the top of the work tree, and looks for each of them in the root folder."""
    repo.git("config", "core.hooksPath", "")
    with pytest.raises(UsageError, match="is empty, so git looks"):
        install(repository, HOOK)
    assert not (repo.top / HOOK).exists()


def test_folder_that_cannot_be_written_is_told(repo, repository, log, monkeypatch):
    hook = other(repo.git_dir / "hooks" / HOOK, log)

    def refused(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    with pytest.raises(UsageError, match="pre-commit cannot be written: Permission denied"):
        install(repository, HOOK)
    assert hook.read_text() == OTHER.format(log=log, code=0)


def test_hook_is_back_when_ours_cannot_be_put_there(repo, repository, log, monkeypatch):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    real = Path.replace

    def replace(self, target):
        if self.name.startswith(".keyguard-"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(UsageError, match="No space left"):
        install(repository, HOOK)
    assert hook.read_text() == OTHER.format(log=log, code=0)
    assert not [each for each in hook.parent.iterdir() if "keyguard" in each.name]


def test_second_hook_of_others_is_never_overwritten(repo, repository, log):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    install(repository, HOOK)
    other(hook, log, code=7)
    with pytest.raises(UsageError, match=r"both .* hold a hook that is not KeyGuard's"):
        install(repository, HOOK)
    assert hook.read_text() == OTHER.format(log=log, code=7)
    assert (hook.parent / (HOOK + KEPT)).read_text() == OTHER.format(log=log, code=0)


# What is installed.


def test_hook_runs_and_blocks(repo, repository, log, tmp_path):
    installed = install(repository, HOOK)
    assert installed == hooks.Installed(repo.git_dir / "hooks" / HOOK, None, configured=False)
    assert commit(repo.top).returncode == 0
    assert ran(log) == [OURS]
    (tmp_path / "block").touch()
    assert commit(repo.top).returncode == 1
    assert not list(tmp_path.rglob("oops"))


def test_missing_folder_is_made(repo, repository, log):
    shutil.rmtree(repo.git_dir / "hooks")
    install(repository, HOOK)
    assert commit(repo.top).returncode == 0
    assert ran(log) == [OURS]


def test_python_that_is_gone_blocks_and_says_what_to_do(repo, repository, python):
    install(repository, HOOK)
    python.unlink()
    done = commit(repo.top)
    assert done.returncode == 1
    assert f"the Python that KeyGuard was installed with is gone: {python}" in done.stderr
    assert "keyguard hook install" in done.stderr
    assert "--no-verify" in done.stderr


def test_installing_again_changes_only_the_python(repo, repository, log, tmp_path, monkeypatch):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    first = install(repository, HOOK)
    script = hook.read_bytes()
    assert install(repository, HOOK) == first
    assert hook.read_bytes() == script
    monkeypatch.setattr(sys, "executable", str(tmp_path / "new"))
    assert install(repository, HOOK) == first
    assert str(tmp_path / "new").encode() in hook.read_bytes()
    assert (hook.parent / (HOOK + KEPT)).read_text() == OTHER.format(log=log, code=0)


def test_hook_that_was_there_runs_first_with_its_arguments_and_input(repo, repository, log):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    with hook.open("a") as file:
        file.write("unreachable")
    hook.write_text(hook.read_text().replace("exit 0", f'cat >> "{log}"; exit 0'))
    assert install(repository, HOOK).chained == hook.with_name(HOOK + KEPT)
    subprocess.run([hook, "a b", "c"], input=b"input\n", check=True, cwd=repo.top)
    assert ran(log) == ["other a b c", "input", f"{OURS} a b c"]


def test_failure_of_the_hook_that_was_there_blocks(repo, repository, log):
    other(repo.git_dir / "hooks" / HOOK, log, code=7)
    install(repository, HOOK)
    assert commit(repo.top).returncode == 1
    assert ran(log) == ["other "]


def test_hook_that_git_did_not_run_is_not_run_now(repo, repository, log):
    other(repo.git_dir / "hooks" / HOOK, log, code=7).chmod(0o644)
    install(repository, HOOK)
    assert commit(repo.top).returncode == 0
    assert ran(log) == [OURS]


def test_uninstall_restores(repo, repository, log):
    hook = other(repo.git_dir / "hooks" / HOOK, log)
    install(repository, HOOK)
    assert uninstall(repository, HOOK) == hooks.Uninstalled(hook, hook)
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["other "]
    with pytest.raises(UsageError, match="no pre-commit hook of KeyGuard's"):
        uninstall(repository, HOOK)
    assert hook.exists()


def test_uninstall_leaves_nothing_behind(repo, repository):
    before = sorted((repo.git_dir / "hooks").iterdir())
    install(repository, HOOK)
    assert uninstall(repository, HOOK) == hooks.Uninstalled(repo.git_dir / "hooks" / HOOK, None)
    assert sorted((repo.git_dir / "hooks").iterdir()) == before


def test_tool_that_moved_our_hook_and_runs_it_does_not_run_in_circles(repo, repository, log):
    hook = repo.git_dir / "hooks" / HOOK
    framework = f'#!/bin/sh\necho framework >> "{log}"\n"$(dirname "$0")/{HOOK}{MOVED}" "$@"\n'

    def framework_installs() -> None:
        if not hook.with_name(HOOK + MOVED).exists() and hook.exists():
            hook.replace(hook.with_name(HOOK + MOVED))
        hook.write_text(framework)
        hook.chmod(0o755)

    other(hook, log)
    framework_installs()
    hook.with_name(HOOK + MOVED).unlink()
    install(repository, HOOK)
    framework_installs()
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["framework", OURS]
    install(repository, HOOK)
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["framework", OURS, OURS]
    assert uninstall(repository, HOOK) == hooks.Uninstalled(hook, hook)
    assert uninstall(repository, HOOK) == hooks.Uninstalled(hook.with_name(HOOK + MOVED), None)


def test_what_was_there_before_still_runs_once_a_tool_has_moved_our_hook(repo, repository, log):
    hook = repo.git_dir / "hooks" / HOOK
    other(hook, log)
    install(repository, HOOK)
    hook.replace(hook.with_name(HOOK + MOVED))
    hook.write_text(f'#!/bin/sh\necho framework >> "{log}"\n"$(dirname "$0")/{HOOK}{MOVED}" "$@"\n')
    hook.chmod(0o755)
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["framework", "other ", OURS]
    moved = hook.with_name(HOOK + MOVED)
    assert uninstall(repository, HOOK) == hooks.Uninstalled(moved, moved)
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["framework", "other "]


# Where it is installed.


@pytest.mark.parametrize("scope", ["local", "global"])
def test_configured_folder_is_used_and_told(repo, repository, log, scope, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    value = ".husky/_" if scope == "local" else "~/shared hooks"
    folder = repo.top / value if scope == "local" else Path.home() / "shared hooks"
    repo.git("config", f"--{scope}", "core.hooksPath", value)
    other(folder / HOOK, log)
    installed = install(found(repo.top), HOOK)
    kept = folder / (HOOK + KEPT)
    assert installed == hooks.Installed(folder / HOOK, kept, configured=True, of_tree=scope == "local")
    assert commit(repo.top).returncode == 0
    assert ran(log) == ["other ", OURS]


def test_subfolder_installs_for_the_whole_repository(repo, log):
    repo.config("core.hooksPath", "githooks")
    repo.write("sub/a", "")
    assert install(found(repo.top / "sub"), HOOK).path == repo.top / "githooks" / HOOK
    assert commit(repo.top).returncode == 0
    assert ran(log) == [OURS]


@pytest.mark.parametrize("relative", [False, True])
def test_a_relative_folder_is_told_as_that_of_one_work_tree(repo, run_here, relative):
    repo.config("core.hooksPath", "githooks" if relative else str(repo.top / "githooks"))
    said = run_here("hook", "install", cwd=repo.top).stdout
    assert ("in each linked work tree" in said) == relative


def test_linked_work_tree_shares_the_hooks(repo, log, tmp_path):
    repo.commit()
    linked = repo.worktree(tmp_path / "linked tree")
    installed = install(found(linked), HOOK)
    assert installed == hooks.Installed(repo.git_dir / "hooks" / HOOK, None, configured=False)
    for top in (linked, repo.top):
        assert commit(top).returncode == 0
        assert ran(log) == [OURS]


def test_submodule_has_hooks_of_its_own(repo, log, tmp_path):
    inner = Repo(tmp_path / "inner")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.top, "sub")
    installed = install(found(repo.top / "sub"), HOOK)
    assert installed == hooks.Installed(repo.git_dir / "modules/sub/hooks" / HOOK, None, configured=False)
    assert commit(repo.top / "sub").returncode == 0
    assert ran(log) == [OURS]
    assert commit(repo.top).returncode == 0
    assert ran(log) == []


def test_real_python_imports_nothing_from_the_repository(repo, repository, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", REAL_PYTHON)
    marker = tmp_path / "marker"
    for name in ("keyguard/__init__.py", "keyguard/__main__.py", "click.py", "tomllib.py"):
        repo.write(name, f"open({str(marker)!r}, 'w')")
    install(repository, HOOK)
    project = Path(__file__).resolve().parents[2]
    command = [repo.git_dir / "hooks" / HOOK]
    environ = {**os.environ, "PYTHONPATH": str(project)}
    subprocess.run(command, cwd=repo.top, env=environ, capture_output=True, check=False)
    assert not marker.exists()
