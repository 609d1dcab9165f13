from __future__ import annotations

import base64
import random
import string

import pytest
import regex

from keyguard.detection import shaped, verdict
from keyguard.detection.engine import Engine
from keyguard.detection.shaped import MARGIN
from keyguard.detection.verdict import Judge, known_parts
from keyguard.detection.versions import LINGERING
from keyguard.language import Language
from keyguard.model import Chunk, Confidence, Match, Origin, Severity, Unread, Where
from keyguard.rules import loader
from keyguard.rules.catalogue import Catalogue, Kind, Provider, Rule
from keyguard.rules.checks import Evidence
from keyguard.rules.entries import GateEntry
from tests.support import keys

CATALOGUE = loader.load()
ENGINES = {"bulk": Engine(CATALOGUE, bulk=True), "plain": Engine(CATALOGUE, bulk=False)}
ORIGIN = Origin(Where.FILE, "a.txt")
RNG = random.Random(5)
KEY = keys.project_key(RNG)
CODECS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
TEXT = {Language.EN: "A key", Language.ZH: "密钥"}


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    made = request.param
    assert isinstance(made, Engine)
    return made


def matches(engine: Engine, data: bytes | str, **of_chunk: object) -> list[Match]:
    raw = data.encode() if isinstance(data, str) else data
    found = list(engine.detect(Chunk(ORIGIN, raw, **of_chunk)))  # type: ignore[arg-type]
    assert all(isinstance(each, Match) for each in found)
    return [each for each in found if isinstance(each, Match)]


def secrets(engine: Engine, data: bytes | str) -> list[str]:
    return [match.secret.reveal() for match in matches(engine, data)]


def rule(**of_rule: object) -> Rule:
    """A rule for `zz-` and eight or more letters or digits, changed as the test wants it."""
    base: dict[str, object] = {
        "id": "zz-key", "provider": "zz", "title": TEXT, "kind": Kind.PATTERN, "severity": Severity.HIGH,
        "confidence": Confidence.MEDIUM, "sureness": "sure", "span": 40, "prefix": "zz-",
        "pattern": regex.compile(rb"(?P<secret>zz-[A-Za-z0-9]{8,37})(?![A-Za-z0-9])"), "gate": (GateEntry(b"zz-"),),
    }  # fmt: skip
    return Rule(**(base | of_rule))  # type: ignore[arg-type]


def engine_of(*rules: Rule) -> Engine:
    return Engine(Catalogue((Provider("zz", TEXT, "", "", "", rules, {}),)), bulk=False)


def random_zz() -> str:
    return "zz-" + keys.text(RNG, keys.ALNUM, 24)


@pytest.mark.parametrize(
    "text",
    [
        "", "\0", "\n", "a" * 10_000, "sk-", "T3BlbkFJ", "sk-proj-", "sk-proj-T3BlbkFJ", "task-proj-name-T3BlbkFJ",
        "sk-proj-" + "x" * 74 + "T3BlbkFJ" + "x" * 74, "OPENAI_API_KEY=", 'OPENAI_API_KEY="${OPENAI_API_KEY}"',
        'api_key = os.environ["OPENAI_API_KEY"]', "OPENAI_API_KEY=sk-...", "\ufeff",
    ],
)  # fmt: skip
def test_nothing_is_found_where_there_is_no_key(engine: Engine, text: str) -> None:
    assert secrets(engine, text) == []


@pytest.mark.parametrize("codec", CODECS)
def test_nothing_is_found_in_wide_text_without_a_key(engine: Engine, codec: str) -> None:
    assert secrets(engine, "plain text, nothing more\r\n".encode(codec) * 20) == []


def test_any_byte_may_stand_before_a_key(engine: Engine) -> None:
    wrong = [byte for byte in range(256) if secrets(engine, b"k" + bytes([byte]) + KEY.encode()) != [KEY]]
    assert wrong == []


def test_any_byte_outside_its_alphabet_may_stand_behind_a_key(engine: Engine) -> None:
    outside = set(range(256)) - set(keys.B64URL.encode())
    wrong = [byte for byte in outside if secrets(engine, KEY.encode() + bytes([byte]) + b"k") != [KEY]]
    assert wrong == []


@pytest.mark.parametrize(
    "key",
    [
        keys.legacy_key(RNG), keys.project_key(RNG, 20), keys.project_key(RNG, 58), keys.admin_key(RNG),
        keys.service_account_key(RNG, 57, 58), keys.service_account_key(RNG, 59, 60, tail=False),
        keys.user_key_none(RNG), keys.named_service_key(RNG), keys.ephemeral_key(RNG), keys.anthropic_key(RNG),
        keys.anthropic_key(RNG, "oat01"), keys.azure_key(RNG), keys.azure_key(RNG, "A"),
    ],
    ids=lambda key: key[:10] if key.startswith("sk-") else "other",
)  # fmt: skip
@pytest.mark.parametrize("text", ["{}", '"{}"', '\\"{}\\"', "密钥是{}。", "a\n{},b", "?k={}&b=1", "<k>{}</k>"])
def test_each_kind_of_key_is_found_whole(engine: Engine, key: str, text: str) -> None:
    assert secrets(engine, text.format(key)) == [key]


@pytest.mark.parametrize(
    ("before", "line", "column"),
    [
        ("", 1, 1), ("x = ", 1, 5), ("\n", 2, 1), ("\r", 2, 1), ("\r\n", 2, 1), ("\n\r", 3, 1), ("\r\r\n\n", 4, 1),
        ("a\r\nb\rc\nd", 4, 2), ("密钥是", 1, 4), ("\t\t", 1, 3), ("🔑 ", 1, 3), (b"\xff\xfe\xfd", 1, 4),
        (b"\xe5\xaf", 1, 3), ("é\n中文:", 2, 4), ("\ufeff", 1, 1), ("\ufeffab\n", 2, 1), ("\x0b\x0c\u2028", 1, 4),
    ],
)  # fmt: skip
def test_places_count_lines_and_characters(engine: Engine, before: str | bytes, line: int, column: int) -> None:
    raw = before.encode() if isinstance(before, str) else before
    (found,) = matches(engine, raw + KEY.encode() + "。\n".encode())
    place = found.place
    assert (place.line, place.column, place.end_line, place.end_column) == (line, column, line, column + len(KEY))


def test_a_place_counts_on_from_where_its_chunk_begins(engine: Engine) -> None:
    (first, second) = matches(engine, f"密{KEY}\n {KEY}", line=7, column=3)
    assert (first.place.line, first.place.column) == (7, 4)
    assert (second.place.line, second.place.column) == (8, 2)


@pytest.mark.parametrize("mark", [True, False], ids=["marked", "unmarked"])
@pytest.mark.parametrize("codec", CODECS)
def test_wide_text_is_decoded(engine: Engine, codec: str, *, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + f"# notes\r\nexport OPENAI_API_KEY={KEY}\r\n"
    (found,) = matches(engine, text.encode(codec))
    assert found.secret.reveal() == KEY
    assert found.decoded_via == (codec,)
    assert (found.place.line, found.place.column, found.place.end_column) == (2, 23, 23 + len(KEY))


@pytest.mark.parametrize("codec", CODECS)
def test_a_mark_is_no_column(engine: Engine, codec: str) -> None:
    (found,) = matches(engine, f"\ufeff{KEY}".encode(codec))
    assert (found.place.line, found.place.column) == (1, 1)


def test_what_the_source_says_of_the_encoding_wins(engine: Engine) -> None:
    data = ("中文" * 50 + KEY).encode("utf-16-be")
    (found,) = matches(engine, data, encoding="utf-16-be", line=3, column=9)
    assert found.decoded_via == ("utf-16-be",)
    assert (found.place.line, found.place.column) == (3, 109)


@pytest.mark.parametrize("bad", [b"\x00\xd8", b"\x00\xdc\x00\xdc", b"\x00\xd8\x41\x00"], ids=["high", "low", "cut"])
def test_malformed_wide_text_hides_nothing(engine: Engine, bad: bytes) -> None:
    data = b"\xff\xfe" + bad + "\n".encode("utf-16-le") + KEY.encode("utf-16-le") + b"\x00"
    assert secrets(engine, data) == [KEY]


def test_bytes_appended_to_wide_text_are_read_too(engine: Engine) -> None:
    other = keys.project_key(RNG)
    data = b"\xff\xfe" + f"{KEY}\n".encode("utf-16-le") + f"\n{other}\n".encode()
    assert sorted(secrets(engine, data)) == sorted([KEY, other])


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_wide_strings_in_binaries_are_found_at_their_offset(engine: Engine, codec: str, offset: int) -> None:
    blob = bytes(range(1, 10)) * 100
    (found,) = matches(
        engine, blob[: 801 + offset].replace(b"\n", b".") + b"\x02\x03" + KEY.encode(codec) + b"\x07\x01" + blob
    )
    assert found.secret.reveal() == KEY
    assert found.decoded_via == ("utf-16",)
    assert (found.place.line, found.place.end_line) == (1, 1)
    assert found.place.column - 1 - (803 + offset) in (0, 1)  # either half of a letter begins it
    assert found.place.end_column - found.place.column == len(KEY.encode(codec))


def test_a_key_in_binary_data_is_found_as_it_is(engine: Engine) -> None:
    assert secrets(engine, b"\x7fELF\0\0\0\x01" + KEY.encode() + b"\0\0\xff\xd8") == [KEY]


def test_the_line_and_the_one_before_go_with_a_match(engine: Engine) -> None:
    (found,) = matches(engine, f"one\r\ntwo # note\r\nx = {KEY} # end\r\nfour")
    assert found.lines.reveal() == f"two # note\nx = {KEY} # end"
    (found,) = matches(engine, f"x = {KEY} # end")
    assert found.lines.reveal() == f"x = {KEY} # end"


def test_the_lines_of_a_match_are_bounded(engine: Engine) -> None:
    (found,) = matches(engine, "é" * 50_000 + "\n" + "b " * 50_000 + KEY + " c" * 50_000)
    assert len(found.lines) < 10_000
    assert KEY in found.lines.reveal()


def test_a_chunk_with_more_to_come_leaves_its_end_to_the_next(engine: Engine) -> None:
    text = ("." * engine.reach + KEY).encode()
    assert matches(engine, text[:-20], more=True) == []
    assert secrets(engine, text) == [KEY]


@pytest.mark.parametrize("cut", range(-400, 401, 57))
def test_windows_that_overlap_by_the_reach_find_every_key_whole(engine: Engine, cut: int) -> None:
    text = (" " * engine.reach + f"\n{KEY}\n" + " " * engine.reach).encode()  # literals are found faster than in dots
    end = engine.reach + cut
    windows = [Chunk(ORIGIN, text[:end], more=True), Chunk(ORIGIN, text[max(0, end - engine.reach) :], 1, 2)]
    found = {each.secret.reveal() for window in windows for each in engine.detect(window) if isinstance(each, Match)}
    assert found == {KEY}


def test_equal_secrets_are_reported_once_at_each_place(engine: Engine) -> None:
    found = matches(engine, f"{KEY} {KEY}")
    assert [match.place.column for match in found] == [1, len(KEY) + 2]


def test_of_two_rules_the_higher_priority_wins_then_the_longer_match() -> None:
    key = random_zz()
    longer = rule(id="longer", pattern=regex.compile(rb"(?P<secret>x=zz-[A-Za-z0-9]{8,37})"), span=42)
    preferred = rule(id="preferred", priority=1)
    text = f"x={key}"
    assert [each.rule for each in matches(engine_of(rule(), longer), text)] == ["longer"]
    assert [each.rule for each in matches(engine_of(rule(), longer, preferred), text)] == ["preferred"]


def test_a_hint_decides_between_candidates() -> None:
    made = engine_of(rule(context=30, hints=(b"zzhost",), candidates=("zz", "yy")))
    key = random_zz()
    assert [each.candidates for each in matches(made, key)] == [("zz", "yy")]
    assert [each.candidates for each in matches(made, f"ZzHost {key}")] == [()]
    assert [each.candidates for each in matches(made, f"zzhost{'.' * 40}{key}")] == [("zz", "yy")]


def test_what_has_to_stand_near_has_to() -> None:
    made = engine_of(rule(context=30, near=(b"zzhost",)))
    key = random_zz()
    assert matches(made, key) == []
    assert matches(made, f"{'zzhost':.<40}{key}") == []
    assert secrets(made, f"ZZHOST {key}") == [key]
    assert secrets(made, f"{key} from zzhost") == [key]


def test_required_checks_refuse_and_silence_refuses_nothing() -> None:
    key = random_zz()
    assert secrets(engine_of(rule(require=(lambda _: None,))), key) == [key]
    assert secrets(engine_of(rule(require=(lambda _: Evidence(True, "fine"),))), key) == [key]
    assert secrets(engine_of(rule(require=(lambda _: Evidence(False, "no"),))), key) == []


@pytest.mark.parametrize(
    ("said", "confidence"),
    [
        ([None, None], Confidence.MEDIUM),
        ([True, False], Confidence.HIGH),
        ([False, None], Confidence.LOW),
        ([False, False], Confidence.LOW),
    ],
)
def test_proofs_raise_and_lower_the_confidence(said: list[bool | None], confidence: Confidence) -> None:
    proofs = tuple(
        (lambda _, holds=holds: None if holds is None else Evidence(holds, f"it says {holds}")) for holds in said
    )
    made = engine_of(rule(proofs=proofs, proven=Confidence.HIGH, disproven=Confidence.LOW))
    (found,) = matches(made, random_zz())
    assert found.confidence is confidence
    assert found.evidence == tuple(f"it says {holds}" for holds in said if holds is not None)


def test_a_pattern_that_does_not_finish_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaped, "_SECONDS", 0.5)
    slow = rule(pattern=regex.compile(rb"(?P<secret>zz-(?:\w|\w\w|\w\w\w){1,300}!)"), id="slow", span=1000)
    found = list(engine_of(slow, rule()).detect(Chunk(ORIGIN, ("zz-" + "aab" * 400 + " " + random_zz()).encode())))
    (unread,) = [each for each in found if isinstance(each, Unread)]
    assert "slow" in unread.why
    assert unread.what.startswith("a.txt")
    assert [each.rule for each in found if isinstance(each, Match)] == ["zz-key"]


def test_no_secret_shows_in_the_text_of_a_match(engine: Engine) -> None:
    (found,) = matches(engine, KEY)
    middle = KEY[20:-20]
    assert middle not in repr(found)
    assert set(middle) <= set(string.ascii_letters + string.digits + "-_")


@pytest.mark.parametrize("distance", [1, 500, 985, 986, 987, 2000])
def test_a_literal_opens_the_gate_as_far_as_the_context_reaches(distance: int) -> None:
    made = engine_of(rule(gate=(GateEntry(b"zzhost.example"),), context=1000, span=40))
    key = random_zz()
    behind, before = f"zzhost.example{'.' * distance}{key}", f"{key}{'.' * distance}zzhost.example"
    expected = [key] if distance + len("zzhost.example") <= 1000 else []
    assert secrets(made, behind) == expected
    assert secrets(made, before) == expected


@pytest.mark.parametrize("spare", [-1, 0, 1000])
def test_how_far_a_literal_decides(spare: int) -> None:
    literal = b"zzhost.example"
    made = engine_of(rule(gate=(GateEntry(literal),), context=LINGERING - MARGIN - 40 - spare, span=40))
    far, _ = made.versions.worth([b"a " + literal])[0]
    assert (far > made.versions.around) is (spare < 0)
    assert made._search.reach + len(literal) <= far
    assert made.versions.around < 2 * LINGERING  # it is read again for every change


@pytest.mark.parametrize("distance", [0, 300, 900, 1010, 2000])
def test_a_host_counts_for_a_value_as_far_as_the_context_reaches(distance: int) -> None:
    host = GateEntry(b"api.zz.example", ignore_case=True)
    made = engine_of(
        rule(kind=Kind.ENTROPY, pattern=regex.compile(rb"(?P<secret>[0-9a-f]{32})"), gate=(host,), context=1000,
             span=32, prefix="", hosts=("api.zz.example",))
    )  # fmt: skip
    value = keys.text(RNG, keys.HEX, 32)
    filler = "." * max(0, distance - 60) + " " * min(distance, 60)
    assert secrets(made, f"API.zz.example{filler}\nkey: '{value}'") == ([value] if distance <= 900 else [])
    assert secrets(made, f"API.zz.example{filler}\nname: '{value}'") == []
    assert secrets(made, f"key: '{value}'\n{filler}API.zz.example") == ([value] if distance <= 900 else [])


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        ('ZZ_SERVICE_API_KEY="{}"', True),
        ("zzServiceToken: {}", True),
        ("ZZ_SERVICE_KEY_ID={}", False),
        ("ZZ_SERVICE_KEY_MD5={}", False),
        ("." * 300 + " zz_service_token_checksum: {}", False),
        ("YY_API_KEY={} # not zz_service_key", False),
        ("zz_service_key = {}(x)", False),
    ],
)
def test_a_value_without_a_shape_is_known_by_its_name(text: str, is_key: bool) -> None:
    gate = (GateEntry(b"zz", ignore_case=True),)
    made = engine_of(
        rule(kind=Kind.ENTROPY, pattern=regex.compile(rb"(?P<secret>[0-9a-f]{32})"), gate=gate, span=32, prefix="",
             names=("zz service",))
    )  # fmt: skip
    value = keys.text(RNG, keys.HEX, 32)
    assert secrets(made, text.format(value)) == ([value] if is_key else [])
    assert secrets(made, text.format("0123456789abcdef" * 2)) == []
    assert secrets(made, text.format(value + "0" * 32)) == []


def test_a_uuid_is_a_key_only_where_the_rule_is_about_uuids() -> None:
    drawn = keys.text(RNG, keys.HEX, 32)
    uuid = "-".join((drawn[:8], drawn[8:12], drawn[12:16], drawn[16:20], drawn[20:]))
    hexes = rb"[0-9a-f]"
    shape = hexes + rb"{8}(?:-" + hexes + rb"{4}){3}-" + hexes + rb"{12}"
    base = {
        "kind": Kind.ENTROPY,
        "gate": (GateEntry(b"zz", ignore_case=True),),
        "span": 40,
        "names": ("zz",),
        "prefix": "",
    }
    text = f"ZZ_API_KEY={uuid}"
    assert secrets(engine_of(rule(**base, pattern=regex.compile(rb"(?P<secret>" + shape + rb")"))), text) == [uuid]
    assert secrets(engine_of(rule(**base, pattern=regex.compile(rb"(?P<secret>[A-Za-z0-9-]{20,40})"))), text) == []


def test_an_anchor_may_reach_beyond_the_context() -> None:
    made = engine_of(rule(gate=(GateEntry(b"host", anchor=rb"host\.example"),), context=20))
    key = random_zz()
    assert secrets(made, f"{key}{'.' * 16}host.example") == [key]
    assert secrets(made, f"{key}{'.' * 17}host.example") == []
    assert secrets(made, f"{key}{'.' * 16}host.other") == []


def test_a_match_that_overlaps_a_refused_one_is_found() -> None:
    made = engine_of(
        rule(pattern=regex.compile(rb"(?P<secret>0{8}|[0-9a-f]{8}\.[0-9a-f]{24})"), gate=(GateEntry(b"0"),))
    )
    key = f"00001a2b.{keys.text(RNG, keys.HEX, 24)}"
    assert secrets(made, f"0000{key}") == [key]


@pytest.mark.parametrize(("codec", "width"), [("utf-16-le", 2), ("utf-16-be", 2)])
def test_a_key_in_encoded_wide_text_is_told_where_its_digits_stand(engine: Engine, codec: str, width: int) -> None:
    digits = base64.b64encode((f"{'# so it is. ' * 5}{KEY}{' # so it is' * 5}").encode(codec))
    (found,) = matches(engine, b"run " + digits)
    assert found.secret.reveal() == KEY
    assert found.decoded_via == ("base64", codec)
    assert found.place.column - 1 == 4 + 60 * width * 4 // 3
    assert abs(found.place.end_column - found.place.column - len(KEY) * width * 4 / 3) <= 2


@pytest.mark.parametrize(
    ("gate", "file", "is_rare"),
    [
        (GateEntry(b"zz-"), None, True),
        (GateEntry(b"zz-", ignore_case=True), None, False),
        (GateEntry(b"zz-"), "a.toml", False),
        (GateEntry(b"zz-a"), "a.toml", False),
        (GateEntry(b"zz-ab"), "a.toml", True),
        (GateEntry(b"zz-ab", ignore_case=True), "a.toml", False),
    ],
)
def test_what_is_near_a_literal_is_decoded_if_the_literal_is_rare(
    gate: GateEntry, file: str | None, is_rare: bool
) -> None:
    made = engine_of(rule(id="one", gate=(GateEntry(b"one", ignore_case=True),)), rule(gate=(gate,), file=file))
    assert made._shaped == ({1} if is_rare else set())
    assert [bool(each) for each in made._pieces] == [False, is_rare]


@pytest.mark.parametrize("distance", [10, 500, 590, 610])
def test_a_literal_decides_as_many_characters_away_in_wide_strings(distance: int) -> None:
    made = engine_of(rule(gate=(GateEntry(b"zzhost"),), context=600))
    key = random_zz()
    blob = bytes(range(1, 10)) * 2000
    expected = [key] if distance + len("zzhost") <= 600 else []
    for text in (f"zzhost{'.' * distance}{key}", f"{key}{'.' * distance}zzhost"):
        assert secrets(made, blob + text.encode("utf-16-le") + blob) == expected


@pytest.mark.parametrize("missing", [0, 1])
def test_what_ends_where_the_next_chunk_begins_is_told(missing: int) -> None:
    made = engine_of(rule(context=50))
    key = random_zz()
    assert made._search.reach == 90 + MARGIN
    data = f"{key}{' ' * (90 + MARGIN - missing)}"
    assert [each.secret.reveal() for each in matches(made, data, more=True)] == ([] if missing else [key])
    assert secrets(made, data) == [key]


def test_what_a_percent_sign_hides_is_looked_at() -> None:
    made = engine_of(rule(pattern=regex.compile(rb"(?P<secret>zz-[A-Za-z0-9%]{8,60})(?![A-Za-z0-9])"), span=70))
    typed = "".join(f"%{ord(each):02X}" for each in "your-key-goes-here")
    key = random_zz()
    assert secrets(made, f"zz-{typed}") == []
    assert secrets(made, "zz-" + "".join(f"%{ord(each):02X}" for each in key[3:])) == [key]


@pytest.mark.parametrize(("gap", "is_near"), [(24, True), (25, False)])
def test_what_stands_near_counts_to_the_byte(gap: int, is_near: bool) -> None:
    key = random_zz()
    near, hinted = engine_of(rule(context=30, near=(b"zzhost",))), engine_of(rule(context=30, hints=(b"zzhost",)))
    for text in (f"zzhost{'.' * gap}{key}", f"{key}{'.' * gap}zzhost"):
        assert secrets(near, text) == [key] * is_near
        assert [each.evidence for each in matches(hinted, text)] == [("zzhost stands near it",) * is_near]


@pytest.mark.parametrize("holds", [True, False])
def test_a_proof_changes_the_confidence_only_where_the_rule_says_so(holds: bool) -> None:
    made = engine_of(rule(proofs=(lambda _: Evidence(holds, "so it says"),)))
    (found,) = matches(made, random_zz())
    assert (found.confidence, found.evidence) == (Confidence.MEDIUM, ("so it says",))


def test_what_every_key_of_a_rule_has_in_it_says_nothing() -> None:
    gate = (GateEntry(b"zzmark"), GateEntry(b"zzhost", ignore_case=True))
    assert known_parts(rule(gate=gate)) == ("zz-", "zzmark")
    assert known_parts(rule(gate=gate, kind=Kind.ENTROPY)) == ("zz-",)
    assert known_parts(rule(gate=gate, kind=Kind.SHARED)) == ("zz-",)


def test_what_stands_near_is_asked_of_patterns_alone() -> None:
    data = random_zz().encode()
    for kind in (Kind.ENTROPY, Kind.SHARED):
        assert Judge(rule(kind=kind, near=(b"zzhost",))).decided(data, 0, len(data)) is not None
    assert Judge(rule(near=(b"zzhost",))).decided(data, 0, len(data)) is None


def test_what_is_thought_of_texts_is_remembered_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "_MOST_VERDICTS", 2)
    asked: list[str] = []
    judge = Judge(rule(require=(asked.append,)))
    first, second, third = (random_zz().encode() for _ in range(3))
    for data in (first, second, first, second, third, third, first):
        assert judge.decided(data, 0, len(data)) is not None
    assert [each.encode() for each in asked] == [first, second, third, first]


@pytest.mark.parametrize(("times", "is_found"), [(1, True), (4, True), (5, False)])
def test_what_is_encoded_several_times_is_decoded_so_many(engine: Engine, times: int, is_found: bool) -> None:
    data = KEY.encode()
    for _ in range(times):
        data = base64.b64encode(data)
    found = matches(engine, data)
    assert [each.secret.reveal() for each in found] == [KEY] * is_found
    assert [each.decoded_via for each in found] == [("base64",) * times] * is_found


@pytest.mark.parametrize(("times", "is_found"), [(0, True), (3, True), (4, False)])
def test_escapes_are_one_of_the_encodings_that_are_undone(engine: Engine, times: int, is_found: bool) -> None:
    data = KEY.replace("-", "%2D").encode()
    for _ in range(times):
        data = base64.b64encode(data)
    assert secrets(engine, data) == [KEY] * is_found


@pytest.mark.parametrize("text", [KEY, f"{'# so it is. ' * 9}{KEY}"], ids=["alone", "behind text"])
def test_without_a_gate_the_same_is_found(text: str) -> None:
    blob = bytes(range(1, 10)) * 200
    oracle = Engine(CATALOGUE, gated=False)
    for data in (text.encode(), blob + text.encode("utf-16-le") + blob, text.encode("utf-16")):
        found = matches(oracle, data)
        assert [(each.secret.reveal(), each.place) for each in found] == [
            (each.secret.reveal(), each.place) for each in matches(ENGINES["plain"], data)
        ]
        assert {each.secret.reveal() for each in found} == {KEY}
