import re
from typing import Any

import pytest

from keyguard.language import Language
from keyguard.model import Exposure, Guidance, Step
from keyguard.remediation.guide import full_guidance
from keyguard.reporting import guide_text
from keyguard.reporting.terminal import display_width
from tests.reporting.samples import HOSTILE, catalogue, typical


def whole(language: Language, exposure: Exposure = Exposure.PUSHED, **given: Any) -> str:
    return guide_text.render(full_guidance(typical(exposure), catalogue(), language), language=language, **given)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("exposure", Exposure)
@pytest.mark.parametrize("width", [60, 80])
def test_text_keeps_to_the_width(language, exposure, width):
    for line in whole(language, exposure, width=width).splitlines():
        if not line.strip().startswith(("$ ", "https://")):
            assert display_width(line.rstrip("，。：；、）？！”》」…")) <= width, line


@pytest.mark.parametrize("language", Language)
def test_every_step_link_and_command_is_there(language):
    guide = full_guidance(typical(Exposure.PUSHED), catalogue(), language)
    for markdown in (False, True):
        text = guide_text.render(guide, language=language, width=80, markdown=markdown)
        for number, step in enumerate(guide.steps, 1):
            assert f"{number}. {step.title.rstrip(':：')}" in text
            assert step.url is None or step.url in text
            for command in (step.command or "").split("\n"):
                assert command in text
        assert "\n\n\n" not in text


def test_colour_and_ascii():
    assert "\x1b[" in whole(Language.EN, color=True)
    assert "\x1b" not in whole(Language.EN)
    assert whole(Language.ZH, unicode=False).isascii()


@pytest.mark.parametrize("value", [*HOSTILE, "<script>", "](https://evil.example)", "```\nx", "# h"])
@pytest.mark.parametrize("markdown", [False, True])
def test_what_a_repository_chose_is_not_obeyed(value, markdown):
    value = value.replace("\n", " ") if markdown else value
    text = guide_text.render(
        Guidance(value, (Step(value, value, None, value),)), language=Language.EN, markdown=markdown, width=400
    )
    assert text.replace("\n", "").isprintable()
    if markdown:
        prose = text.split("```")[0]
        assert "<script>" not in prose
        assert not re.search(r"(?<!\\)\]\(", prose)
