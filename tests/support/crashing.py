"""Runs the command line in processes that can be killed at any moment, each at the cost of a fork.

`Forks` starts one process that imports all that a rotation needs, looks for the key once, and then forks for every run:
a process with one thread, so that nothing of the tests' own is copied. All runs are about the same key in the same
repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from keyguard.pipeline.setup import Settings

PROJECT = Path(__file__).resolve().parents[2]


class Forks:
    """A process to fork from; `process` has the ids of those that it has made, the last one last."""

    def __init__(self) -> None:
        self.process: list[int] = []
        command = [sys.executable, "-m", "tests.support.crashing"]
        environ = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
        environ.pop("PYTHONPYCACHEPREFIX", None)  # what pip has compiled is read from where it lies
        self._parent = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, cwd=PROJECT, text=True
        )

    def run(self, arguments: Sequence[str], bases: Mapping[str, str]) -> int:
        """Run KeyGuard with providers at these addresses; return its exit code, or minus the signal that ended it."""
        task = {"arguments": list(arguments), "bases": dict(bases), "environ": dict(os.environ), "cwd": str(Path.cwd())}
        stdin, stdout = self._parent.stdin, self._parent.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(task) + "\n")
        stdin.flush()
        self.process.append(int(stdout.readline()))
        stdin.write("go\n")
        stdin.flush()
        return int(stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._parent.communicate()


def _serve() -> None:
    import openai.resources.admin.organization.organization
    import openai.types.admin.organization.projects.service_accounts  # noqa: F401

    import keyguard.cli.rotate
    import keyguard.cli.verify
    import keyguard.rotation.begin
    import keyguard.rotation.issuers.openai.project
    import keyguard.rotation.steps
    import keyguard.verification.run  # noqa: F401
    from keyguard.cli.main import main
    from keyguard.pipeline import lookup
    from tests.support.keyguard_with_endpoints import Placed

    looked_for, found = lookup.looked_for, None
    while line := sys.stdin.readline():
        task = json.loads(line)
        if found is None:
            _settle(task)
            found = looked_for(task["arguments"][1:2], Settings())
            lookup.looked_for = lambda *_, known=found: known
        child = os.fork()
        if child:
            print(child, flush=True)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            continue
        sys.stdin.readline()
        _settle(task)
        for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
            os.dup2(os.open(os.devnull, flags), number)
        os._exit(main(task["arguments"], Placed(task["bases"])))


def _settle(task: Mapping[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(task["environ"])
    os.chdir(task["cwd"])


if __name__ == "__main__":
    _serve()
