"""The ways in which programs, configurations, commands and people write that a value belongs to a name."""

from __future__ import annotations

import re
from functools import cached_property

_N = rb"(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,79})"
_FIRST = rb"(?:(?<![A-Za-z_])|(?=[A-Za-z0-9_.-]{80}))"
"""Before a name where none that begins further left was tried already: without it a search takes four times as long."""
_NAME = _FIRST + _N
_QUOTE = rb"(?:\\{0,4}[\"'`])?"
_TYPED = rb"\xe2\x80[\x98\x9c\x9d]|\xe3\x80[\x8c\x8e]|\xc2\xab"
"""Quotes as word processors and people who write Chinese or Japanese have them."""
_OPEN = (
    rb"(?:[bBfFrRuU@$]{0,2}#{0,2}\\{0,4}[\"'`]{1,3}(?:(?<=[\"']{3})\\?\r?\n[ \t]{0,40})?|\[\[|\*\*|<!\[CDATA\[|<<\""
    rb"|%?[qQ]{1,2}[({]|<<<[\"']?[A-Z]{1,12}[\"']?\r?\n|\{\"|\xe2\x80\x8b|" + _TYPED + rb")?"
)
_QUOTED = rb"(?:<<\"|(?:[bBfFrRuU@$]{0,2}#{0,2}\\{0,4}[\"'`]{1,3}){1,2}|" + _TYPED + rb")"
_GAP = rb"(?:[ \t]|\xc2\xa0){0,40}"
_GAPS = rb"[ \t\r\n]{0,80}"
_PUT_IN = rb"(?:(?:\{\}|%s)?[\"'`][ ]?(?:[+.&,%]|\.format\()[ ]?[(]?[\"'`])?"
"""What stands between a scheme and its token where a program joins them."""
_SCHEME = rb"(?:(?:Bearer|Token|Basic|Bot|Key|Api-?Key)(?:(?:[ ]|%20)+" + _PUT_IN + rb"|[\"'],[ ][\"']))?"
_COLON = rb"(?:\xef\xbc\x9a|\xef\xbc\x9d)"
_IS = (
    rb"(?:\xe7\x9a\x84(?:\xe5\x80\xbc|\xe5\x86\x85\xe5\xae\xb9)?)?(?:\xe8\xae\xbe(?:\xe7\xbd\xae)?|\xe6\x94\xb9)?"
    rb"(?:\xe6\x98\xaf|\xe4\xb8\xba|\xe6\x88\x90)"
)
"""Chinese: "is", "'s value is", "is set to", "into"."""
_OPERATOR = (
    rb"(?:=>|:=|\?=|\+=|\|\|?=?|\?\?=?|:-|->|<<?-|<<<|===?|=|:{1,3}|(?<=[ ])(?:is:?|to|-)(?=[ ])|\xe2\x86\x92"
    rb"|\xe3\x81\xaf|" + _IS + rb"[ ]?(?:" + _COLON + rb"|:|=)?|" + _COLON + rb")"
)
_FALLBACK = rb"(?:default|default_value|defaultValue|envDefault|unset|fallback|value|initial)"
"""What a program calls the value that it takes where there is no other."""
_WRAPPER = (
    rb"(?:(?:[A-Za-z_.:]{0,40}(?:Secret|SecretStr|[sS]tring|str|Credential|to_owned|from|[Ff]ield|Some|stringify|Option"
    rb"|String::new)|\[\]byte|ConvertTo-SecureString)(?:\((?:[0-9]{1,4}\)[ ])?|[ ](?:-String[ ])?)" + _GAPS
    + rb"(?:default" + _GAP + rb"=" + _GAP + rb")?(?=\S)){0,2}"
    + rb"(?:[A-Za-z_.]{1,40}\([^()\r\n]{0,80}?\b" + _FALLBACK + _GAP + rb"=" + _GAP + rb"(?=[\"'`]))?"
)  # fmt: skip
_TYPE_NAME = rb"(?:&(?:'[a-z]{1,8}[ ])?|\[\]const[ ])?[A-Za-z_][A-Za-z0-9_.\[\]<>?]{0,40}?"
_TYPES = _TYPE_NAME + rb"(?:[ ]?\|[ ]?" + _TYPE_NAME + rb"){0,3}"
_TYPE = (
    rb"(?:"
    + _GAP
    + rb":"
    + _GAP
    + rb"(?P<type>"
    + _TYPES
    + rb")|[ ]As[ ](?:New[ ])?"
    + _TYPE_NAME
    + rb"|[ ]\*?string|\[[0-9]{0,6}\])?"
    rb"(?:[ ]\{[ a-z;]{0,30}\})?"
)
_BLOCK = rb"(?:[|>][+-]?[ \t]{0,8})?"
"""What begins a text of several lines in YAML."""
_TAGGED = rb"(?:[&!][A-Za-z0-9_!./-]{0,40}[ ]{1,4}){0,2}"
"""An anchor or a tag of YAML: `&key …`, `!Sub …`."""
_ITEM = rb"[\"'`]?[A-Za-z0-9_+/.~:][A-Za-z0-9_+/.~:-]{15,127}={0,2}[\"'`]?" + _GAP + rb"[,;]" + _GAPS
_LIST = rb"(?:(?:[\[({]|-[ ])" + _GAPS + rb")?(?:" + _ITEM + rb"){0,6}"
"""What begins a list, and values before this one."""
_ELEMENT = rb"(?:<[A-Za-z][^<>]{0,80}>" + _GAPS + rb"){0,2}"
HAN_KEY = (
    rb"(?P<han>\xe5\xaf\x86\xe9\x92\xa5|\xe7\xa7\x98\xe9\x92\xa5|\xe5\xaf\x86\xe5\x8c\x99"
    rb"|\xe4\xbb\xa4\xe7\x89\x8c|\xe5\xaf\x86\xe7\xa0\x81|\xe5\x8f\xa3\xe4\xbb\xa4|\xe3\x82\xad\xe3\x83\xbc)"
)


_LAST = rb"\A(?s:.*)"
"""Before what may stand there more than once, of which the last counts."""
_FOLDERS = rb"(?:/?(?:[A-Za-z0-9_.-]{1,40}/){1,5})?"
_SET = _GAP + rb"[=:]" + _GAP
_SAYS_NAME = rb"(?<![A-Za-z0-9])(?:[A-Za-z]{1,20}[_-]?)??(?:[nN]ame|NAME|[kK]ey|KEY|[vV]ariable|label)"
_SAYS_VALUE = (
    rb"(?<![A-Za-z0-9])(?:[A-Za-z]{1,20}[_-]?)??(?:[vV]alue|VALUE|[dD]efault|[eE]xample|content|secret-string"
    rb"|(?<=-)Secret)"
)
_MARKUP = rb"(?:</?[a-z][^<>]{0,60}>|[ \t\r\n:=]|&(?:quot|\#39);){1,10}"
_COMPOUND = rb"(?=[A-Za-z0-9.]{1,40}[_-]|[A-Za-z][a-z0-9]{1,30}[A-Z])"
"""Before a name of several words, which nothing else is followed by a value without a sign between."""


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
    Syntax(rb"(?<![A-Za-z0-9_])(?:name|Name|key|Key)" + _QUOTE + _SET + _QUOTE + _N + _QUOTE
        + rb"[ \t,;]*[\r\n, \t]{1,80}(?:-[ ])?" + _QUOTE + rb"[vV]alue" + _QUOTE + _SET + _OPEN
        + _SCHEME, b"alue"),
    # variable "NAME" { default = "…" (Terraform)
    Syntax(rb"(?<![A-Za-z0-9_])variable[ \t]+\"" + _N + rb"\"[ \t]*\{[^{}]{0,160}?\bdefault[ \t]*=[ \t]*" + _OPEN,
        b"variable"),
    # name: { value: "…" (Terraform's state, GitLab)
    Syntax(_NAME + _QUOTE + _GAP + rb"[=:]" + _GAPS + rb"(?:\{" + _GAPS + rb")?(?<=[ \t\n{])" + _QUOTE
        + rb"(?:value|default)" + _QUOTE + _SET + _OPEN, b"value", b"default"),
    # --name NAME --value …
    Syntax(_LAST + rb"[ ]--?[A-Za-z-]{0,20}[nN]ame[ ]" + _QUOTE + _FOLDERS + _N + _QUOTE
        + rb"(?:[ ][^\r\n]{0,160}?)?[ ]--?"
        + rb"(?:[vV]alue|secret-string|Secret)[ ]" + _OPEN, b"ame "),
    # name: NAME, type: …, value: "…"
    Syntax(_LAST + _SAYS_NAME + _QUOTE + _SET + _QUOTE + _FOLDERS + _N + _QUOTE + rb"[ \t\r\n,;][^{}\[\]()<>]{0,160}?"
        + _SAYS_VALUE + _QUOTE + _SET + _OPEN + _SCHEME, b"alue", b"VALUE", b"efault", b"xample", b"content", b"ecret"),
    # name: { type: …, value: "…"
    Syntax(_LAST + _NAME + _QUOTE + _GAP + rb"[=:]" + _GAPS + rb"(?:\{|(?<=[\n ])(?<=[\r\n \t]{2}))[^{}\[\]()]{0,160}?"
        + rb"(?<![A-Za-z0-9_])" + _QUOTE + rb"(?:value|[dD]efault|example)" + _QUOTE + _SET + _OPEN,
        b"alue", b"efault", b"xample"),
    # <add key="NAME" value="…"/>, <meta-data android:name="NAME" android:value="…"/>
    Syntax(rb"(?:key|name|id)[ ]?=[ ]?[\"']" + _N + rb"[\"'](?:[^<>]{0,120}?[ \t\r\n])?(?:[a-z]{1,10}:)?"
        + rb"(?:value|content|default)[ ]?=[ ]?[\"']", b"value", b"content", b"default"),
    # <name>NAME</name> … <value>…, <setting name="NAME"><value>…
    Syntax(_LAST + rb"[nN]ame(?:>|=[\"'])" + _GAPS + _N + rb"(?:[\"'][^<>]{0,80}>|</[A-Za-z-]{1,40}>)"
        + rb"(?:[^<>]|</?[A-Za-z.-]{1,40}>){0,160}?"
        + rb"<[A-Za-z-]{0,20}[vV]alue>" + _GAPS + _OPEN, b"alue>"),
    # <string name="NAME">…
    Syntax(rb"(?<=[ \t])(?:key|name)=[\"']" + _N + rb"[\"'][^<>]{0,80}>" + _GAPS + _OPEN, b"name=", b"key="),
    # <td>NAME</td><td>…, <code>NAME</code>: <code>…
    Syntax(rb">" + _GAPS + _N + _GAPS + rb"</[a-z]{1,8}>" + _MARKUP + _OPEN, b"</"),
    # <key>NAME</key><string>…
    Syntax(rb"<key>" + _N + rb"</key>" + _GAPS + rb"<string>" + _GAPS, b"<key>"),
    # <Name>…
    Syntax(rb"<(?!(?:b|i|em|tt|td|pre|kbd|code|span|strong)\b)(?:[A-Za-z]{1,20}:)?" + _N
        + rb"(?:[ \t][^<>]{0,80})?>" + _GAPS + _OPEN),
    # java -DNAME=…; in capitals at the start of a line it is a line that a patch removes
    Syntax(rb"(?<![A-Za-z0-9_])-D(?:(?<=[ \t\"'=,]-D)|(?=[a-z]))" + _N + rb"=" + _OPEN),
    # $env:NAME = "…"
    Syntax(rb"\$\{?[eE]nv:" + _N + rb"\}?" + _GAP + rb"=" + _GAP + _OPEN, b"nv:"),
    # NAME 密钥：… (Chinese: key, secret key, token, password; Japanese: key)
    Syntax(_NAME + rb"[ ]?(?:\xe7\x9a\x84|\xe3\x81\xae)?[ ]?(?:API|api)?[ ]?" + HAN_KEY
        + rb"[ ]?(?:" + _IS + rb"|" + _COLON + rb"|:|=){1,2}[ ]?" + _OPEN, b"\xe3", b"\xe4", b"\xe5", b"\xe7"),
    # add_argument("--name", type=str, default="…"), fromEnvironment('NAME', defaultValue: '…')
    Syntax(rb"[\"'](?:--?)?" + _N + rb"[\"']" + _GAP + rb",(?:[^()]|\([^()]{0,80}\)){0,120}?\b" + _FALLBACK + _GAP
        + rb"[=:]" + _GAP + _QUOTED,
        b"efault", b"unset", b"fallback", b"value", b"initial"),
    # Name string `env:"NAME" envDefault:"…"`
    Syntax(_NAME + rb"(?:[ ]\*?[a-z]{1,10}[ ]`|[\"'][ ])(?:[a-z]{1,10}:\"[^\"\r\n]{0,60}\"[ ])?(?:envDefault"
        rb"|default|example)"
        + rb":\"", b"efault:", b"example:"),
    # os.environ.get("NAME") or "…", getenv("NAME") ?: "…", fetch('NAME') { '…' }, var("NAME").unwrap_or("…"
    Syntax(_NAME + _QUOTE + rb"[\])}]{0,2}!?" + _GAPS
        + rb"(?:or|\|\||\?\?|\?:|//|(?<=\) )\{|\.[a-zA-Z_]{0,20}(?:[oO]r|Else|else)"
        + rb"\((?:\|_?\|[ ]?)?|if[ ][^\r\n]{0,60}[ ]else)" + _GAP
        + _QUOTED, b"or", b"||", b"??", b"?:", b"//", b"lse", b") {"),
    # name = lambda: "…", name = () => "…"
    Syntax(_NAME + rb"[ ]?=[ ]?(?:lambda|\([A-Za-z_, ]{0,40}\)[ ]?=>)[: ]{0,2}" + _QUOTED, b"lambda", b"=>"),
    # name = production ? "…" : "…", name = input() or "…"
    Syntax(_NAME + _TYPE + _GAP + rb"=" + _GAP
        + rb"[^\r\n;{}=]{1,80}?[ ](?:\?|:|else|or|\|\||\?\?)[ ](?:'[^'\r\n]{0,80}'[ ]:[ ])?"
        + _QUOTED, b" ? ", b" : ", b" else ", b" or ", b" || "),
    # name: str = "…", "name": "…", name => …, os.environ["NAME"] = …, ${NAME:-…
    Syntax(_NAME + rb"(?:\*\*)?" + _QUOTE + rb"(?:[\])}]|\}\)|\xef\xbc\x89|\xe3\x80\x91)?" + _TYPE + _GAP
        + _OPERATOR + rb"(?:\*\*)?" + _GAP
        + _BLOCK + _TAGGED + rb"(?:\r?\n" + _GAP + rb"){0,2}(?:```[a-z]{0,8}\r?\n)?" + _LIST + _WRAPPER + _ELEMENT
        + _OPEN + _SCHEME),
    # s:4:"NAME";s:32:"…" (serialized by PHP)
    Syntax(_NAME + _QUOTE + rb";s:[0-9]{1,4}:" + _OPEN, b";s:"),
    # setenv("NAME", "…"), getenv("NAME", "…"), header(NAME, "…"), cmp.Or(os.Getenv("NAME"), "…")
    Syntax(_NAME + _QUOTE + rb"\)?" + _GAP + rb"," + _GAPS + _QUOTED + _SCHEME, b","),
    # NAME | default "…" (templates of Helm and Ansible)
    Syntax(_NAME + rb"[ ]?\|[ ]?default[ (]{1,2}" + _QUOTED, b"default"),
    # NAME“…”
    Syntax(_NAME + rb"(?:\xe2\x80\x9c|\xe3\x80[\x8c\x91])", b"\xe2\x80", b"\xe3\x80"),
    # printf 'NAME=%s\n' '…'
    Syntax(_NAME + rb"=%s(?:\\n)?[\"'][ ,]{1,3}[\"']?", b"%s"),
    # NAME,… and | NAME | … and "NAME";"…" (tables)
    Syntax(rb"(?:\A|[\t|,\r\n\"'`])[ ]?" + _N + rb"(?:[\"'`]?[ ]?(?:\t|,|\|)[ ]?" + _OPEN + rb"|[\"'];[ ]?[\"'])"),
    # def name(self): return "…", val name by lazy { "…" }
    Syntax(rb"(?<![A-Za-z0-9_])(?:def|func|fun|get|function|val|var|let|const|String|string)[ ]" + _N
        + rb"(?:\([^()]{0,80}\))?[^\r\n\"'`;]{0,40}[\s{:=>]{1,80}(?:\"\"\"[^\"]{0,80}\"\"\"\s{0,80})?"
        rb"(?:return[ ])?" + _QUOTED,
        b"def ", b"func ", b"fun ", b"get ", b"function ", b"val ", b"var ", b"let ", b"const ", b"tring "),
    # Content-Disposition: form-data; name="NAME"
    Syntax(rb"[ ]name=\"" + _N + rb"\"(?:\r?\n|\\r\\n){2}", b"name="),
    # Our API key (…), API Key …
    Syntax(rb"(?<![A-Za-z0-9_])(?:API|[aA]pi|[aA]ccess|[sS]ecret|[aA]uth)[ _-](?P<name>[kK]ey|KEY|[tT]oken"
        rb"|TOKEN)(?:[ ]?\r?\n|[ ]\()"),
    Syntax(_NAME + rb"[ ]\(" + _OPEN, b" ("),
    # gh secret set NAME --body "…"
    Syntax(_NAME + rb"[ \t]{1,8}--?(?:body|[vV]alue|data|secret|b|v)(?:[ \t]{1,8}|=)" + _OPEN, b" -", b"\t-"),
    # set(NAME "…")
    Syntax(rb"(?:set|SET)\(" + _GAP + _N + rb"[ \t]{1,8}" + _QUOTED, b"set(", b"SET("),
    # (setq NAME "…"), {:name "…"}
    Syntax(rb"(?:\((?:setq|setf|def[a-z]{0,12})[ \t]{1,8}|(?<![A-Za-z0-9_:]):)" + _N + rb"[ \t]{1,8}" + _QUOTED,
        b"(", b":"),
    # --api-key …
    Syntax(rb"(?<![A-Za-z0-9_-])--?" + _N + rb"(?:[ \t]{1,8}|\r?\n[ \t]{0,40}-[ ])" + _OPEN),
    # ENV NAME …, setx NAME "…", SetEnv NAME …, proxy_set_header NAME …
    Syntax(rb"(?<![A-Za-z0-9_])(?:ENV|ARG|setx|SETX|setenv|SetEnv|set|export|env|define|header_up"
        rb"|[a-z_-]{2,20}[_-]header)"
        + rb"(?:[ \t]+-[a-zA-Z]{1,4}){0,2}[ \t]+"
        + _N + rb"[ \t]+" + _OPEN + _SCHEME),
    # machine host login user password …
    Syntax(rb"(?<![A-Za-z0-9_])(?P<name>password|passwd)[ \t\r\n]+"),
    # AzureKeyCredential("…"), setApiKey("…"), name{"…"}
    Syntax(_NAME + rb"[({]" + _GAPS + _QUOTED + _SCHEME, b"(", b"{"),
    # fastcgi_param NAME …, wp option update NAME "…", and whatever else has a name of several words before a value
    Syntax(_FIRST + _COMPOUND + _N + _QUOTE + rb"[)}]{0,2}(?:[ \t]{1,40}|\xe3\x80\x80)"
        + rb"(?:(?:[A-Z][A-Za-z0-9() ]{0,40}[ ]|)(?:DEFAULT|VALUE)[ =])?" + _OPEN),
)  # fmt: skip

BEHIND = 160
"""How many bytes behind a value its name may end, where it stands there."""
BEHIND_SYNTAXES = (
    # {"value": "…", "name": "NAME"}, <add value="…" key="NAME"/>, - value: …\n  name: NAME
    (re.compile(_SAYS_VALUE + _QUOTE + _SET + _OPEN + _SCHEME + rb"\Z"),
        re.compile(_QUOTE + rb"[ \t\r\n,]{1,40}" + _QUOTE + rb"(?:[nN]ame|[kK]ey)" + _QUOTE + _SET + _QUOTE + _N)),
    # echo "…" | gh secret set NAME
    (re.compile(rb"(?:echo|printf)[ ](?:-[a-z][ ])?[\"']?\Z"),
        re.compile(rb"(?:\\n)?[\"']?[ ]?\|[^|\r\n]{0,80}?[ ](?P<name>[A-Za-z][A-Za-z0-9]{0,40}"
        rb"(?:[_-][A-Za-z0-9]{1,40}){1,8})")),
    # setValue("…", forHTTPHeaderField: "NAME")
    (re.compile(rb"\([ ]?@?\"(?:(?:Bearer|Token|Basic|Key)[ ])?\Z"),
        re.compile(rb"\",[ ]?for(?:HTTPHeaderField|Key):[ ]?@?\"" + _N)),
    # SET value = '…' WHERE name = 'NAME'
    (re.compile(rb"(?i:value)[`\"]?[ ]?=[ ]?'\Z"), re.compile(rb"'[ ][wW][^\r\n;]{1,40}=[ ]?'" + _N)),
)  # fmt: skip
"""What stands before a value and behind it, where its name comes after it."""
