"""Keys without a shape are found in whatever way programs, configurations and people write an assignment."""

from __future__ import annotations

from keyguard.detection.engine import Engine
from keyguard.detection.names import holds_key
from keyguard.model import Chunk, Match, Origin, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Kind, Rule

CATALOGUE = loader.load()
ENGINE = Engine(CATALOGUE, bulk=False)
RULES = [rule for rule in CATALOGUE.rules if rule.kind is Kind.ENTROPY]
FORMS = [
    '{upper}="{value}"',
    "{upper}='{value}'",
    "{upper}={value}",
    "export {upper}={value}",
    "{lower}: {value}",
    '"{lower}": "{value}"',
    '{{"a": "{{\\"{upper}\\":\\"{value}\\"}}"}}',
    '"{camel}": "{value}",',
    "docker run -e {upper}={value} image",
    "X-{kebab}: {value}",
    "curl -H 'X-{kebab}: {value}' https://a.example",
    "run --{kebab} {value} --more",
    "run --{kebab}={value}",
    "{upper}：{value}",
    "{upper}是{value}。",
    "环境变量{upper}={value}，勿外传",
    'Client({lower}="{value}")',
    'client.set{pascal}("{value}")',
    'os.environ["{upper}"] = "{value}"',
    'os.environ.setdefault("{upper}", "{value}")',
    'os.getenv("{upper}", "{value}")',
    "process.env.{upper} = '{value}'",
    '$env:{upper} = "{value}"',
    "ENV {upper} {value}",
    "- name: {upper}\n  value: {value}",
    '<add key="{upper}" value="{value}"/>',
    "${{{upper}:-{value}}}",
    'const {camel}: string = "{value}";',
    '{camel} := "{value}"',
    "'{lower}' => '{value}',",
    "define('{upper}', '{value}');",
    "| {upper} | {value} |",
    "heroku config:set {upper}={value}",
    'gh secret set {upper} --body "{value}"',
    "https://a.example/?{lower}={value}&x=1",
    "{lower}: >-\n  {value}\n",
]


def names(rule: Rule) -> dict[str, str]:
    """Return a name that speaks of the rule's keys, in the spellings that the forms want."""
    words = rule.names[0].replace("-", " ").replace("_", " ").split()
    words += [] if holds_key("_".join(words)) else ["api", "key"]
    pascal = "".join(map(str.capitalize, words))
    return {
        "upper": "_".join(words).upper(),
        "lower": "_".join(words).lower(),
        "kebab": "-".join(words).lower(),
        "pascal": pascal,
        "camel": pascal[0].lower() + pascal[1:],
    }


def test_every_form() -> None:
    for rule in RULES:
        value = rule.examples[0].secret or ""
        texts = [form.format(value=value, **names(rule)) for form in FORMS]
        assert not [text for text in texts if value not in found(text)], rule.id


def found(text: str) -> list[str]:
    chunk = Chunk(Origin(Where.FILE, "a"), text.encode())
    return [match.secret.reveal() for match in ENGINE.detect(chunk) if isinstance(match, Match)]
