"""Keys in running text and markup, where nothing says whose they are."""

from __future__ import annotations

from benchmarks.detection.model import Surrounding
from benchmarks.detection.surroundings.filling import in_json, in_url, text

PROSE = (
    Surrounding("line", "notes.txt", text("@KEY@\n"), blocks=True),
    Surrounding("prose", "notes.md", text("It works again since @KEY@ was put in on Monday.\n")),
    Surrounding("prose-end", "notes.md", text("Ada says the old one is @KEY@.\nAsk her.\n"), after="."),
    Surrounding("prose-quoted", "readme.md", text('see "@KEY@" ok\n')),
    Surrounding("prose-parentheses", "readme.md", text("the one from Monday (@KEY@) stopped\n"), after=")"),
    Surrounding("markdown-bold", "readme.md", text("- use **@KEY@** on staging\n"), after="*"),
    Surrounding("markdown-code", "readme.md", text("Put `@KEY@` into the form.\n")),
    Surrounding("markdown-table", "readme.md", text("| stage | value |\n|---|---|\n| prod |@KEY@| \n"), after="|"),
    Surrounding("markdown-fence", "readme.md", text("```\n@KEY@\n```\n"), blocks=True),
    Surrounding("html-code", "page.html", text("<p>Use <code>@KEY@</code> here</p>\n"), after="<"),
    Surrounding("html-list", "page.html", text("<ul><li>@KEY@<li>second</ul>\n"), after="<"),
    Surrounding("svg-text", "chart.svg", text(
        '<svg xmlns="http://www.w3.org/2000/svg"><text x="4" y="9">@KEY@</text></svg>\n'), after="<"),
    Surrounding("chinese", "说明.md", text("新的密钥@KEY@请尽快更换。\n")),
    Surrounding("chinese-colon", "说明.md", text("旧令牌：@KEY@。已经停用\n")),
    Surrounding("chinese-quotes", "说明.md", text("请使用「@KEY@」登录\n")),
    Surrounding("emoji", "notes.md", text("🔑@KEY@🚀\n")),
    Surrounding("csv", "export.csv", text("id,owner,value,created\n17,ada,@KEY@,2026-03-01\n"), after=","),
    Surrounding("yaml-flow-list", "values.yaml", text("allowed: [@KEY@, other]\n"), after=","),
    Surrounding("json-list", "values.json", text('["@KEY@", "b"]\n', in_json), blocks=True),
    Surrounding("url-query", "links.txt", text("https://gateway.acme.io/v1/chat?k=@KEY@&stream=true\n", in_url),
                after="&"),
    Surrounding("url-path", "links.txt", text("https://gateway.acme.io/t/@KEY@/chat\n", in_url), after="/"),
    Surrounding("url-user", "links.txt", text("https://deploy:@KEY@@gateway.acme.io/repo\n", in_url), after="@"),
    Surrounding("log", "server.log", text(
        "2026-03-01T10:11:12.345Z ERROR gateway upstream=2 said 401 for @KEY@ (attempt 3)\n")),
    Surrounding("log-ansi", "server.log", text("\x1b[32mINFO\x1b[0m started with \x1b[1m@KEY@\x1b[0m\n")),
    Surrounding("lock-file", "package-lock.json", text(
        '{"packages": {"node_modules/left-pad": {"version": "1.3.0",\n'
        ' "resolved": "https://npm.acme.io/left-pad.tgz?auth=@KEY@"}}}\n', in_url)),
    Surrounding("comment", "main.c", text("int main(void) { return 0; }  /* @KEY@ */\n")),
)  # fmt: skip
