from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.detection import syntaxes
from keyguard.detection.context import name_before
from keyguard.detection.names import holds_key
from keyguard.detection.values import values
from tests.support import keys

VALUE = keys.text(keys.fresh(), keys.HEX, 32)


def assigned(data: bytes, low: int = 0, high: int | None = None) -> list[tuple[str, str]]:
    """Return the names that values between two offsets are assigned to, with these values."""
    return [
        (name, data[start:end].decode())
        for start, end in values(data, low, len(data) if high is None else high)
        if (name := name_before(data, start, end)) is not None
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "see {} here", "# {}", "commit {}", "({})", "key = os.environ['{}']", 'key = os.environ["{}"]',
        "key=${}", "key = ${{{}}}", "key: ${{{{ secrets.{} }}}}", "key = {{{{{}}}}}", "key=@{}", "key = {}(1)",
        "key = {}[0]", 'key = getenv("{}")', 'key = get_secret("{}")', "key = 'short'", "key;{}", "key!{}",
        'key = loadKey("{}")', 'key = open_key("{}")', "key: {{{}}}",
    ],
)  # fmt: skip
def test_references_and_bare_values_are_no_assignments(text: str) -> None:
    assert assigned(text.format(VALUE).encode()) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NAME_KEY={}", "NAME_KEY"),
        ('export NAME_KEY="{}"', "NAME_KEY"),
        ("name_key: {}", "name_key"),
        ('"NAME_KEY": "{}"', "NAME_KEY"),
        ('{{\\"NAME_KEY\\": \\"{}\\"}}', "NAME_KEY"),
        ("'name_key' => '{}'", "name_key"),
        ("nameKey := `{}`", "nameKey"),
        ('os.environ["NAME_KEY"] = "{}"', "NAME_KEY"),
        ('os.environ.setdefault("NAME_KEY", "{}")', "NAME_KEY"),
        ('setenv("NAME_KEY", "{}", 1)', "NAME_KEY"),
        ('NAME_KEY, "{}"', "NAME_KEY"),
        ("run --api-key {}", "api-key"),
        ("run --api-key={}", "api-key"),
        ("curl -H 'api-key: {}'", "api-key"),
        ("Authorization: Bearer {}", "Authorization"),
        ('"Authorization": "Bearer {}"', "Authorization"),
        ('<add key="NAME_KEY" value="{}"/>', "NAME_KEY"),
        ("<NameKey>{}</NameKey>", "NameKey"),
        ("<key>NAME_KEY</key>\n  <string>{}</string>", "NAME_KEY"),
        ('- name: NAME_KEY\n  value: "{}"', "NAME_KEY"),
        ('{{"name": "NAME_KEY", "value": "{}"}}', "NAME_KEY"),
        ('f(x, api_key="{}")', "api_key"),
        ('api_key: str = "{}"', "api_key"),
        ('api_key: Optional[str] = "{}"', "api_key"),
        ("ENV NAME_KEY {}", "NAME_KEY"),
        ('setx NAME_KEY "{}"', "NAME_KEY"),
        ('#define NAME_KEY "{}"', "NAME_KEY"),
        ("name_key = '{}'", "name_key"),
        ('$env:NAME_KEY = "{}"', "NAME_KEY"),
        ('os.getenv("NAME_KEY") or "{}"', "NAME_KEY"),
        ('os.environ.get("NAME_KEY", "{}")', "NAME_KEY"),
        ('process.env.NAME_KEY || "{}"', "process.env.NAME_KEY"),
        ("${{NAME_KEY:-{}}}", "NAME_KEY"),
        ('new AzureKeyCredential("{}")', "AzureKeyCredential"),
        ('api_key=SecretStr("{}")', "api_key"),
        ('let api_key = String::from("{}");', "api_key"),
        ('public string ApiKey {{ get; set; }} = "{}";', "ApiKey"),
        ("echo 'x\\nNAME_KEY={}\\nOTHER=1'", "NAME_KEY"),
        ("machine example.org login user password {}", "password"),
        ("https://example.org/?api_key={}&x=1", "api_key"),
        ("密钥 api_key：{}", "api_key"),
        ("api_key是{}。", "api_key"),
        ('api_key = b"{}"', "api_key"),
        ("api-key:{}", "api-key"),
        ('key =\n    "{}"', "key"),
        ("api_key = [[{}]]", "api_key"),
        ('let api_key: &str = "{}";', "api_key"),
        ('const API_KEY: &\'static str = "{}";', "API_KEY"),
        ('api_key: str | None = "{}"', "api_key"),
        ("| NAME_KEY | {} |", "NAME_KEY"),
        ('NAME_KEY+=("{}")', "NAME_KEY"),
        ('api_keys = ["{}"]', "api_keys"),
        ('api_keys: [\n  "{}",\n]', "api_keys"),
        ("api_key:: '{}'", "api_key"),
        ('gh secret set NAME_KEY --body "{}"', "NAME_KEY"),
        ("heroku config:set NAME_KEY={}", "NAME_KEY"),
        ("set -x NAME_KEY {}", "NAME_KEY"),
        ('set -gx NAME_KEY "{}"', "NAME_KEY"),
        ("api_key: >-\n  {}\n", "api_key"),
        ("api_key: |\n    {}\n", "api_key"),
        ('set(NAME_KEY "{}")', "NAME_KEY"),
        ("java -Dname.api.key={} -jar x.jar", "name.api.key"),
        ("java -DNAME_KEY={} -jar x.jar", "NAME_KEY"),
        ("-Dname.api.key={}\n", "name.api.key"),
        ("-DEMO_API_KEY={}\n", "DEMO_API_KEY"),
        ('new OpenaiKey("{}")', "OpenaiKey"),
        ('name_key <- "{}"', "name_key"),
        ("NAME_KEY = “{}”", "NAME_KEY"),
        ("export NAME_KEY=‘{}’", "NAME_KEY"),
        ("NAME_KEY：「{}」", "NAME_KEY"),
        ("NAME_KEY=$'{}'", "NAME_KEY"),
        ('static NAME_KEY: &str = r#"{}"#;', "NAME_KEY"),
        ('Const NAME_KEY As String = "{}"', "NAME_KEY"),
        ("name_key: &first {}\nother: *first", "name_key"),
        ("NAME_KEY: !Sub '{}'", "NAME_KEY"),
        ('name_key: SecretStr = Field(default=SecretStr("{}"), alias="x")', "name_key"),
        ('name_key: str = Field(\n    default="{}"\n)', "name_key"),
        ('add_argument("--name-key", type=str, default="{}")', "name-key"),
        ('<string name="name_key">{}</string>', "name_key"),
        ("<name_key><![CDATA[{}]]></name_key>", "name_key"),
        ("<tr><td>NAME_KEY</td><td>{}</td></tr>", "NAME_KEY"),
        ("<td><code>NAME_KEY</code></td>\n  <td><code>{}</code></td>", "NAME_KEY"),
        ("<p>NAME_KEY: <code>{}</code></p>", "NAME_KEY"),
        ('"name_key": {{\n  "value": "{}"', "name_key"),
        ("NAME_KEY:\n    value: {}", "NAME_KEY"),
        ('"1";"NAME_KEY";"{}"', "NAME_KEY"),
        ("the NAME_KEY is {}, he says", "NAME_KEY"),
        ("SetEnv NAME_KEY {}", "NAME_KEY"),
        ('proxy_set_header Authorization "Bearer {}";', "Authorization"),
        ('{{"name": "Authorization", "value": "Bearer {}"}}', "Authorization"),
        ("authorization:\n- Bearer {}", "authorization"),
        ('s:8:"name_key";s:32:"{}";', "name_key"),
        ('(setq name-key "{}")', "name-key"),
        ('{{:api-key "{}"}}', "api-key"),
        ("**Our key**: **{}**", "key"),
        ("- **Our key:** {}", "key"),
        ("see: NAME_KEY = '{}'", "NAME_KEY"),
        ("NAME_KEYは{}です", "NAME_KEY"),
        ("请把NAME_KEY设置为{}", "NAME_KEY"),
        ("NAME_KEY:\u00a0{}", "NAME_KEY"),
    ],
)
def test_the_ways_in_which_keys_are_written(text: str, name: str) -> None:
    assert assigned(text.format(VALUE).encode()) == [(name, VALUE)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{{"name": "first", "value": "{}"}}, {{"name": "NAME_KEY"}}', "first"),
        ("- name: NAME_KEY\n  other: 1\n- name: first\n  value: {}", "first"),
        ('description = "the key of it"\n  value = "{}"', "value"),
        ('{{"value": "{}"}}', "value"),
        ('print("{}", forHTTPHeader)', "print"),
    ],
)
def test_a_name_of_another_record_is_none_of_a_value(text: str, name: str) -> None:
    assert assigned(text.format(VALUE).encode()) == [(name, VALUE)]


@pytest.mark.parametrize(
    "text",
    [
        '[{{"name": "NAME_KEY", "slotSetting": false, "value": "{}"}}]',
        '{{\n "name": "NAME_KEY",\n "description": "the key to use",\n "value": "{}"\n}}',
        "- key: NAME_KEY\n  scope: RUN_TIME\n  value: {}",
        '[{{"ParameterKey": "NAME_KEY", "ParameterValue": "{}"}}]',
        "string(name: 'NAME_KEY', defaultValue: '{}')",
        '  name  = "/prod/NAME_KEY"\n  type  = "SecureString"\n  value = "{}"',
        'aws ssm put-parameter --name "NAME_KEY" --type SecureString --value "{}"',
        'Set-Item -Path Env:NAME_KEY -Value "{}"',
        '"NAME_KEY": {{"type": "string", "sensitive": true, "value": "{}"}}',
        "NAME_KEY:\n    Type: String\n    Default: {}",
        'variable "NAME_KEY" {{\n  description = "Key of the service"\n  default = "{}"',
        "<param-name>NAME_KEY</param-name>\n  <param-value>{}</param-value>",
        "<name>NAME_KEY</name>\n  <description>the key</description>\n  <defaultValue>{}</defaultValue>",
        '<setting name="NAME_KEY" serializeAs="String">\n  <value>{}</value>',
        '<meta-data\n  android:name="NAME_KEY"\n  android:value="{}"/>',
        '<input id="NAME_KEY" class="x" value="{}">',
        "<code>NAME_KEY</code>: <code>{}</code>",
        "<li><b>NAME_KEY</b> {}</li>",
        "<ns:NAME_KEY>{}</ns:NAME_KEY>",
        '${{env:NAME_KEY}} = "{}"',
        "add_argument(\n  '--NAME_KEY',\n  type=str,\n  default='{}'",
        "fromEnvironment('NAME_KEY', defaultValue: '{}')",
        'Sys.getenv("NAME_KEY", unset = "{}")',
        'NAME_KEY string `env:"OTHER" envDefault:"{}"`',
        'var NAME_KEY string = "{}"',
        'static const char NAME_KEY[] = "{}";',
        'std::string NAME_KEY{{"{}"}};',
        'const NAME_KEY: []const u8 = "{}";',
        'NAME_KEY := []byte("{}")',
        'NAME_KEY = JSON.stringify("{}")',
        'NAME_KEY = typer.Option("{}", help="x")',
        'NAME_KEY = """\n{}\n"""',
        '$NAME_KEY = ConvertTo-SecureString "{}" -AsPlainText',
        "$ENV{{NAME_KEY}} = '{}';",
        "env[NAME_KEY] = {}",
        '  ["NAME_KEY"]=>\n  string(32) "{}"',
        "getenv('NAME_KEY') ?: '{}'",
        'cmp.Or(os.Getenv("NAME_KEY"), "{}")',
        'ofNullable(getenv("NAME_KEY")).orElse("{}")',
        'env::var("NAME_KEY").unwrap_or_else(|_| "{}".into())',
        "ENV.fetch('NAME_KEY') {{ '{}' }}",
        'key = environ["NAME_KEY"] if "NAME_KEY" in environ else "{}"',
        'NAME_KEY = input("key: ") or "{}"',
        "NAME_KEY = production ? '{}' : '';",
        'def NAME_KEY(self) -> str:\n    """The key."""\n    return "{}"',
        'func NAME_KEY() string {{ return "{}" }}',
        'val NAME_KEY by lazy {{ "{}" }}',
        'NAME_KEY = lambda: "{}"',
        '{{{{ .Values.NAME_KEY | default "{}" }}}}',
        "{{{{ NAME_KEY | default('{}') }}}}",
        "printf 'NAME_KEY=%s\\n' '{}'",
        'form-data; name="NAME_KEY"\r\n\r\n{}\r\n',
        "fastcgi_param  NAME_KEY  {};",
        'wp option update NAME_KEY "{}"',
        "consul kv put app/NAME_KEY {}",
        'set $NAME_KEY "{}";',
        'mapOf("NAME_KEY" to "{}")',
        "NAME_KEY → {}",
        "NAME_KEY - {}",
        "NAME_KEY:\n```\n{}\n```",
        'gh secret set NAME_KEY <<< "{}"',
        "- --NAME_KEY\n- {}",
        'args: ["--NAME_KEY", "{}"]',
        "密钥（NAME_KEY）：{}",
        "NAME_KEY“{}”",
        "【NAME_KEY】{}",
        "把 NAME_KEY 改成 {}",
        "NAME_KEY　{}",
        "app:NAME_KEY: {}",
        'header_up NAME_KEY "Bearer {}"',
        'h = {{"NAME_KEY": "Bearer " + "{}"}}',
        'h = {{"NAME_KEY": "Bearer {{}}".format("{}")}}',
        'auth_NAME_KEY("Bearer {}")',
        # the name behind the value
        '{{"value": "{}", "name": "NAME_KEY"}}',
        '<add value="{}" key="NAME_KEY"/>',
        '- value: "{}"\n  name: NAME_KEY',
        "echo -n {} | gh secret set NAME_KEY",
        "printf '{}' | docker secret create NAME_KEY -",
        'r.setValue("{}", forHTTPHeaderField: "NAME_KEY")',
        "SET value='{}' WHERE name='NAME_KEY'",
    ],
)
def test_more_ways_in_which_keys_are_written(text: str) -> None:
    named = [name for name, value in assigned(text.format(VALUE).encode()) if value == VALUE]
    assert [name.removeprefix("auth_").removeprefix("Values.") for name in named] == ["NAME_KEY"]


@pytest.mark.parametrize("text", ['mistral.Client("{}")', 'new MistralClient("{}")', 'Mistral::client("{}")'])
def test_what_makes_a_client_takes_a_key(text: str) -> None:
    assert [holds_key(name) for name, _ in assigned(text.format(VALUE).encode())] == [True]


@pytest.mark.parametrize("text", ['api_keys = ["{}", "{}",\n  "{}"]', "API_KEYS={},{},{}", "api_keys:\n  [{}, {}, {}]"])
def test_each_of_several_values_has_the_name_of_them_all(text: str) -> None:
    assert [value for _, value in assigned(text.format(VALUE, VALUE[::-1], VALUE).encode())] == [
        VALUE, VALUE[::-1], VALUE
    ]  # fmt: skip
    assert assigned(f'api_key="{VALUE}", {VALUE[::-1]}'.encode())[1:] == [("api_key", VALUE[::-1])]
    assert [name for name, _ in assigned(f'api_key="{VALUE}", name="{VALUE[::-1]}"'.encode())] == ["api_key", "name"]


def test_a_value_cut_by_the_region_is_left_out() -> None:
    data = f"key={VALUE} ".encode()
    assert assigned(data, 0, len(data) - 2) == []
    assert len(assigned(data, 0, len(data) - 1)) in (0, 1)
    assert len(assigned(data, 1)) == 1
    assert assigned(data, 10) == []


def test_parts_behind_a_colon_are_read_as_well() -> None:
    pair = f"{VALUE}:{VALUE}"
    found = [value for _, value in assigned(f"key={pair}".encode())]
    assert pair in found


TEXTS = st.lists(
    st.sampled_from(
        [
            "api_key", "x", "KEY", "a.b-c", "9z", "_", "-", ".", "n" * 79, "m" * 80, "w" * 81, "v1." * 30, " ", "\n",
            "=",
            ": ", ":", "->", '"', "'", "(", ")", ",", "|", "]", "or", "--value", "{", ": str", " = ", "getenv", "\\",
            "密钥", "的", "是", "：", "value", "default", "<td>", "</td>", "<key>", "<string>", "name=", "key=", "<a ",
            ">", "(setq ", "variable ", "$env:", ";s:1:", "||", ",", "“", "Field(",
        ]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=100)
@given(TEXTS)
def test_a_name_is_found_wherever_it_may_begin(text: str) -> None:
    """Names are looked for only where none is that begins further left, which finds the same in less time."""
    data = text.encode()
    for syntax in syntaxes.SYNTAXES:
        source, needed = syntax.pattern.pattern, syntax.needed
        anywhere = re.compile(source.replace(syntaxes._FIRST, b"", 1))
        found, plainly = syntax.pattern.search(data), anywhere.search(data)
        assert (found and found.regs) == (plainly and plainly.regs), (text, source)
        assert not found or not needed or any(each in data for each in needed), (text, source)
