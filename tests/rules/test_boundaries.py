"""What may stand directly before and behind a key: any byte that is not of its alphabet, whatever the rule."""

from __future__ import annotations

from keyguard.rules import loader
from keyguard.rules.catalogue import Example, Kind, Rule

RULES = [rule for rule in loader.load().rules if rule.kind is Kind.PATTERN]
BEFORE = [
    '"', "'", "=", ":", "(", "[", ">", " ", "\n", "\t", "\0", "密", "，", "\\n", "\\t", "%3D", "\\u0022", "_", "9",
    "\x1b[1m", "\x1b[0;32m", "\\u001b[1m", "\\033[1m",
]  # fmt: skip
AFTER = [*"\"'`,;:)]}>&|<#@!?*~^${([\\% \n\t\r\0", "密", "。", "\\n", *"._-+/=", "g", "Z"]
FOUND_BY_WORDS = {
    "pem", "database", "cloudinary-url", "openai-codex-refresh-token-opaque", "url-password", "maven",
}  # fmt: skip
"""Rules and providers whose keys are told by what stands right beside them: tests of files hold these."""
SHARED = {"shared-sk", "dashscope"}
"""Shapes of several vendors, which are left to whom the bytes around them speak of."""


def is_own(rule: Rule, example: Example, character: str) -> bool:
    """Whether a character is of the alphabet of a secret: it may stand in it, or make it longer."""
    secret = example.secret or ""
    if len(character.encode()) > 1:
        return False
    others = [secret[:at] + character + secret[len(secret) + at + 1 :] for at in range(-min(9, len(secret)), 0, 2)]
    return any(
        other in captured(rule, example.text.replace(secret, other, 1)) for other in (secret + character, *others)
    )


def placed(example: Example, before: str, after: str) -> str:
    secret = example.secret or ""
    return example.text.replace(secret, f"{before}{secret}{after}", 1)


def captured(rule: Rule, text: str) -> list[str]:
    return [found["secret"].decode() for found in rule.pattern.finditer(text.encode(), overlapped=True)]


def begins_match(rule: Rule, example: Example) -> bool:
    """Whether the secret is where the pattern begins: if not, what stands before it is part of what is matched."""
    secret = (example.secret or "").encode()
    found = rule.pattern.finditer(example.text.encode(), overlapped=True)
    return all(each.start() == each.start("secret") for each in found if each["secret"] == secret)


CASES = [rule for rule in RULES if not {rule.provider, rule.id} & (FOUND_BY_WORDS | SHARED)]


def test_any_byte_may_stand_behind():
    missed = [
        (rule.id, after)
        for rule in CASES
        for after in AFTER
        for example in rule.examples[:2]
        if not is_own(rule, example, after)
        if example.secret not in captured(rule, placed(example, "", after))
    ]
    assert missed == []


WITHOUT_PREFIX = {
    "azure-ai-services-key", "azure-annotated-key", "azure-devops-pat", "azure-openai-key", "azure-resource-key",
    "baseten-key", "discord-bot-token", "discord-bot-token-by-id", "facebook-app-token",
    "google-oauth-refresh-token", "mailchimp-key", "mailgun-key", "newrelic-license-key", "ollama-key",
    "telegram-bot-token", "zai-key", "zhipu-key",
}  # fmt: skip
"""Keys that begin with characters of their own alphabet, so that a digit before one is taken for a part of it."""


def test_any_byte_may_stand_before():
    missed = [
        (rule.id, before)
        for rule in CASES
        for example in rule.examples[:2]
        if begins_match(rule, example)
        for before in BEFORE
        if before != "9" or rule.id not in WITHOUT_PREFIX
        if example.secret not in captured(rule, placed(example, before, ""))
    ]
    assert missed == []
