"""Whether this machine has what KeyGuard needs: git, Python, its engine, and a folder of its own."""

from __future__ import annotations

import platform
import re
import sys
from importlib import import_module

from keyguard import __version__
from keyguard.cache import store
from keyguard.errors import KeyGuardError
from keyguard.git.runner import Git
from keyguard.hooks.doctor.check import Check, Here, State

OLDEST_GIT = (2, 39)


def keyguard(_here: Here) -> Check:
    """Which KeyGuard and which Python is it that looks?"""
    return Check("keyguard", State.OK, f"{__version__}, Python {platform.python_version()}: {sys.executable}")


def git(here: Here) -> Check:
    """Is git there, and new enough?"""
    try:
        told = Git(here.folder).line("version")
    except KeyGuardError as error:
        return Check("git", State.PROBLEM, error.message, error.hint)
    found = re.search(r"(\d+)\.(\d+)", told)
    if found and (int(found[1]), int(found[2])) < OLDEST_GIT:
        return Check("git", State.PROBLEM, f"{told} is too old", "install git 2.39 or newer")
    return Check("git", State.OK, told)


def engine(_here: Here) -> Check:
    """Does Hyperscan load? Without it everything is found, only later."""
    try:
        import_module("hyperscan")
    except ImportError as error:
        text = f"Hyperscan does not load ({type(error).__name__}): large scans take several times as long"
        return Check("engine", State.WARNING, text, f"{sys.executable} -m pip install --force-reinstall hyperscan")
    return Check("engine", State.OK, "Hyperscan loads")


def cache(_here: Here) -> Check:
    """Is there a cache folder that only the user may enter?"""
    folder = store.folder()
    if folder is None:
        text = "no cache folder that only you may enter: nothing is remembered between scans"
        return Check(
            "cache", State.WARNING, text, "chmod 700 the folder keyguard in your cache folder, or make it yours"
        )
    return Check("cache", State.OK, str(folder))
