"""Keys in source code of many languages, whole and in pieces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.detection.model import Carries, Leak, Surrounding
from benchmarks.detection.surroundings.filling import filled, in_json, text

_named = partial(Surrounding, carries=Carries.NAME)
_hosted = partial(Surrounding, carries=Carries.HOST)


def _split(template: str) -> Callable[[Leak], bytes]:
    """Return what writes a key in two pieces, `@FIRST@` and `@SECOND@`, cut anywhere but near its ends."""

    def write(leak: Leak) -> bytes:
        key = leak.key.text
        cut = leak.rng.randint(4, len(key) - 4)
        return filled(template.replace("@FIRST@", key[:cut]).replace("@SECOND@", key[cut:]), leak).encode()

    return write


CODE = (
    _named("python", "settings.py", text('import os\n\n@ENV@ = "@KEY@"\nDEBUG = False\n', in_json), blocks=True),
    _named("python-single-quoted", "settings.py", text("@SNAKE@ = '@KEY@'\n")),
    _named("python-environment", "main.py", text('os.environ["@ENV@"] = "@KEY@"\n', in_json), blocks=True),
    _named("python-default", "main.py", text('key = os.getenv("@ENV@", "@KEY@")\n', in_json), blocks=True),
    _named("python-call", "main.py", text('client = @CLIENT@(@FIELD@="@KEY@", timeout=30)\n', in_json), blocks=True),
    _named("python-format", "main.py", text('@SNAKE@ = f"@KEY@"\n')),
    _named("python-bytes", "main.py", text('@SNAKE@ = b"@KEY@"\n')),
    _named("javascript-template", "index.ts", text("const @CAMEL@ = `@KEY@`;\n"), blocks=True),
    _named("javascript-object", "index.js", text("export default { @CAMEL@: '@KEY@', retries: 3 };\n")),
    _named("javascript-minified", "app.min.js", text(
        '!function(e,t){var n=t(1),r={@CAMEL@:"@KEY@",u:2};e.exports=r}(module,require);\n', in_json), blocks=True),
    _named("go", "main.go", text('package main\n\nconst @CAMEL@ = "@KEY@"\n', in_json), blocks=True),
    _named("java", "App.java", text('    private static final String @ENV@ = "@KEY@";\n', in_json), blocks=True),
    _named("kotlin", "build.gradle.kts", text('buildConfigField("String", "@ENV@", "\\"@KEY@\\"")\n')),
    _named("csharp", "Program.cs", text('    private const string @PASCAL@ = "@KEY@";\n')),
    _named("swift", "App.swift", text('let @CAMEL@ = "@KEY@"\n')),
    _named("rust", "main.rs", text('const @ENV@: &str = "@KEY@";\n')),
    _named("ruby", "init.rb", text("ENV['@ENV@'] ||= '@KEY@'\n")),
    _named("php", "config.php", text("<?php define('@ENV@', '@KEY@'); ?>\n")),
    _named("php-array", "config.php", text("<?php return ['@SNAKE@' => '@KEY@'];\n")),
    _named("r", "setup.R", text('Sys.setenv(@ENV@ = "@KEY@")\n')),
    _named("sql", "seed.sql", text("INSERT INTO settings (name, value) VALUES ('@SNAKE@', '@KEY@');\n")),
    _named("powershell", "deploy.ps1", text('$env:@ENV@ = "@KEY@"\n')),
    _named("batch", "deploy.cmd", text("set @ENV@=@KEY@\r\ncall run.cmd\r\n")),
    _named("concatenated", "main.py", _split('@ENV@ = "@FIRST@" + "@SECOND@"\n')),
    _named("concatenated-lines", "main.js", _split('const @CAMEL@ = "@FIRST@" +\n  "@SECOND@";\n')),
    _named("concatenated-dots", "config.php", _split("<?php $@SNAKE@ = '@FIRST@' . '@SECOND@';\n")),
    _named("adjacent", "main.py", _split('@ENV@ = "@FIRST@" "@SECOND@"\n')),
    _named("adjacent-lines", "main.py", _split('@ENV@ = (\n    "@FIRST@"\n    "@SECOND@"\n)\n')),
    _named("continued-string", "main.py", _split('@ENV@ = "@FIRST@\\\n@SECOND@"\n')),
    _named("continued-line", "main.py", _split('@ENV@ = "@FIRST@" \\\n    "@SECOND@"\n')),
    _named("shell-continued", "deploy.sh", _split('export @ENV@="@FIRST@"\\\n"@SECOND@"\n')),
    _hosted("base-url", "main.py", text('client = OpenAI(api_key="@KEY@", base_url="@URL@")\n')),
    _hosted("requests", "main.py", text(
        'r = requests.get(\n    "@URL@",\n    headers={"@HEADER_NAME@": "@SCHEME@@KEY@"},\n    timeout=10,\n)\n')),
)  # fmt: skip
