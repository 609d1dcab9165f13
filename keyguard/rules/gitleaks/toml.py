"""Writes rules as KeyGuard's TOML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keyguard.rules.gitleaks.document import Imported
from keyguard.rules.syntax.layout import broken

_WIDTH = 110


def text_of(imported: Imported, source: str) -> str:
    """Return a file with the rules of a configuration; `source` is what it is called."""
    lines = [
        f"# The rules of {_comment(source)}, for KeyGuard: keyguard scan --rules THIS-FILE, or put them into",
        "# .keyguard.toml. docs/rules.md says what each field means. A rule may be given a provider, a severity, a",
        "# title in two languages and a guide.",
    ]
    for number, refusal in enumerate(imported.refuse):
        lines += ["", *(["# For all the rules of this file."] if not number else []), *_table("refuse", refusal)]
    for rule in imported.rules:
        lines += ["", *(f"# {_comment(each)}" for each in _described(imported.described, rule["id"]))]
        lines += _table("rule", {name: value for name, value in rule.items() if name != "refuse"})
        for refusal in rule.get("refuse", ()):
            lines += ["", *_table("rule.refuse", refusal)]
    return "\n".join(lines) + "\n"


def _described(described: Mapping[str, str], rule: str) -> Iterable[str]:
    return [each for each in described.get(rule, "").splitlines() if each.strip()]


def _comment(text: str) -> str:
    return re.sub(r"[^\t\x20-\x7e\xa0-\ud7ff\ue000-\uffff]", " ", text).strip()[:400]


def _table(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    yield f"[[{name}]]"
    for key, value in values.items():
        yield from _setting(key, value)


def _setting(key: str, value: Any) -> Iterator[str]:  # noqa: ANN401 (whatever a rule has)
    if key in ("pattern", "path"):
        yield f"{key} = {_pattern(value)}"
    elif isinstance(value, list) and value:
        shown = [_pattern(each) if key in ("patterns", "paths") else _quoted(each) for each in value]
        line = f"{key} = [{', '.join(shown)}]"
        if len(line) <= _WIDTH and "\n" not in line:
            yield line
        else:
            yield f"{key} = ["
            yield from (f"  {each}," for each in shown)
            yield "]"
    elif isinstance(value, bool):
        yield f"{key} = {'true' if value else 'false'}"
    else:
        yield f"{key} = {_quoted(value) if isinstance(value, str) else value}"


def _pattern(source: str) -> str:
    """Return a pattern as a text without escapes, over several lines where it is long."""
    lines = broken(source, _WIDTH)
    if len(lines) == 1 and "'" not in source:
        return f"'{source}'"
    if "'''" in source or source.endswith("'"):
        return '"""\n' + "\n".join(_escaped(line) for line in lines) + '"""'
    return "'''\n" + "\n".join(lines) + "'''"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", text)
