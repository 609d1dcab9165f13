"""What the text of an AWS credential tells.

The account in an access key id: https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

from keyguard.rules.checks.bases import decoded
from keyguard.rules.checks.evidence import Evidence

_ID = re.compile(r"A(?:KIA|SIA|BIA|CCA)([A-Z2-7]{16})")
_ACCOUNT_BITS = 40
_MOST = 10**12
_BEDROCK = re.compile(rb"BedrockAPIKey-[0-9a-z]{2,8}-at-([0-9]{12}):\S{16,}")
_SHORT = "bedrock-api-key-"
_MADE = re.compile(rb"[?&]X-Amz-Date=([0-9]{8}T[0-9]{6}Z)")
_LASTS = re.compile(rb"[?&]X-Amz-Expires=([0-9]{1,7})(?![0-9])")
_LONGEST = 1 << 13


def account(text: str) -> Evidence | None:
    """Say which account an access key id is of; nothing of ids of the first generation, which hold none."""
    number = account_of(text)
    return Evidence(True, f"of AWS account {number:012}") if number is not None else None


def account_of(text: str) -> int | None:
    """Return the account in an access key id: the 40 bits behind one that is set in ids of the second generation."""
    key = _ID.fullmatch(text)
    if not key:
        return None
    bits = int.from_bytes(base64.b32decode(key[1]), "big") >> (80 - 1 - _ACCOUNT_BITS)
    number = bits & ((1 << _ACCOUNT_BITS) - 1)
    return number if bits >> _ACCOUNT_BITS and 0 < number < _MOST else None


def bedrock(text: str) -> Evidence | None:
    """Say of which account and IAM user a long-term key of Bedrock is: its base64 has both in clear."""
    inside = decoded(text.removeprefix("ABSK")) if text.startswith("ABSK") else None
    key = _BEDROCK.match(inside or b"")
    if not key:
        return None
    user = key[0].split(b":")[0].decode()
    return Evidence(True, f"of AWS account {key[1].decode()}, IAM user {user}")


def bedrock_short(text: str) -> Evidence | None:
    """Say until when a short-term key of Bedrock works, which is a signed address in base64. Depends on the date."""
    inside = decoded(text.removeprefix(_SHORT)) if text.startswith(_SHORT) and len(text) < _LONGEST else None
    made, lasts = _MADE.search(inside or b""), _LASTS.search(inside or b"")
    if not made or not lasts:
        return None
    try:
        start = datetime.strptime(made[1].decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        ends = start + timedelta(seconds=int(lasts[1]))
    except (ValueError, OverflowError):
        return None
    day = ends.date().isoformat()
    holds = ends > datetime.now(UTC)
    return Evidence(holds, f"valid until {day}" if holds else f"expired {day}")
