"""Finds values and what they are assigned to, in the ways in which programs, configurations and commands write it."""

from __future__ import annotations

import re
from functools import lru_cache

from keyguard.detection.names import holds_key
from keyguard.detection.values import may_be_assigned

LOOK = 256
"""How many bytes before a value its name may begin."""
_N = rb"(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,79})"
_FIRST = rb"(?:(?<![A-Za-z_])|(?=[A-Za-z0-9_.-]{80}))"
"""Before a name where none that begins further left was tried already: without it a search takes four times as long."""
_NAME = _FIRST + _N
_QUOTE = rb"(?:\\{0,4}[\"'`])?"
_OPEN = rb"(?:[bBfFrRuU@]{0,2}\\{0,4}[\"'`]{1,3}|\[\[)?"
_QUOTED = rb"(?:[bBfFrRuU@]{0,2}\\{0,4}[\"'`]{1,3}){1,2}"
_GAP = rb"[ \t]{0,40}"
_GAPS = rb"[ \t\r\n]{0,80}"
_SCHEME = rb"(?:(?:Bearer|Token|Basic|Bot|Key|Api-?Key)(?:[ ]|%20)+)?"
_COLON = rb"(?:\xef\xbc\x9a|\xef\xbc\x9d)"
_IS = (
    rb"(?:\xe7\x9a\x84(?:\xe5\x80\xbc|\xe5\x86\x85\xe5\xae\xb9)?)?(?:\xe8\xae\xbe|\xe6\x94\xb9)?"
    rb"(?:\xe6\x98\xaf|\xe4\xb8\xba)"
)
"""Chinese: "is", "'s value is", "is set to"."""
_OPERATOR = (
    rb"(?:=>|:=|\?=|\+=|\|\|?=?|\?\?=?|:-|->|===?|=|:{1,3}|" + _IS + rb"[ ]?(?:" + _COLON + rb"|:|=)?|" + _COLON + rb")"
)
_WRAPPER = rb"(?:[A-Za-z_.:]{0,40}(?:Secret|SecretStr|String|str|Credential|to_owned|from)\(" + _GAP + rb"(?=\S))?"
_TYPE_NAME = rb"(?:&(?:'[a-z]{1,8}[ ])?)?[A-Za-z_][A-Za-z0-9_.\[\]<>?]{0,40}?"
_TYPES = _TYPE_NAME + rb"(?:[ ]?\|[ ]?" + _TYPE_NAME + rb"){0,3}"
_TYPE = rb"(?:" + _GAP + rb":" + _GAP + _TYPES + rb")?(?:[ ]\{[ a-z;]{0,30}\})?"
_BLOCK = rb"(?:[|>][+-]?[ \t]{0,8})?"
"""What begins a text of several lines in YAML."""
_LIST = rb"(?:[\[({]" + _GAPS + rb")?"
HAN_KEY = (
    rb"(?P<han>\xe5\xaf\x86\xe9\x92\xa5|\xe7\xa7\x98\xe9\x92\xa5|\xe5\xaf\x86\xe5\x8c\x99"
    rb"|\xe4\xbb\xa4\xe7\x89\x8c|\xe5\xaf\x86\xe7\xa0\x81|\xe5\x8f\xa3\xe4\xbb\xa4)"
)
_SYNTAXES = tuple(
    re.compile(syntax + rb"\Z")
    for syntax in (
        # - name: NAME, value: "…" (Kubernetes, ECS, Terraform)
        rb"(?<![A-Za-z0-9_])(?:name|Name|key|Key)" + _QUOTE + _GAP + rb"[=:]" + _GAP + _QUOTE + _N + _QUOTE
        + rb"[ \t,;]*[\r\n, \t]{1,80}(?:-[ ])?" + _QUOTE + rb"[vV]alue" + _QUOTE + _GAP + rb"[=:]" + _GAP + _OPEN,
        # <add key="NAME" value="…"/>
        rb"(?:key|name)=[\"']" + _N + rb"[\"']" + _GAPS + rb"value=[\"']",
        # <key>NAME</key><string>…
        rb"<key>" + _N + rb"</key>" + _GAPS + rb"<string>" + _GAPS,
        # <Name>…
        rb"<" + _N + rb"(?:[ \t][^<>]{0,80})?>" + _GAPS + _OPEN,
        # java -DNAME=…; in capitals at the start of a line it is a line that a patch removes
        rb"(?<![A-Za-z0-9_])-D(?:(?<=[ \t\"'=,]-D)|(?=[a-z]))" + _N + rb"=" + _OPEN,
        # $env:NAME = "…"
        rb"\$[eE]nv:" + _N + _GAP + rb"=" + _GAP + _OPEN,
        # variable "NAME" { default = "…" (Terraform)
        rb"(?<![A-Za-z0-9_])variable[ \t]+\"" + _N + rb"\"[ \t]*\{[^{}]{0,160}?\bdefault[ \t]*=[ \t]*" + _OPEN,
        # NAME 密钥：… (Chinese: key, secret key, token, password)
        _NAME + rb"[ ]?(?:\xe7\x9a\x84)?[ ]?(?:API|api)?[ ]?" + HAN_KEY
        + rb"[ ]?(?:" + _IS + rb"|" + _COLON + rb"|:|=){1,2}[ ]?" + _OPEN,
        # name: str = "…", "name": "…", name => …, os.environ["NAME"] = …, ${NAME:-…
        _NAME + _QUOTE + rb"[\])]?" + _TYPE + _GAP + _OPERATOR + _GAP + _BLOCK + rb"(?:\r?\n" + _GAP + rb")?" + _LIST
        + _WRAPPER + _OPEN + _SCHEME,
        # setenv("NAME", "…"), getenv("NAME", "…"), header(NAME, "…")
        _NAME + _QUOTE + _GAP + rb"," + _GAPS + _QUOTED + _SCHEME,
        # NAME,… and | NAME | … (tables)
        rb"(?:\A|[\t|,\r\n\"'`])[ ]?" + _N + rb"[\"'`]?[ ]?(?:\t|,|\|)[ ]?" + _OPEN,
        # os.environ.get("NAME") or "…"
        _NAME + _QUOTE + rb"[\])]{0,2}" + _GAP + rb"(?:or|\|\||\?\?)" + _GAP + _QUOTED,
        # gh secret set NAME --body "…"
        _NAME + rb"[ \t]{1,8}--?(?:body|value|data|secret|b|v)(?:[ \t]{1,8}|=)" + _OPEN,
        # set(NAME "…")
        rb"(?:set|SET)\(" + _GAP + _N + rb"[ \t]{1,8}" + _QUOTED,
        # --api-key …
        rb"(?<![A-Za-z0-9_-])--?" + _N + rb"[ \t]{1,8}" + _OPEN,
        # ENV NAME …, setx NAME "…", machine host login user password …
        rb"(?<![A-Za-z0-9_])(?:ENV|ARG|setx|SETX|setenv|set|export|env|define)(?:[ \t]+-[a-zA-Z]{1,4}){0,2}[ \t]+"
        + _N + rb"[ \t]+" + _OPEN,
        rb"(?<![A-Za-z0-9_])(?P<name>password|passwd)[ \t\r\n]+",
        # AzureKeyCredential("…"), setApiKey("…")
        _NAME + rb"\(" + _GAPS + _QUOTED,
    )
)  # fmt: skip
_REFERENCE_BEFORE = re.compile(rb"[$@%#][({]?\Z|[{<]\Z|(?:getenv|environ|env|secrets|vars|lookup|var)[.(\[]\s*\Z")
_READS = re.compile(
    rb"(?:[Gg]et(?:env)?|[Ff]etch|[Rr]ead|[Ll]oad|[Ff]ind|[Ll]ookup|[Ii]mport|[Rr]equire|[Oo]pen)(?![a-z])"
)
_ESCAPE = re.compile(rb"\\[nrt]\Z")


def name_before(data: bytes, start: int, end: int) -> str | None:
    """Return the name that the value from `start` to `end` is assigned to, or None for none or a reference."""
    return _name_at_end(data[max(0, start - LOOK) : start]) if may_be_assigned(data, start, end) else None


@lru_cache(maxsize=1 << 14)
def _name_at_end(left: bytes) -> str | None:
    """Return the name that something is assigned to at the end of a stretch of text.

    The versions of a file that a history has are mostly the same lines, so that remembering pays.
    """
    if _REFERENCE_BEFORE.search(left):
        return None
    for syntax in _SYNTAXES:
        if found := syntax.search(left):
            break
    else:
        return None
    name = found["name"]
    if _ESCAPE.search(left[: found.start("name")] + name[:1]):
        name = name[1:]
    if "han" in found.re.groupindex:
        return f"{name.decode('ascii')}_key"  # the word for it is Chinese
    called = left[found.end("name") :].lstrip()[:1] == b"("
    return None if called and _READS.match(name.rsplit(b".", 1)[-1]) else name.decode("ascii")


class Names:
    """The names in some bytes, each looked up once, however many rules ask for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[tuple[int, int], str | None] = {}

    def before(self, start: int, end: int) -> str | None:
        """Return the name that a value is assigned to, if it is the name of something that holds a key."""
        name = self.any_before(start, end)
        return name if name is not None and holds_key(name) else None

    def any_before(self, start: int, end: int) -> str | None:
        """Return the name that a value is assigned to, whatever it is the name of."""
        if (start, end) not in self._known:
            self._known[start, end] = name_before(self._data, start, end)
        return self._known[start, end]
