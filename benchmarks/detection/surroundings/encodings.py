"""Keys in text of other encodings, and encoded in text."""

from __future__ import annotations

import base64
import codecs
import json
import textwrap
from collections.abc import Callable
from functools import partial

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.filling import Write, filled, in_json

_named = partial(Surrounding, carries=Carries.NAME)
_hosted = partial(Surrounding, carries=Carries.HOST)
FILE = "DEBUG=false\nREGION=eu-west-1\n@ENV@=@KEY@\nPORT=8080\nLOG_LEVEL=warning\nWORKERS=4\n"
"""What is encoded as a whole: settings with the key among them."""
SCRIPT = '# deploy\r\n$env:@ENV@ = "@KEY@"\r\n./run.ps1\r\n'


def _text(encoding: str, mark: bytes = b"") -> Write:
    return lambda leak: mark + filled(SCRIPT, leak, in_json).encode(encoding)


def _file(encode: Callable[[bytes], str], around: str) -> Write:
    """Return what writes the encoded settings into a text at `@DATA@`."""

    def write(leak: Leak) -> bytes:
        data = encode(filled(FILE, leak, in_json).encode())
        return filled(around.replace("@DATA@", data), leak).encode()

    return write


def _value(encode: Callable[[str], str], around: str) -> Write:
    """Return what writes the encoded key alone into a text at `@DATA@`, with its name in clear."""
    return lambda leak: filled(around.replace("@DATA@", encode(leak.key.text)), leak).encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _wrapped(width: int) -> Callable[[bytes], str]:
    return lambda data: "\n".join(textwrap.wrap(_b64(data), width))


def _wrapped_in_yaml(data: bytes) -> str:
    return textwrap.indent("\n".join(textwrap.wrap(_b64(data), 64)), "    ")


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _utf16_base64(data: bytes) -> str:
    return _b64(data.decode().encode("utf-16-le"))


def _command(leak: Leak) -> bytes:
    script = _utf16_base64(filled(SCRIPT, leak).encode())
    return f"powershell.exe -NoProfile -EncodedCommand {script}\r\n".encode()


def _per_character(template: str) -> Callable[[str], str]:
    return lambda text: "".join(template.format(ord(character)) for character in text)


ENCODINGS = (
    _named("utf-8-bom", "deploy.ps1", _text("utf-8", codecs.BOM_UTF8), blocks=True),
    _named("utf-16-le-bom", "deploy.ps1", _text("utf-16-le", codecs.BOM_UTF16_LE), blocks=True),
    _named("utf-16-be-bom", "deploy.ps1", _text("utf-16-be", codecs.BOM_UTF16_BE), blocks=True),
    _named("utf-16-le", "deploy.ps1", _text("utf-16-le"), blocks=True),
    _named("utf-16-be", "deploy.ps1", _text("utf-16-be"), blocks=True),
    _named("utf-32-le-bom", "deploy.ps1", _text("utf-32-le", codecs.BOM_UTF32_LE), blocks=True),
    _named("utf-32-be-bom", "deploy.ps1", _text("utf-32-be", codecs.BOM_UTF32_BE), blocks=True),
    _named("utf-32-le", "deploy.ps1", _text("utf-32-le"), blocks=True),
    _named("gb18030", "配置.ini", lambda leak: filled("[密钥]\n; 生产环境\n@SNAKE@ = @KEY@\n", leak).encode("gb18030")),
    _named("latin-1", "config.ini", lambda leak: filled("; clé privée\n@SNAKE@ = @KEY@\n", leak).encode("latin-1")),
    _named("base64", "ci.yml", _file(_b64, "env:\n  DOTENV_FILE: @DATA@\n"), blocks=True),
    _named("base64-url", "ci.yml", _file(_b64url, "env:\n  DOTENV_FILE: @DATA@\n"), blocks=True),
    _named("base64-76", "dotenv.b64", _file(_wrapped(76), "@DATA@\n"), blocks=True),
    _named("base64-64", "dotenv.b64", _file(_wrapped(64), "@DATA@\n"), blocks=True),
    _named("base64-yaml-block", "cm.yaml", _file(_wrapped_in_yaml, "binaryData:\n  dotenv: |\n@DATA@\n"), blocks=True),
    _named("base64-twice", "ci.yml", _file(
        lambda data: _b64(_b64(data).encode()), "env:\n  DOTENV: @DATA@\n"), blocks=True),
    _named("base64-data-url", "page.html", _file(
        _b64, '<a href="data:text/plain;base64,@DATA@">file</a>\n'), blocks=True),
    _named("base64-utf-16-command", "run.cmd", _command),
    _named("base64-value", "main.py", _value(lambda key: _b64(key.encode()), '@ENV@ = b64decode("@DATA@")\n')),
    _hosted("base64-basic-auth", "try.sh", _value(
        lambda key: _b64(f"user:{key}".encode()), 'curl -H "Authorization: Basic @DATA@" "@URL@"\n')),
    _named("hex", "dotenv.hex", _file(lambda data: data.hex(), "@DATA@\n"), blocks=True),
    _named("hex-upper", "dotenv.hex", _file(lambda data: data.hex().upper(), "data = @DATA@\n"), blocks=True),
    _named("hex-value", "main.js", _value(lambda key: key.encode().hex(), 'const @CAMEL@ = fromHex("@DATA@");\n')),
    _named("percent", "links.txt", _value(_percent, "https://gateway.acme.io/set?@SNAKE@=@DATA@&x=1\n")),
    _named("percent-quoted", "links.txt", lambda leak: filled(
        "https://gateway.acme.io/set?body=%7B%22@CAMEL@%22%3A%22@KEY@%22%7D\n", leak, _reserved).encode()),
    _named("escapes-u", "Config.java", _value(_per_character("\\u{:04x}"), 'String @CAMEL@ = "@DATA@";\n')),
    _named("escapes-u-braces", "config.rs", _value(_per_character("\\u{{{:x}}}"), 'let @SNAKE@ = "@DATA@";\n')),
    _named("escapes-x", "config.c", _value(_per_character("\\x{:02x}"), 'char *@SNAKE@ = "@DATA@";\n')),
    _named("escapes-octal", "config.c", _value(_per_character("\\{:03o}"), 'char *@SNAKE@ = "@DATA@";\n')),
    _named("byte-array", "config.go", _value(
        lambda key: ", ".join(f"0x{byte:02x}" for byte in key.encode()), "var @CAMEL@ = []byte{@DATA@}\n")),
    _named("entities-decimal", "page.html", _value(_per_character("&#{};"), "<p>@ENV@=@DATA@</p>\n")),
    _named("entities-hex", "page.html", _value(_per_character("&#x{:x};"), "<p>@ENV@=@DATA@</p>\n")),
    _named("entities-quotes", "page.html", lambda leak: filled(
        "<pre>@ENV@ = &quot;@KEY@&quot;</pre>\n", leak).encode()),
    _named("json-escapes", "config.json", _value(
        _per_character("\\u{:04x}"), '{"@SNAKE@": "@DATA@"}\n')),
    _named("base64-in-json", "state.json", _file(
        _b64, json.dumps({"file": ".env", "content": "@DATA@", "mode": 420}) + "\n"), blocks=True),
)  # fmt: skip


def _reserved(text: str) -> str:
    """Percent-encode what a query reserves, and nothing else."""
    return "".join(
        character if character.isalnum() or character in "-_.~" else _percent(character) for character in text
    )
