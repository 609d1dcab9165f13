import os
import shutil
import subprocess

import pytest

from keyguard.model import Secret
from keyguard.remediation.quoting import LONGEST, plain, shell, without
from tests.reporting.samples import HOSTILE


@pytest.mark.parametrize("value", [*HOSTILE, "-rf", "", "a b", "端点.ts", "it's", "\\x41", "a\x1bB"])
def test_shell_gives_exactly_one_word_with_the_same_bytes(value):
    if "\ud800" in value:
        value = value.replace("\ud800", "")  # no file name has it
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    done = subprocess.run([bash, "-c", f"printf '%s|' {shell(value)}"], capture_output=True, check=True)
    assert done.stdout == os.fsencode(value) + b"|"


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_that_a_terminal_obeys_is_left(value):
    assert shell(value).isprintable()
    assert plain(value).isprintable()


def test_a_long_value_is_cut():
    assert plain("a" * 1000) == "a" * LONGEST + "…"


def test_a_secret_in_a_value_is_masked():
    secret = Secret("k" * 10 + "0123456789")
    assert without(secret, f"dir/{secret.reveal()}.txt") == f"dir/{secret.masked}.txt"
    assert without(None, "dir") == "dir"
