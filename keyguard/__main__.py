"""`python -m keyguard`, and the command `keyguard`."""

from __future__ import annotations

import gc
import sys

from keyguard.errors import ExitCode

_UNTIL_COLLECTED = 100_000
"""Objects that are made before Python looks for circles, of which a scan makes few: 2 % of its time (measured)."""


def run() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_UNTIL_COLLECTED)
    try:
        code = ExitCode.CLEAN if _is_clean_commit(sys.argv[1:]) else _called(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still being loaded
        code = ExitCode.INTERRUPTED
    except Exception as error:  # likewise; by itself Python would exit with 1, which says that a key was found
        sys.stderr.write(f"keyguard: error: internal error ({type(error).__name__}): there is no verdict\n")
        code = ExitCode.INCOMPLETE
    sys.exit(code)


def _called(arguments: list[str]) -> int:
    from keyguard.cli.main import main

    return main(arguments)


def _is_clean_commit(arguments: list[str]) -> bool:
    """Say whether this is the hook of a commit without anything to look at: then no command line is needed."""
    if arguments[:2] != ["hook", "run"]:
        return False
    files = arguments[4:] if arguments[2:4] == ["--type", "pre-commit"] else arguments[2:]
    if any(each.startswith("-") for each in files):
        return False
    from keyguard.hooks.quick import is_clean

    return is_clean(files)


if __name__ == "__main__":
    run()
