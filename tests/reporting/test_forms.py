"""What holds for every form of the report: consumers take it, whatever it holds, and it tells what is missing."""

from __future__ import annotations

import pytest

from keyguard.cli.output import Format
from keyguard.language import Language
from keyguard.model import Exposure, Omitted, Opaque, ScanResult, Status, Unread, Where
from tests.reporting.forms import read, render
from tests.reporting.samples import HOSTILE, finding, hostile_everywhere, local, place, result, secret, typical

LANGUAGES = pytest.mark.parametrize("language", Language)
FORMS = pytest.mark.parametrize("form", Format)


def everything() -> ScanResult:
    """A result of findings of each exposure and status, in each kind of place, and of all that a scan can tell."""
    places = [place(None if "message" in where else f"{where}/a.py", where=where) for where in Where]
    return result(
        *(typical(each, secret=secret(number)) for number, each in enumerate(Exposure)),
        *(finding(status=each, secret=secret(10 + number)) for number, each in enumerate(Status)),
        finding(*places, secret=secret(20)),
        finding(local(None, Where.STDIN), secret=secret(21)),
        unread=(Unread("blob 1", "missing", "fetch it"), Unread("x", "y")),
        opaque=(Opaque("a.zip", "it is encrypted"),),
        omitted=(
            Omitted("vendor", "excluded by the configuration", by_repository=True),
            Omitted("b", "a pipe, not a file"),
        ),
        weaker=3,
    )


@FORMS
@LANGUAGES
def test_consumers_take_an_empty_result(form: Format, language: Language):
    read(form, render(form, result(), language=language))


@FORMS
@LANGUAGES
def test_consumers_take_all_that_a_scan_can_tell(form: Format, language: Language):
    text = render(form, everything(), language=language)
    read(form, text)
    assert text.endswith("\n")


@FORMS
@pytest.mark.parametrize("value", HOSTILE)
def test_consumers_take_whatever_a_repository_holds(form: Format, value: str):
    text = render(form, hostile_everywhere(value))
    read(form, text)
    hidden = [each for each in text if each not in "\r\n\t" and not each.isprintable()]
    assert not hidden
    text.encode("utf-8")


@FORMS
@LANGUAGES
def test_what_was_not_read_is_told_with_its_reason_and_its_mend(form: Format, language: Language):
    text = render(form, result(unread=(Unread("thing-7", "lost-in-space", "bring-it-home"),)), language=language)
    assert "thing-7" in text
    assert "lost-in-space" in text
    assert "bring-it-home" in text


@FORMS
def test_places_that_are_left_out_are_counted(form: Format):
    text = render(form, result(finding(further=4321)))
    assert "4,321 further places" in " ".join(text.split()) or '"further_locations": 4321' in text


@FORMS
@pytest.mark.parametrize("status", [Status.BASELINE, Status.ALLOWED])
def test_what_the_repository_hides_is_counted(form: Format, status: Status):
    hidden = result(finding(status=status), omitted=(Omitted("vendor", "excluded", by_repository=True),))
    text = render(form, hidden)
    assert "1 finding and 1 path" in text or '"hidden": 2' in text
