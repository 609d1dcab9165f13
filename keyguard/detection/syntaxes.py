"""The ways in which programs, configurations, commands and people write that a value belongs to a name."""

from __future__ import annotations

import re
from functools import cached_property

_N = rb"(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,79})"
_FIRST = rb"(?:(?<![A-Za-z_])|(?=[A-Za-z0-9_.-]{80}))"
"""Before a name where none that begins further left was tried already: without it a search takes four times as long."""
_NAME = _FIRST + _N
_QUOTE = rb"(?:\\{0,4}[\"'`])?"
_TYPED = rb"\xe2\x80[\x98\x9c]|\xe3\x80[\x8c\x8e]"
"""Quotes as word processors and people who write Chinese or Japanese have them."""
_OPEN = rb"(?:[bBfFrRuU@$]{0,2}#{0,2}\\{0,4}[\"'`]{1,3}|\[\[|\*\*|<!\[CDATA\[|" + _TYPED + rb")?"
_QUOTED = rb"(?:(?:[bBfFrRuU@$]{0,2}#{0,2}\\{0,4}[\"'`]{1,3}){1,2}|" + _TYPED + rb")"
_GAP = rb"(?:[ \t]|\xc2\xa0){0,40}"
_GAPS = rb"[ \t\r\n]{0,80}"
_SCHEME = rb"(?:(?:Bearer|Token|Basic|Bot|Key|Api-?Key)(?:[ ]|%20)+)?"
_COLON = rb"(?:\xef\xbc\x9a|\xef\xbc\x9d)"
_IS = (
    rb"(?:\xe7\x9a\x84(?:\xe5\x80\xbc|\xe5\x86\x85\xe5\xae\xb9)?)?(?:\xe8\xae\xbe(?:\xe7\xbd\xae)?|\xe6\x94\xb9)?"
    rb"(?:\xe6\x98\xaf|\xe4\xb8\xba)"
)
"""Chinese: "is", "'s value is", "is set to"."""
_OPERATOR = (
    rb"(?:=>|:=|\?=|\+=|\|\|?=?|\?\?=?|:-|->|<<?-|===?|=|:{1,3}|(?<=[ ])is:?(?=[ ])|\xe3\x81\xaf|"
    + _IS
    + rb"[ ]?(?:"
    + _COLON
    + rb"|:|=)?|"
    + _COLON
    + rb")"
)
_WRAPPER = (
    rb"(?:[A-Za-z_.:]{0,40}(?:Secret|SecretStr|String|str|Credential|to_owned|from|Field|Some)\(" + _GAPS
    + rb"(?:default" + _GAP + rb"=" + _GAP + rb")?(?=\S)){0,2}"
)  # fmt: skip
_TYPE_NAME = rb"(?:&(?:'[a-z]{1,8}[ ])?)?[A-Za-z_][A-Za-z0-9_.\[\]<>?]{0,40}?"
_TYPES = _TYPE_NAME + rb"(?:[ ]?\|[ ]?" + _TYPE_NAME + rb"){0,3}"
_TYPE = (
    rb"(?:" + _GAP + rb":" + _GAP + rb"(?P<type>" + _TYPES + rb")|[ ]As[ ](?:New[ ])?" + _TYPE_NAME + rb")?"
    rb"(?:[ ]\{[ a-z;]{0,30}\})?"
)
_BLOCK = rb"(?:[|>][+-]?[ \t]{0,8})?"
"""What begins a text of several lines in YAML."""
_TAGGED = rb"(?:[&!][A-Za-z0-9_!./-]{0,40}[ ]{1,4}){0,2}"
"""An anchor or a tag of YAML: `&key …`, `!Sub …`."""
_ITEM = rb"[\"'`]?[A-Za-z0-9_+/.~:-]{16,128}={0,2}[\"'`]?" + _GAP + rb"[,;]" + _GAPS
_LIST = rb"(?:(?:[\[({]|-[ ])" + _GAPS + rb")?(?:" + _ITEM + rb"){0,6}"
"""What begins a list, and values before this one."""
_ELEMENT = rb"(?:<[A-Za-z][^<>]{0,80}>" + _GAPS + rb"){0,2}"
HAN_KEY = (
    rb"(?P<han>\xe5\xaf\x86\xe9\x92\xa5|\xe7\xa7\x98\xe9\x92\xa5|\xe5\xaf\x86\xe5\x8c\x99"
    rb"|\xe4\xbb\xa4\xe7\x89\x8c|\xe5\xaf\x86\xe7\xa0\x81|\xe5\x8f\xa3\xe4\xbb\xa4)"
)


class Syntax:
    """One way to write it; what is `needed` stands in any text that has it, and is looked for first, for speed."""

    def __init__(self, source: bytes, *needed: bytes) -> None:
        self._source = source
        self.needed = needed

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """What matches all of it at the end of a text; to compile all of them takes 8 ms, and few scans use all."""
        return re.compile(self._source + rb"\Z")


SYNTAXES = (
    # - name: NAME, value: "…" (Kubernetes, ECS, Terraform)
    Syntax(rb"(?<![A-Za-z0-9_])(?:name|Name|key|Key)" + _QUOTE + _GAP + rb"[=:]" + _GAP + _QUOTE + _N + _QUOTE
        + rb"[ \t,;]*[\r\n, \t]{1,80}(?:-[ ])?" + _QUOTE + rb"[vV]alue" + _QUOTE + _GAP + rb"[=:]" + _GAP + _OPEN
        + _SCHEME, b"alue"),
    # <add key="NAME" value="…"/>
    Syntax(rb"(?:key|name)=[\"']" + _N + rb"[\"']" + _GAPS + rb"value=[\"']", b"value="),
    # <string name="NAME">…
    Syntax(rb"(?<=[ \t])(?:key|name)=[\"']" + _N + rb"[\"'][^<>]{0,80}>" + _GAPS + _OPEN, b"name=", b"key="),
    # <td>NAME</td><td>…
    Syntax(rb">" + _GAPS + _N + _GAPS + rb"(?:</[a-z]{1,8}>" + _GAPS + rb"){1,2}<t[dh]\b[^<>]{0,80}>" + _GAPS
        + _ELEMENT, b"<td", b"<th"),
    # <key>NAME</key><string>…
    Syntax(rb"<key>" + _N + rb"</key>" + _GAPS + rb"<string>" + _GAPS, b"<key>"),
    # <Name>…
    Syntax(rb"<(?!(?:b|i|em|tt|td|pre|kbd|code|span|strong)\b)" + _N + rb"(?:[ \t][^<>]{0,80})?>" + _GAPS + _OPEN),
    # java -DNAME=…; in capitals at the start of a line it is a line that a patch removes
    Syntax(rb"(?<![A-Za-z0-9_])-D(?:(?<=[ \t\"'=,]-D)|(?=[a-z]))" + _N + rb"=" + _OPEN),
    # $env:NAME = "…"
    Syntax(rb"\$[eE]nv:" + _N + _GAP + rb"=" + _GAP + _OPEN, b"nv:"),
    # variable "NAME" { default = "…" (Terraform)
    Syntax(rb"(?<![A-Za-z0-9_])variable[ \t]+\"" + _N + rb"\"[ \t]*\{[^{}]{0,160}?\bdefault[ \t]*=[ \t]*" + _OPEN,
        b"variable"),
    # NAME 密钥：… (Chinese: key, secret key, token, password)
    Syntax(_NAME + rb"[ ]?(?:\xe7\x9a\x84)?[ ]?(?:API|api)?[ ]?" + HAN_KEY
        + rb"[ ]?(?:" + _IS + rb"|" + _COLON + rb"|:|=){1,2}[ ]?" + _OPEN, b"\xe4", b"\xe5", b"\xe7"),
    # name: { value: "…" (Terraform's state, GitLab)
    Syntax(_NAME + _QUOTE + _GAP + rb"[=:]" + _GAPS + rb"(?:\{" + _GAPS + rb")?(?<=[ \t\n{])" + _QUOTE
        + rb"(?:value|default)" + _QUOTE + _GAP + rb"[=:]" + _GAP + _OPEN, b"value", b"default"),
    # add_argument("--name", type=str, default="…")
    Syntax(_NAME + _QUOTE + _GAP + rb"," + rb"[^\r\n()#]{0,80}\bdefault" + _GAP + rb"=" + _GAP + _QUOTED, b"default"),
    # name: str = "…", "name": "…", name => …, os.environ["NAME"] = …, ${NAME:-…
    Syntax(_NAME + rb"(?:\*\*)?" + _QUOTE + rb"[\])]?" + _TYPE + _GAP + _OPERATOR + rb"(?:\*\*)?" + _GAP
        + _BLOCK + _TAGGED + rb"(?:\r?\n" + _GAP + rb")?" + _LIST + _WRAPPER + _ELEMENT + _OPEN + _SCHEME),
    # s:4:"NAME";s:32:"…" (serialized by PHP)
    Syntax(_NAME + _QUOTE + rb";s:[0-9]{1,4}:" + _OPEN, b";s:"),
    # setenv("NAME", "…"), getenv("NAME", "…"), header(NAME, "…")
    Syntax(_NAME + _QUOTE + _GAP + rb"," + _GAPS + _QUOTED + _SCHEME, b","),
    # NAME,… and | NAME | … and "NAME";"…" (tables)
    Syntax(rb"(?:\A|[\t|,\r\n\"'`])[ ]?" + _N + rb"(?:[\"'`]?[ ]?(?:\t|,|\|)[ ]?" + _OPEN + rb"|[\"'];[ ]?[\"'])"),
    # os.environ.get("NAME") or "…"
    Syntax(_NAME + _QUOTE + rb"[\])]{0,2}" + _GAP + rb"(?:or|\|\||\?\?)" + _GAP + _QUOTED, b"or", b"||", b"??"),
    # gh secret set NAME --body "…"
    Syntax(_NAME + rb"[ \t]{1,8}--?(?:body|value|data|secret|b|v)(?:[ \t]{1,8}|=)" + _OPEN, b" -", b"\t-"),
    # set(NAME "…")
    Syntax(rb"(?:set|SET)\(" + _GAP + _N + rb"[ \t]{1,8}" + _QUOTED, b"set(", b"SET("),
    # (setq NAME "…"), {:name "…"}
    Syntax(rb"(?:\((?:setq|setf|def[a-z]{0,12})[ \t]{1,8}|(?<![A-Za-z0-9_:]):)" + _N + rb"[ \t]{1,8}" + _QUOTED,
        b"(", b":"),
    # --api-key …
    Syntax(rb"(?<![A-Za-z0-9_-])--?" + _N + rb"[ \t]{1,8}" + _OPEN),
    # ENV NAME …, setx NAME "…", SetEnv NAME …, proxy_set_header NAME …
    Syntax(rb"(?<![A-Za-z0-9_])(?:ENV|ARG|setx|SETX|setenv|SetEnv|set|export|env|define|[a-z]{2,8}_set_header)"
        + rb"(?:[ \t]+-[a-zA-Z]{1,4}){0,2}[ \t]+"
        + _N + rb"[ \t]+" + _OPEN + _SCHEME),
    # machine host login user password …
    Syntax(rb"(?<![A-Za-z0-9_])(?P<name>password|passwd)[ \t\r\n]+"),
    # AzureKeyCredential("…"), setApiKey("…")
    Syntax(_NAME + rb"\(" + _GAPS + _QUOTED, b"("),
)  # fmt: skip
