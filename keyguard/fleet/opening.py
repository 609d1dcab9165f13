"""Opens the file of results: makes its tables, and refuses what is none, or was written by a newer KeyGuard."""

from __future__ import annotations

import os
import sqlite3
from importlib.resources import files
from pathlib import Path

from keyguard.errors import UsageError

VERSION = 1
"""Of the schema, in `PRAGMA user_version`."""
APPLICATION = 0x4B474654
"""Says, in `PRAGMA application_id`, that a file is one of these ("KGFT")."""
BUSY_SECONDS = 30.0


def opened(path: Path, *, reading: bool) -> sqlite3.Connection:
    """Return an open file, made with its tables if it is not there and not only for `reading`.

    Raises `UsageError` for what is no such file, and `sqlite3.Error`.
    """
    if reading and not path.is_file():
        raise UsageError(f"there are no results in {path}", "keyguard fleet scan makes them; --db names another file")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError(f"{path} is no file that results can be kept in", "name another one with --db")
    if not reading and not path.exists():
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # the log takes its mode from it
        except FileExistsError:
            pass
        except OSError as error:
            raise UsageError(
                f"results cannot be kept in {path}: {error.strerror}", "name a file in a folder that you may write to"
            ) from None
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    db.row_factory = None
    try:
        _made(db, path, reading=reading)
    except BaseException:
        db.close()
        raise
    return db


def _made(db: sqlite3.Connection, path: Path, *, reading: bool) -> None:
    """Make the tables of a new file, and check what another one is."""
    (version,), (application,) = (
        db.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")
    )
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application not in (0, APPLICATION) or (application == 0 and tables):
        raise UsageError(f"{path} is not a file of keyguard fleet", "name another one with --db")
    if version > VERSION:
        raise UsageError(
            f"{path} was written by a newer KeyGuard (schema {version}, this one knows {VERSION})",
            "pip install --upgrade keyguard, or name another file with --db",
        )
    db.execute("PRAGMA foreign_keys = ON")
    if reading and not tables:
        raise UsageError(f"there are no results in {path}", "keyguard fleet scan makes them")
    if reading:
        return
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    if not tables:
        schema = files(__package__).joinpath("schema.sql").read_text("utf-8")
        pragmas = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        db.executescript(f"BEGIN IMMEDIATE; {schema} {pragmas} COMMIT;")


def unusable(path: Path, error: sqlite3.Error) -> UsageError:
    """Return what there is to say of a file that SQLite will not open."""
    if "not a database" in str(error):
        return UsageError(f"{path} is not a file of keyguard fleet", "name another one with --db")
    if "unable to open" in str(error) or "readonly" in str(error):
        return UsageError(f"{path} cannot be opened: {error}", "name a file in a folder that you may write to")
    return UsageError(f"{path} cannot be used: {error}", "name another one with --db")
