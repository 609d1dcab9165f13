"""Starts a program that takes the new key on its standard input, and nowhere else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from keyguard.model import Secret
from keyguard.reporting.redaction import Redactor
from keyguard.rotation.issuers.choice import variables
from keyguard.rotation.targets.target import NotStoredError

SECONDS = 300.0
"""How long a program may take to store a key."""
_SHOWN = 400


def fed(command: str | Sequence[str], key: Secret, label: str) -> None:
    """Run a program, or a line of the shell, with the key as its input; raises `NotStoredError` unless it returns 0.

    What it prints is not passed on, since that could be the key; of a failure its last words are, without it. Keys that
    make and delete keys are not in its environment.
    """
    environ = {name: value for name, value in os.environ.items() if name not in variables()}
    try:
        done = subprocess.run(
            command,
            shell=isinstance(command, str),  # the user's own line, by the user's own wish
            input=key.reveal().encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environ,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotStoredError(f"{label} did not end within {SECONDS:.0f} s") from None
    except OSError as error:
        raise NotStoredError(f"{label} cannot be started: {error.strerror}", surely=True) from None
    if done.returncode != 0:
        said = Redactor([key])(done.stdout.decode("utf-8", "replace")).strip()[-_SHOWN:]
        raise NotStoredError(f"{label} failed with code {done.returncode}", f"it said: {said}" if said else None)
