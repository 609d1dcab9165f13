from __future__ import annotations

import pytest

from keyguard.detection import placeholders
from keyguard.detection.placeholders import _is_explained, looks_made_up
from keyguard.detection.surprise import Description
from keyguard.detection.verdict import IDENTIFIER_BITS
from tests.support import keys

ALPHABETS = {
    "hex": keys.HEX, "lower": keys.LOWER, "digits": keys.DIGITS, "lower alnum": keys.LOWER + keys.DIGITS,
    "upper alnum": keys.UPPER + keys.DIGITS, "letters": keys.UPPER + keys.LOWER, "alnum": keys.ALNUM,
    "base64url": keys.B64URL,
}  # fmt: skip
KNOWN = ("sk-proj-", keys.MARKER)
LETTERS, DIGITS = keys.LOWER, "1234567890"


@pytest.mark.parametrize("length", [20, 32, 48, 150])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_random_keys_are_not_refused(alphabet: str, length: int) -> None:
    rng = keys.fresh()
    assert not [1 for _ in range(300) if looks_made_up(keys.text(rng, alphabet, length))]


@pytest.mark.parametrize(
    "key",
    [
        keys.legacy_key, keys.project_key, keys.service_account_key, keys.admin_key, keys.user_key_none,
        keys.anthropic_key, keys.openrouter_key, keys.groq_key, keys.google_key, keys.azure_key, keys.azure_old_key,
        keys.ephemeral_key, keys.huggingface_token, keys.webhook_secret, keys.session_token,
    ],
)  # fmt: skip
def test_keys_are_not_refused(key: keys.Builder) -> None:
    rng = keys.fresh()
    assert not [1 for _ in range(100) if looks_made_up(key(rng))]


@pytest.mark.parametrize("name", ["my-test-service", "openai-production-sample-app-for-tests-01", "dummy", "your-key"])
def test_the_name_of_a_service_refuses_no_key(name: str) -> None:
    rng = keys.fresh()
    assert not [1 for _ in range(100) if looks_made_up(keys.named_service_key(rng, name), ("sk-", keys.MARKER))]


@pytest.mark.parametrize("zeros", [8, 30])
def test_a_run_inside_a_long_key_refuses_nothing(zeros: int) -> None:
    rng = keys.fresh()
    assert looks_made_up(keys.text(rng, keys.B64URL, 60) + "A" * zeros + keys.text(rng, keys.B64URL, 60)) is None


@pytest.mark.parametrize(
    "text",
    [
        "sk-" + LETTERS, "sk-" + LETTERS.upper(), "sk-" + DIGITS * 4,
        "sk-proj-" + DIGITS * 2 + keys.MARKER + DIGITS * 2,
        "sk-proj-" + "x" * 74 + keys.MARKER + "x" * 74, "sk-ant-api03-your-key-here-" + "x" * 60,
        "sk-proj-test-key-for-unit-tests-only-" + "0" * 30, "sk-proj-test-key-for-unit-tests-not-real",
        "sk-your-key-here", "YOUR_API_KEY", "your-openai-api-key-goes-here", "replace-me", "changeme", "foobarbaz",
        "insert-your-openai-key", "REPLACE_WITH_YOUR_ACTUAL_API_KEY", "my-super-secret-token", "test_api_key_12345",
        "sk-proj-thisisafakekeyforlocaldevelopment", "sk-" + "FAKE" * 5 + keys.MARKER + "FAKE" * 5,
        "sk-test-" + DIGITS + "abcdefghijklmnop", "sk-" + "abc123def456ghi789jkl012mno345pqr678",
        "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", "0123456789abcdef" * 2, "fedcba9876543210" * 2, "0" * 32, "deadbeef" * 4,
        "00112233445566778899aabbccddeeff", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb", "aB3" * 31,
        "000102030405060708090a0b0c0d0e0f", "0f0e0d0c0b0a09080706050403020100",
        "zaq1xsw2cde3vfr4bgt5nhy6mju7ki8", "1qazxsw23edcvfr45tgbnhy67ujmki89", "zaq12wsxcde34rfvbgt56yhnmju78ik",
        "sk-" + "aaaabbbbccccddddeeeeffff", "aabbccddeeffgghhiijj",
        "AKIAIOSFODNN7" + "EXAMPLE", "sk-aBcDeFgHiJkLmNoPqRsTuVwXyZ", "REDACTED" * 3, "a" * 16, "xxxxxxxx",
    ],
)  # fmt: skip
def test_what_people_type_is_refused(text: str) -> None:
    assert looks_made_up(text, KNOWN) is not None


@pytest.mark.parametrize(
    "text",
    [
        "${OPENAI_API_KEY}",
        "{{ key }}",
        "<your key>",
        "%s",
        "$(get_key)",
        "sk-proj-Ab3...x9Z",
        "sk-…",
        "你的密钥",
        "***",
    ],
)
def test_templates_and_elisions_are_refused(text: str) -> None:
    assert looks_made_up(text) is not None


@pytest.mark.parametrize("part", ["abcdefg", "A" * 9])
def test_a_little_that_looks_typed_refuses_few_keys(part: str) -> None:
    rng = keys.fresh()
    rest = 9 if part.islower() else 22
    refused = [1 for _ in range(100) if looks_made_up(keys.text(rng, keys.ALNUM, rest) + part)]
    assert len(refused) <= 3  # what is left of chance where so much is typed


@pytest.mark.parametrize("name", ["getReducedColumnSparseArray_wrap", "partitionLongestCommonSubsequence"])
def test_the_name_of_a_symbol_is_no_key(name: str) -> None:
    assert looks_made_up(f"ghs_{name}", ("ghs_",)) == "it reads like a name"


def test_prefix_and_marker_do_not_count() -> None:
    assert looks_made_up("sk-proj-" + "ab" * 10 + keys.MARKER + "ab" * 10, KNOWN) is not None


@pytest.mark.parametrize(
    "name", ["uploadMicrocodeDMAv2Buffer", "readPnvSlotAConfigHdrCrc32", "coreDumpReadBlockSizeMB12"]
)
def test_the_rest_of_a_name_in_a_program_is_no_key_of_a_short_prefix(name: str) -> None:
    assert looks_made_up(f"fw_{name}", ("fw_",), name_bits=IDENTIFIER_BITS)


@pytest.mark.parametrize("length", [24, 34])
def test_few_random_keys_read_like_the_rest_of_a_name(length: int) -> None:
    rng = keys.fresh()
    texts = [f"fw_{keys.text(rng, keys.ALNUM, length)}" for _ in range(3000)]
    assert sum(looks_made_up(text, ("fw_",), name_bits=IDENTIFIER_BITS) is not None for text in texts) <= 6


def test_random_groups_with_hyphens_do_not_read_like_names() -> None:
    rng = keys.fresh()
    groups = (keys.LOWER + keys.DIGITS, 7)
    texts = ["-".join(keys.text(rng, *groups) for _ in range(4)) for _ in range(2000)]
    assert sum(looks_made_up(text) is not None for text in texts) <= 4


@pytest.mark.parametrize(
    "name",
    [
        "connection-string-for-storage", "managed-identity-client-name", "continuous_integration_pipeline",
        "customer-relationship-manager",
        "customer-relationship-manager-xgci5",  # few drawn characters, as those of a pod, leave it a name
    ],
)  # fmt: skip
def test_words_of_one_case_in_groups_read_like_a_name(name: str) -> None:
    assert looks_made_up(f"zz_{name}", ("zz_",)) == "it reads like a name"


@pytest.mark.parametrize(
    ("explained", "letters", "is_enough"),
    [
        (75, 100, True), (74, 100, False),
        (40, 64, True), (40, 65, False),  # too much is left that nothing explains
        (16, 40, True), (15, 39, False), (8, 20, True), (7, 20, False),
    ],
)  # fmt: skip
def test_how_much_of_a_text_has_to_be_explained(explained: int, letters: int, is_enough: bool) -> None:
    assert _is_explained(explained, letters) is is_enough


@pytest.mark.parametrize(
    ("size", "saved", "characters", "is_made_up"),
    [
        (15, 8.0, 13, True), (15, 7.9, 15, False), (15, 8.0, 12, False),
        (16, 8.0, 16, False), (16, 16.9, 16, False), (16, 17.0, 12, True), (16, 17.0, 6, False),
    ],
)  # fmt: skip
def test_short_texts_need_less_and_more_of_it(
    monkeypatch: pytest.MonkeyPatch, size: int, saved: float, characters: int, is_made_up: bool
) -> None:
    monkeypatch.setattr(placeholders, "described", lambda _: Description(saved, characters, "so it is"))
    drawn = "Kx3vQ9mBw5TzL2pJ"[:size]
    assert looks_made_up(f"sk-{drawn}") == ("so it is" if is_made_up else None)


@pytest.mark.parametrize(
    ("text", "known", "rest"),
    [
        ("sk-proj-abc", (), "abc"), ("sk-abc", (), "abc"), ("gk-abc", (), "gk-abc"), ("sk_abc", (), "abc"),
        ("ghp_ghp_abc", (), "ghp_abc"),
        (f"a{keys.MARKER}b{keys.MARKER}c", (), "abc"), ("zz-abc-zz-", ("zz-", "", "c"), "ab-"),
        ("密ghp_a", (), "密ghp_a"),
        ("-----BEGIN RSA PRIVATE KEY-----abc-----END RSA PRIVATE KEY-----", (), "abc"),
    ],
)  # fmt: skip
def test_what_every_key_begins_with_is_no_part_of_what_is_judged(text: str, known: tuple[str, ...], rest: str) -> None:
    assert placeholders._body(text, known) == rest
