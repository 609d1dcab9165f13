"""Runs the scanners that are compared, each by its own command line, and reads what they report."""

from __future__ import annotations

from benchmarks.detection.tools.keyguard import KeyGuard
from benchmarks.detection.tools.model import Alarm, Report, Tool, ToolFailedError, run
from benchmarks.detection.tools.peers import PEERS, install

__all__ = ["PEERS", "Alarm", "KeyGuard", "Report", "Tool", "ToolFailedError", "install", "run"]
