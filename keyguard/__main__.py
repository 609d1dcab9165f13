"""`python -m keyguard`, and the command `keyguard`."""

from __future__ import annotations

import sys

from keyguard.errors import ExitCode


def run() -> None:
    """Run the command line and exit with its code."""
    try:
        from keyguard.cli.main import main

        code = main(sys.argv[1:])
    except KeyboardInterrupt:  # while the modules are still being loaded
        code = ExitCode.INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    run()
