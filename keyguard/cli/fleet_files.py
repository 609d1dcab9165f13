"""Where a fleet's results and clones are kept unless the user names other places."""

from __future__ import annotations

from pathlib import Path

import click

from keyguard import cache
from keyguard.cache import private, state
from keyguard.errors import UsageError

FOLDER = "fleet"
FILE = "fleet.db"

db = click.option(
    "--db",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file of results; default fleet/fleet.db in KeyGuard's state folder.",
)


def results(given: Path | None, *, made: bool) -> Path:
    """Return the file of results; its folder is `made` if the user has named none. Raises `UsageError`."""
    if given is not None:
        return given.absolute()
    try:
        folder = state.place(FOLDER)
    except RuntimeError:
        raise UsageError("there is no home folder to keep results in", "name a file with --db") from None
    if made and (private.made(folder.parent) is None or private.made(folder) is None):
        raise UsageError(f"results cannot be kept in {folder}", "name a file with --db")
    return folder / FILE


def clones(given: Path | None) -> Path:
    """Return the folder of clones, which is made if it is not there. Raises `UsageError`."""
    inside = cache.folder()
    if given is None and inside is None:
        raise UsageError("there is no cache folder that is yours alone", "name a folder for clones with --cache")
    folder = given.absolute() if given is not None else (inside or Path()) / FOLDER
    if private.made(folder) is None:
        raise UsageError(
            f"nothing can be kept in {folder}", "name a folder with --cache that is yours, and that only you may enter"
        )
    return folder
