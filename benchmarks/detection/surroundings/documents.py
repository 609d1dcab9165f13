"""Keys in notebooks, patches, mails, logs and transcripts: text with a syntax of its own around text."""

from __future__ import annotations

import json
import quopri
from functools import partial

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.filling import filled, text

_named = partial(Surrounding, carries=Carries.NAME)


def _notebook(cell: dict[str, object]) -> bytes:
    first = {"cell_type": "markdown", "metadata": {}, "source": ["# Report\n", "\n", "Second quarter"]}
    whole = {
        "cells": [first, cell],
        "metadata": {"kernelspec": {"name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(whole, indent=1) + "\n").encode()


def _code_cell(source: str, outputs: list[dict[str, object]]) -> bytes:
    lines = source.splitlines(keepends=True)
    return _notebook({"cell_type": "code", "execution_count": 2, "metadata": {}, "outputs": outputs, "source": lines})


def _source(leak: Leak) -> bytes:
    key = filled('import os\nos.environ["@ENV@"] = "@KEY@"\nprint("ready")', leak)
    return _code_cell(key, [])


def _stream(leak: Leak) -> bytes:
    printed = {"name": "stdout", "output_type": "stream", "text": ["loading\n", f"{leak.key.text}\n", "done\n"]}
    return _code_cell("show()", [dict(printed)])


def _result(leak: Leak) -> bytes:
    data = {"text/plain": [repr(leak.key.text)]}
    return _code_cell("key", [{"output_type": "execute_result", "execution_count": 2, "data": data, "metadata": {}}])


def _result_html(leak: Leak) -> bytes:
    data = {"text/html": [f"<table><tr><td>0</td><td>{leak.key.text}</td></tr></table>"], "text/plain": ["   value"]}
    return _code_cell("frame", [{"output_type": "display_data", "data": data, "metadata": {}}])


def _error(leak: Leak) -> bytes:
    trace = [
        "\x1b[0;31m---------------------------------------------------------------------------\x1b[0m",
        f"\x1b[0;32m----> 1\x1b[0;31m \x1b[0mconnect(\x1b[0;34m'{leak.key.text}'\x1b[0m)\x1b[0m\n",
    ]
    output = {"output_type": "error", "ename": "AuthError", "evalue": "401", "traceback": trace}
    return _code_cell("connect()", [dict(output)])


def _mail(leak: Leak) -> bytes:
    head = (
        b"From: ada@acme.io\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    )
    return head + quopri.encodestring(filled("Grüße, hier ist er:\n@ENV@=@KEY@\n", leak).encode())


def _transcript(leak: Leak) -> bytes:
    """A line of an agent's transcript: JSON in which a command's output stands, escaped once."""
    output = filled("$ env | grep -i key\n@ENV@=@KEY@\n$ exit\n", leak)
    lines = (
        {"type": "user", "text": "why 401?"},
        {"type": "tool_result", "content": [{"type": "text", "text": output}]},
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


DOCUMENTS = (
    _named("notebook-source", "report.ipynb", _source, blocks=True),
    Surrounding("notebook-stream", "report.ipynb", _stream, blocks=True),
    Surrounding("notebook-result", "report.ipynb", _result, blocks=True),
    Surrounding("notebook-html", "report.ipynb", _result_html),
    Surrounding("notebook-error", "report.ipynb", _error),
    _named("patch-added", "fix.patch", text(
        "diff --git a/.env b/.env\nindex 83db48f..bf2a1c9 100644\n--- a/.env\n+++ b/.env\n"
        "@@ -1,2 +1,3 @@\n DEBUG=false\n+@ENV@=@KEY@\n PORT=8080\n")),
    _named("patch-removed", "fix.patch", text(
        "diff --git a/.env b/.env\nindex 83db48f..bf2a1c9 100644\n--- a/.env\n+++ b/.env\n"
        "@@ -1,3 +1,2 @@\n DEBUG=false\n-@ENV@=@KEY@\n PORT=8080\n")),
    Surrounding("patch-bare", "fix.diff", text(
        "--- a/allowed.txt\n+++ b/allowed.txt\n@@ -0,0 +1 @@\n+@KEY@\n"), before="+"),
    _named("conflict", "config.py", text(
        "<<<<<<< HEAD\n@ENV@ = \"@KEY@\"\n=======\n@ENV@ = None\n>>>>>>> main\n")),
    _named("mail-quoted-printable", "mail.eml", _mail),
    _named("transcript", "session.jsonl", _transcript),
    _named("shell-history", ".zsh_history", text(": 1764000000:0;export @ENV@=@KEY@\n: 1764000009:0;make\n")),
    Surrounding("stack-trace", "crash.log", text(
        'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n'
        "    connect('@KEY@')\nValueError: 401\n")),
)  # fmt: skip
