"""Fills texts with a key and its names: `@KEY@`, `@ENV@`, `@SNAKE@` and so on stand for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from benchmarks.detection.model import Leak

Escape = Callable[[str], str]
Write = Callable[[Leak], bytes]


def raw(text: str) -> str:
    """Write a key as it is."""
    return text


def in_json(text: str) -> str:
    """Write a key as the inside of a JSON string, or of a string in most programming languages."""
    return json.dumps(text)[1:-1]


def in_json_twice(text: str) -> str:
    """Write a key as the inside of a JSON string in a JSON string."""
    return in_json(in_json(text))


def in_url(text: str) -> str:
    """Write a key as the value of a query."""
    return quote(text, safe="")


def filled(template: str, leak: Leak, escape: Escape = raw) -> str:
    """Return a template with everything in its place."""
    header, scheme = leak.kind.header.split(": ", 1)
    values = {
        "KEY": escape(leak.key.text),
        "ENV": leak.env,
        "SNAKE": leak.snake,
        "CAMEL": leak.camel,
        "PASCAL": leak.pascal,
        "KEBAB": leak.kebab,
        "SERVICE": leak.service,
        "DOTTED": leak.service.replace("_", "."),
        "CLIENT": leak.client,
        "FIELD": leak.kind.field,
        "OPTION": leak.kind.field.replace("_", "-"),
        "URL": leak.url,
        "QUERY": "&" if "?" in leak.url else "?",
        "HOST": leak.host,
        "HEADER": leak.kind.header,
        "HEADER_NAME": header,
        "SCHEME": scheme,
    }
    for name, value in values.items():
        template = template.replace(f"@{name}@", value)
    return template


def text(template: str, escape: Escape = raw) -> Write:
    """Return what writes a template as UTF-8."""
    return lambda leak: filled(template, leak, escape).encode()
