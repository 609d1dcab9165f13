"""Keys in settings, each beside the name that users give it there."""

from __future__ import annotations

import base64
from functools import partial

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.filling import filled, in_json, in_json_twice, in_url, text

_named = partial(Surrounding, carries=Carries.NAME)
_hosted = partial(Surrounding, carries=Carries.HOST)


def _secret(leak: Leak) -> bytes:
    value = base64.b64encode(leak.key.text.encode()).decode()
    head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: llm\ntype: Opaque\ndata:\n"
    return (filled(head + "  @ENV@: ", leak) + value + "\n").encode()


def _own(leak: Leak) -> bytes:
    return leak.kind.own.write(leak.key.text, leak.rng).encode() if leak.kind.own else b""


def _unescaped(template: str) -> str:
    """A file with other settings before and after the one in question."""
    return f"DEBUG=false\nREGION=eu-west-1\n{template}\nPORT=8080\n"


SETTINGS = (
    _named("env", ".env", text(_unescaped("@ENV@=@KEY@"))),
    _named("env-double-quoted", ".env", text(_unescaped('@ENV@="@KEY@"'), in_json), blocks=True),
    _named("env-single-quoted", ".env", text(_unescaped("@ENV@='@KEY@'")), blocks=True),
    _named("env-comment", ".env", text(_unescaped("@ENV@=@KEY@  # rotated in March"))),
    _named("env-disabled", ".env", text(_unescaped("# @ENV@=@KEY@"))),
    _named("env-crlf", ".env", text(_unescaped("@ENV@=@KEY@").replace("\n", "\r\n"))),
    _named("env-cr", ".env", text(_unescaped("@ENV@=@KEY@").replace("\n", "\r"))),
    _named("node-modules", "web/node_modules/.cache/loader/.env", text(_unescaped("@ENV@=@KEY@"))),
    _named("shell-export", "deploy.sh", text("#!/bin/sh\nexport @ENV@=@KEY@\n./run\n")),
    _named("shell-inline", "deploy.sh", text("#!/bin/sh\n@ENV@=@KEY@ ./run --fast\n")),
    _named("dockerfile", "Dockerfile", text("FROM python:3.13\nENV @ENV@=@KEY@\nRUN pip install .\n")),
    _named("docker-argument", "build.sh", text("docker run --rm -e @ENV@=@KEY@ acme/app:3\n")),
    _named("compose-list", "docker-compose.yml", text(
        "services:\n  app:\n    image: acme/app\n    environment:\n      - @ENV@=@KEY@\n")),
    _named("compose-map", "docker-compose.yml", text(
        "services:\n  app:\n    image: acme/app\n    environment:\n      @ENV@: @KEY@\n")),
    _named("kubernetes-data", "secret.yaml", _secret, blocks=True),
    _named("kubernetes-string-data", "secret.yaml", text(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: llm\nstringData:\n  @ENV@: @KEY@\n")),
    _named("kubernetes-value", "deployment.yaml", text(
        "      containers:\n        - env:\n            - name: @ENV@\n              value: @KEY@\n")),
    _named("terraform-tfvars", "prod.tfvars", text('region = "eu"\n@SNAKE@ = "@KEY@"\n', in_json), blocks=True),
    _named("terraform-variable", "variables.tf", text(
        'variable "@SNAKE@" {\n  type    = string\n  default = "@KEY@"\n}\n', in_json), blocks=True),
    _named("workflow", ".github/workflows/ci.yml", text("jobs:\n  run:\n    env:\n      @ENV@: @KEY@\n")),
    _named("yaml", "config.yaml", text("debug: false\n@SNAKE@: @KEY@\n")),
    _named("yaml-quoted", "config.yaml", text("debug: false\n@SNAKE@: '@KEY@'\n")),
    _named("yaml-nested", "config.yaml", text("@SERVICE@:\n  model: large\n  @FIELD@: @KEY@\n")),
    _named("json", "config.json", text('{\n  "debug": false,\n  "@SNAKE@": "@KEY@"\n}\n', in_json), blocks=True),
    _named("json-camel", "appsettings.json", text('{"@CAMEL@": "@KEY@", "debug": false}\n', in_json), blocks=True),
    _named("json-nested", "config.json", text(
        '{\n  "@SERVICE@": {\n    "model": "large",\n    "@FIELD@": "@KEY@"\n  }\n}\n', in_json), blocks=True),
    _named("json-in-json", "task.json", text('{"env": "{\\"@ENV@\\":\\"@KEY@\\"}"}\n', in_json_twice), blocks=True),
    _named("mcp-server", ".mcp.json", text(
        '{"mcpServers": {"@SERVICE@": {"command": "npx", "args": ["-y", "server"],\n'
        ' "env": {"@ENV@": "@KEY@"}}}}\n', in_json), blocks=True),
    _named("toml", "config.toml", text('debug = false\n@SNAKE@ = "@KEY@"\n', in_json), blocks=True),
    _named("toml-table", "config.toml", text(
        '[@SERVICE@]\nmodel = "large"\n@FIELD@ = "@KEY@"\n', in_json), blocks=True),
    _named("ini", "config.ini", text("[@SERVICE@]\nmodel = large\n@FIELD@ = @KEY@\n")),
    _named("properties", "application.properties", text("server.port=8080\n@DOTTED@.@OPTION@=@KEY@\n")),
    _named("xml-element", "config.xml", text("<config><@PASCAL@>@KEY@</@PASCAL@></config>\n"), after="<"),
    _named("xml-attribute", "web.config", text('<appSettings><add key="@PASCAL@" value="@KEY@"/></appSettings>\n')),
    _named("plist", "Info.plist", text(
        "<dict>\n  <key>@PASCAL@</key>\n  <string>@KEY@</string>\n</dict>\n"), after="<"),
    _named("html-attribute", "page.html", text('<div id="app" data-@KEBAB@="@KEY@"></div>\n')),
    _named("registry-export", "settings.reg", text('[HKEY_CURRENT_USER\\Software\\Acme]\n"@PASCAL@"="@KEY@"\n')),
    _named("chinese-name", "配置说明.md", text("@ENV@ 的值是：@KEY@。\n")),
    _named("markdown-name", "readme.md", text("- `@ENV@`: `@KEY@`\n")),
    _hosted("curl", "try.sh", text('curl @URL@ \\\n  -H "@HEADER@@KEY@" \\\n  -H "Accept: application/json"\n')),
    _hosted("http-request", "api.http", text("GET @URL@ HTTP/1.1\nHost: @HOST@\n@HEADER@@KEY@\n\n")),
    _hosted("url-parameter", "links.txt", text("@URL@@QUERY@key=@KEY@&alt=json\n", in_url), after="&"),
    _hosted("netrc", ".netrc", text("machine @HOST@\n  login user\n  password @KEY@\n")),
    Surrounding("own-file", "", _own, carries=Carries.OWN_FILE),
)  # fmt: skip
