"""Every command line that is shown is one that the program takes."""

from __future__ import annotations

import pytest

from tests.conftest import PROJECT
from tests.docs.prose import GENERATED, blocks, files, spans
from tests.support.shown import commands, refusal


@pytest.mark.parametrize(
    "line",
    ["scan --no-such-option", "hook run --type post-merge", "no-such-command", "rules show", "guide a b", "--nothing"],
)
def test_what_does_not_exist_is_noticed(line: str):
    assert refusal(line.split())


def test_calls_are_found_between_pipes_and_comments():
    first = "git diff | .venv/bin/keyguard scan --stdin > a.txt  # keyguard no\n"
    script = f"{first}FOO=1 keyguard scan \\\n  --history && keyguard doctor\n"
    script += "exec keyguard config schema\necho 'keyguard guide openai' >> a\npre-commit run keyguard --all-files\n"
    found = ["scan --stdin", "scan --history", "doctor", "config schema", "guide openai"]
    assert [" ".join(each) for each in commands(script)] == found
    assert all(not refusal(each) for each in commands(script))


def test_every_shell_example_can_be_run():
    shown = [
        (file.relative_to(PROJECT).as_posix(), each)
        for file in files()
        for language, text in blocks(file.read_text(encoding="utf-8"))
        if language in ("sh", "bash", "yaml")
        for each in commands(text if language != "yaml" else _of_yaml(text))
    ]
    assert len(shown) > 50
    assert [(*each, why) for each in shown if (why := refusal(each[1]))] == []


def _of_yaml(text: str) -> str:
    """Return the lines of a CI configuration that call the program."""
    lines = (line.strip().removeprefix("- ").strip("'\"") for line in text.splitlines())
    calls = (line.partition(": ")[2] if ": keyguard " in line else line for line in lines)
    return "\n".join(line for line in calls if line.startswith("keyguard "))


def test_every_command_in_a_sentence_exists():
    wrong = []
    for file in files():
        if file.parent == GENERATED:
            continue  # the same sentence 138 times, and a test of its own
        for span in spans(file.read_text(encoding="utf-8")):
            if span.startswith("keyguard ") and not set(span) & set("…[|"):
                wrong += [(file.name, span, why) for each in commands(span) if (why := refusal(each, whole=False))]
    assert wrong == []
