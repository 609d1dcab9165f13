"""Headless Chromium, spoken to over a pipe (https://chromedevtools.github.io/devtools-protocol/): no other package."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NEEDED = bool(os.environ.get("KEYGUARD_TESTS_NEED_CHROMIUM"))
"""Set by .ci/run: where Chromium is missing the tests then fail, and are not left out. Read before tests are."""
SECONDS = 60
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--remote-debugging-pipe",
)  # fmt: skip

PLACED = 'from=$1 to=$2; shift 2; exec 3<&"$from" 4>&"$to"; exec "$@"'
"""Chromium takes commands from descriptor 3, and answers on descriptor 4."""


def executable() -> str:
    """Return where Chromium is; a test that needs it is left out where it is not, or fails where it has to be."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and NEEDED:
        pytest.fail("Chromium is not installed, and this run must not do without: apt-get install chromium")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


class Browser:
    """One page. `events` are all that it told; `requests` the addresses it asked for."""

    def __init__(self, profile: Path) -> None:
        reading, self._to = os.pipe()
        self._from, writing = os.pipe()

        command = ["bash", "-c", PLACED, "bash", str(reading), str(writing), executable(), *OPTIONS]
        command += [f"--user-data-dir={profile}", "about:blank"]
        null = subprocess.DEVNULL
        ends = (reading, writing)
        self._process = subprocess.Popen(command, pass_fds=ends, stdin=null, stdout=null, stderr=null)
        os.close(reading)
        os.close(writing)
        self._number = 0
        self._left = b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = next(each for each in self("Target.getTargets")["targetInfos"] if each["type"] == "page")
        self._session = self("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = self._until(lambda each: each.get("id") == self._number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        ends = time.monotonic() + SECONDS
        while True:
            while b"\0" not in self._left:
                if not select.select([self._from], [], [], max(0, ends - time.monotonic()))[0]:
                    raise AssertionError("Chromium does not answer")
                data = os.read(self._from, 1 << 20)
                assert data, "Chromium has ended"
                self._left += data
            line, _, self._left = self._left.partition(b"\0")
            told = json.loads(line)
            if "id" not in told:
                self.events.append(told)
            if wanted(told):
                return dict(told)

    def open(self, file: Path, *, width: int = 1200, dark: bool = False) -> None:
        """Load a page, and forget what was told before."""
        self.events.clear()
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", features=[feature])
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self("Emulation.setDeviceMetricsOverride", **size)
        self("Page.navigate", url=file.as_uri())
        if not self.told("Page.loadEventFired"):
            self._until(lambda each: each.get("method") == "Page.loadEventFired")

    def told(self, method: str) -> list[dict[str, Any]]:
        """Return the events of one kind."""
        return [each["params"] for each in self.events if each.get("method") == method]

    @property
    def requests(self) -> list[str]:
        """The addresses that the page asked for, its own among them."""
        return [each["request"]["url"] for each in self.told("Network.requestWillBeSent")]

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}.get(key, 0))

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self("Input.insertText", text=text)

    def picture(self, file: Path) -> None:
        """Write a picture of the whole page (PNG)."""
        shot = self("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End it."""
        os.close(self._to)
        os.close(self._from)
        self._process.kill()
        self._process.wait()
