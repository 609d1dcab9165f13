"""Processes that do parts of some work end with the one that waits for them, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

PARENT = """
import os, signal
from keyguard.pipeline.processes import together

def work(number, counted, at):
    return bytes(1 << 20)  # more than a pipe holds

for told in together(work, 40, 3, None):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_nobody_goes_on_for_one_that_was_killed() -> None:
    ran = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = ran.communicate(timeout=30)  # until all of them have closed it
    finally:
        if ran.poll() is None or sys.exc_info()[0] is not None:
            os.killpg(ran.pid, signal.SIGKILL)
    assert (ran.returncode, output) == (-signal.SIGKILL, b"")
