"""`keyguard verify`: asks a key's own provider whether it still lives; the key comes from a report or from a pipe."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.cli import options
from keyguard.cli.output import Format, Output, colored, columns, emit, speaks, spoken, tell
from keyguard.errors import ExitCode, UsageError
from keyguard.language import Language
from keyguard.model import ELLIPSIS, Live
from keyguard.pipeline import lookup
from keyguard.pipeline.request import Verdict
from keyguard.pipeline.setup import Settings

if TYPE_CHECKING:
    from keyguard.verification.addresses import Addresses

MOST_GIVEN = 1 << 20
"""How many bytes of keys are taken from standard input."""
MOST_REPORT = 64 << 20
