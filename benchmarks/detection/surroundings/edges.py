"""Keys that other characters touch, on one side at a time."""

from __future__ import annotations

from benchmarks.detection.model import Surrounding
from benchmarks.detection.surroundings.filling import text

AFTER = {
    "comma": ",", "parenthesis": ")", "bracket": "]", "brace": "}", "less-than": "<", "greater-than": ">",
    "ampersand": "&", "pipe": "|", "full-stop": ".", "colon": ":", "semicolon": ";", "backslash": "\\",
    "slash": "/", "hash": "#", "exclamation": "!", "question": "?", "equals": "=", "asterisk": "*", "at": "@",
    "percent": "%", "dollar": "$", "tilde": "~", "caret": "^", "apostrophe": "'",
}  # fmt: skip
BEFORE = {
    "underscore": "_", "colon": ":", "equals": "=", "parenthesis": "(", "bracket": "[", "brace": "{",
    "greater-than": ">", "slash": "/", "at": "@", "plus": "+", "comma": ",", "pipe": "|", "full-stop": ".",
    "hash": "#",
}  # fmt: skip

EDGES = (
    *(
        Surrounding(f"before-{name}", "notes.txt", text(f"see @KEY@{character} next\n"), after=character)
        for name, character in AFTER.items()
    ),
    *(
        Surrounding(f"after-{name}", "notes.txt", text(f"see old{character}@KEY@ next\n"), before=character)
        for name, character in BEFORE.items()
    ),
    Surrounding("after-escaped-line", "strings.txt", text('"first\\n@KEY@"\n'), before="n"),
    Surrounding("after-escaped-tab", "strings.txt", text('"first\\t@KEY@"\n'), before="t"),
    Surrounding("before-escaped-line", "strings.txt", text('"@KEY@\\nsecond"\n')),
)
