"""What every test stands on: an environment of its own, a repository, and the real command line."""

from __future__ import annotations

import gc
import importlib
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.repository import FIRST_DATE, Repo

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS.parent
FOREIGN = (
    "GIT_", "GITHUB_", "GITLAB_", "CI_", "BUILD_", "BITBUCKET_", "JENKINS_", "CIRCLE", "TRAVIS", "LC_",
    "SYSTEM_", "AGENT_", "PRE_COMMIT", "KEYGUARD_",
)  # fmt: skip
"""What the names of variables begin with that tell of the machine, the CI job or the hook around the run."""
FOREIGN_NAMES = {
    "CI", "TF_BUILD", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS",
    "PYTHONDONTWRITEBYTECODE",
}  # fmt: skip
SECONDS = 120
"""How long one run of the command line may take before a test gives it up."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run three workers on two cores (`-n auto`): many tests wait for git, a server or a process."""
    from keyguard.pipeline.processes import cores

    return max(1, cores() * 3 // 2)


settings.register_profile("keyguard", deadline=None, max_examples=50)  # fuzzing/ draws millions
settings.load_profile("keyguard")

sys.dont_write_bytecode = False
"""To rewrite and to compile the tests takes as long as to import them: each is to be done once, whatever is set."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import all tests, each worker from others on, so that they find compiled what another one has compiled."""
    given = getattr(session.config, "workerinput", None)
    if given is None or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    names = [".".join(file.relative_to(PROJECT).with_suffix("").parts) for file in sorted(TESTS.rglob("test_*.py"))]
    first = len(names) * int(given["workerid"].removeprefix("gw")) // given["workercount"]
    for name in names[first:] + names[:first]:
        with suppress(Exception, pytest.skip.Exception):  # which are told when they are collected
            importlib.import_module(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Take what was imported, which stays, out of what is looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Empty folders, a new one for each test: numbered here, since pytest reads all earlier ones to number one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the package as a wheel has it: in a working copy, each process reads 138 provider files anew.

    The workers of a run share one, so that its modules are compiled once.
    """
    from keyguard.rules import built
    from tests.support import catalogues

    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "environment"
    if not shared.is_dir():
        folder = tmp_path_factory.mktemp("made") / "environment"
        venv.create(folder, symlinks=True)
        packages = packages_of(folder)
        shutil.copytree(PROJECT / "keyguard", packages / "keyguard", ignore=shutil.ignore_patterns("__pycache__"))
        (packages / "keyguard" / "rules" / built.FILE.name).write_bytes(catalogues.written())
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
        with suppress(OSError):  # another worker was first
            folder.rename(shared)
    return shared


def packages_of(environment: Path) -> Path:
    """Return where the packages of an environment lie."""
    (found,) = environment.glob("lib/python*/site-packages")
    return found


@pytest.fixture(scope="session")
def installed(environment: Path) -> Path:
    """The folder of that package, for `PYTHONPATH`."""
    return packages_of(environment)


@pytest.fixture(scope="session")
def installed_python(environment: Path) -> str:
    """The Python that has that package, whatever `PYTHONPATH` says."""
    return str(environment / "bin" / "python")


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, homes: Iterator[Path]) -> None:
    """Give each test an environment in which nothing of the user, the machine or a CI job is left."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES:
            monkeypatch.delenv(name)
    home = next(homes)
    home.mkdir()
    values = {"HOME": str(home), "USERPROFILE": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    values |= {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
    values |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        values |= {f"GIT_{role}_NAME": "Ada Example", f"GIT_{role}_EMAIL": "ada@example.org"}
        values[f"GIT_{role}_DATE"] = FIRST_DATE.isoformat()
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("keyguard.cache.store._off", [])  # an earlier test may have switched the cache off in here


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository in a folder of its own."""
    return Repo(tmp_path / "repo")


Build = Callable[[Repo], object]
Copied = Callable[[Build], Repo]


@pytest.fixture(scope="session")
def originals() -> dict[Build, Repo]:
    """The repositories that tests take copies of, by what builds them."""
    return {}


@pytest.fixture
def copied(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, originals: dict[Build, Repo]) -> Copied:
    """`copied(build)` is what `build` makes of an empty repository: made once, and a copy of its own for each test."""

    def copy(build: Build) -> Repo:
        if build not in originals:
            original = Repo(tmp_path_factory.mktemp("original") / "repo")
            build(original)
            originals[build] = original
        return originals[build].copied(tmp_path)

    return copy


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run of the command line ended, and what it printed."""

    code: int
    stdout: str
    stderr: str


RunKeyguard = Callable[..., Ran]


@pytest.fixture
def run_keyguard(tmp_path: Path, installed: Path) -> RunKeyguard:
    """The real command line in a process of its own: `run_keyguard("scan", cwd=…, environ={…}, stdin=b"…")`.

    An `environ` value of None removes the variable.
    """

    def run(
        *arguments: str | bytes | Path,
        cwd: Path | None = None,
        environ: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
    ) -> Ran:
        wanted: dict[str, str | None] = {**os.environ, "PYTHONPATH": str(installed), **(environ or {})}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "keyguard", *arguments],
            cwd=cwd or tmp_path,
            env={name: value for name, value in wanted.items() if value is not None},
            input=stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        return Ran(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    return run


@pytest.fixture
def run_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunKeyguard:
    """The same command line in this process, at a tenth of the cost; `cwd` stays changed until the test ends."""
    from keyguard.cli.main import main

    def run(
        *arguments: str | bytes | Path,
        cwd: Path | None = None,
        environ: Mapping[str, str | None] | None = None,
        stdin: bytes = b"",
    ) -> Ran:
        if cwd is not None:
            monkeypatch.chdir(cwd)
        with pytest.MonkeyPatch.context() as given:
            for name, value in (environ or {}).items():
                given.delenv(name, raising=False) if value is None else given.setenv(name, value)
            given.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            code = main([os.fsdecode(each) for each in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run
