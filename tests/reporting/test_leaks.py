"""No report shows a secret, or a telling piece of one, wherever in the repository it stood."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.cli.output import Format
from keyguard.language import Language
from keyguard.model import Exposure, Finding, Guidance, ScanResult, Secret, Unread, Where
from keyguard.remediation.guide import full_guidance, guidance
from keyguard.reporting import console, guide_text
from tests.reporting.forms import render
from tests.reporting.samples import catalogue, finding, place, result, secret

HIDDEN = secret()
OTHER = secret(1)
SHOWN = len("sk-proj-") + 2
MIDDLE = HIDDEN.reveal()[SHOWN:-2]
PIECES = [MIDDLE[start : start + 6] for start in range(len(MIDDLE) - 5)]


def everywhere(value: str, exposure: Exposure) -> ScanResult:
    """Two findings; the first one's secret stands in all that the repository chose, of both."""
    found = [
        finding(
            *(place(f"{value}/{value}.txt", where=where, author=value, refs=(f"b/{value}",)) for where in Where),
            evidence=(f"next to {value}",),
            exposure=exposure,
            secret=each,
        )
        for each in (HIDDEN, OTHER)
    ]
    return result(*found, unread=(Unread(value, f"why {value}", f"mend {value}"),))


def reports(found: ScanResult, language: Language) -> Iterator[str]:
    remote = f"https://user:{HIDDEN.reveal()}@example.org/x.git"

    def guides(each: Finding) -> Guidance:
        return guidance(each, catalogue(), language, remote=remote)

    yield repr(found)
    yield str(found.findings)
    for form in Format:
        yield render(form, found, guides, language)
    for width in (40, 80, 200):
        yield console.render(found, guides, language=language, width=width)
    yield console.render(found, guides, language=language, unicode=False, color=True)
    for markdown in (False, True):
        guide = full_guidance(found.findings[0], catalogue(), language, remote=remote)
        yield guide_text.render(guide, language=language, markdown=markdown)


@pytest.mark.parametrize("exposure", Exposure)
@pytest.mark.parametrize("language", Language)
def test_no_report_holds_a_piece_of_a_secret(exposure, language):
    plain = result(finding(exposure=exposure, secret=HIDDEN), unread=(Unread("x", "y"),))
    for text in reports(plain, language):
        assert not [piece for piece in PIECES if piece in text]


@given(
    text=st.text(
        st.characters(exclude_categories=["Cs"]),
        min_size=24,
        max_size=60,
    ).filter(lambda text: len(set(text)) > 20),
    form=st.sampled_from(Format),
    language=st.sampled_from(Language),
)
@settings(max_examples=60)
def test_no_report_holds_a_piece_of_any_secret(text: str, form: Format, language: Language):
    """Whatever characters it is of, and wherever it stands; a form may escape what it writes, so each is undone."""
    hidden = Secret(text)
    places = (place(f"a/{text}", author=text, refs=(text,)), place(None, where=Where.COMMIT_MESSAGE))
    found = result(finding(*places, secret=hidden, evidence=(text,)), unread=(Unread(text, text, text),))
    written = render(form, found, language=language)
    middle = text[2:-2]
    pieces = [middle[start : start + 12] for start in range(0, len(middle) - 11)]
    for undone in (written, unquote(written), html.unescape(written), *_strings(form, written)):
        assert not [piece for piece in pieces if piece in undone and piece not in render(form, result(finding()))]


def _strings(form: Format, written: str) -> Iterator[str]:
    """Yield what the readers of JSON see."""
    if form in (Format.JSON, Format.SARIF, Format.GITLAB):
        yield json.dumps(json.loads(written), ensure_ascii=False)


@pytest.mark.parametrize("exposure", Exposure)
@pytest.mark.parametrize("language", Language)
def test_no_report_repeats_a_secret_that_stands_in_names(exposure, language):
    _, _, *written = reports(everywhere(HIDDEN.reveal(), exposure), language)
    for text in written:
        joined = "".join(unquote(text).split())
        assert not [piece for piece in PIECES if piece in joined]


def test_no_report_repeats_an_encoded_secret_that_stands_in_names():
    encoded = base64.urlsafe_b64encode(b"key=" + HIDDEN.reveal().encode()).decode()
    found = everywhere(encoded, Exposure.PUSHED)
    assert not [form for form in Format if encoded[20:40] in unquote(render(form, found))]
