"""Says in a few sentences why an agent is stopped, whether the key is exposed, and what to do; never the key."""

from __future__ import annotations

from collections.abc import Sequence

from keyguard.hooks.agents.protocol import Agent, Event, Fate, Moment
from keyguard.language import Language
from keyguard.model import Finding, Where
from keyguard.reporting.redaction import Redactor
from keyguard.reporting.terminal import clean, fit

MOST = 3
"""How many keys are named; the agent needs no list to stop."""
COLUMNS = 200
"""How much of a path, or of the name of a tool, is told."""
_WORDS = {
    Language.EN: {
        "found": "KeyGuard: {what}: {keys}.",
        "more": "and {n} more",
        "joint": "; ",
        "prompt": "a secret in the prompt",
        "tool": "a secret in the input of {tool}, which was not run",
        "file": "a secret in {path}, which was not read",
        "output": "a secret in the output of {tool}",
        "kept": "The model has not been shown it, so it is exposed no further than before.",
        "shown": "The model has been shown it: treat it as exposed, and rotate it.",
        "masked": "It is masked before the model sees it, if this {agent} lets a hook do that: treat it as exposed, "
        "and rotate it.",
        "instead.prompt": "Leave it out, and name the environment variable that holds it.",
        "instead.tool": "Do not write it again, in pieces or encoded either: take it from an environment variable or "
        "a secret store.",
        "instead.file": "Do not read it by another way: use the value through an environment variable, or ask the "
        "user what you need to know of the file.",
        "instead.output": "Do not repeat it, write it to a file or send it anywhere.",
        "guide": "What to do about the key: keyguard guide {rule}",
        "failed": "KeyGuard: nothing was checked, so this is stopped: {message}.",
        "hint": "To mend it: {hint}",
    },
    Language.ZH: {
        "found": "KeyGuard：{what}：{keys}。",
        "more": "另有 {n} 个",
        "joint": "；",
        "prompt": "提示词中有密钥",
        "tool": "{tool} 的输入中有密钥，未予执行",
        "file": "{path} 中有密钥，未予读取",
        "output": "{tool} 的输出中有密钥",
        "kept": "模型没有看到它，暴露程度与此前相同。",
        "shown": "模型已经看到它：请视为已泄露并轮换。",
        "masked": "若此版本的 {agent} 允许钩子改写，模型看到的是遮盖后的内容；仍请视为已泄露并轮换。",
        "instead.prompt": "请删去它，只写出保存它的环境变量的名称。",
        "instead.tool": "不要再次写出它，拆开或编码也不行：请从环境变量或密钥管理服务中读取。",
        "instead.file": "不要换一种方式读取：请通过环境变量使用该值，或向用户询问您需要了解的内容。",
        "instead.output": "不要复述它、写入文件或发送到任何地方。",
        "guide": "密钥的处理办法：keyguard guide {rule}",
        "failed": "KeyGuard：未能检查，因此已阻止：{message}。",
        "hint": "解决办法：{hint}",
    },
}


def reason(agent: Agent, event: Event, findings: Sequence[Finding], language: Language) -> str:
    """Return why this event is refused; `findings` has at least one."""
    words = _WORDS[language]
    named = [f"{clean(each.title)} {each.secret.masked} ({each.fingerprint})" for each in findings[:MOST]]
    if len(findings) > MOST:
        named.append(words["more"].format(n=len(findings) - MOST))
    moment, what = _what(event, findings)
    masked = Redactor.of(findings)
    named_tool, path = (fit(masked(clean(each)), COLUMNS) for each in (event.tool or event.name, what))
    told = words[moment].format(tool=named_tool, path=path)
    sentences = [
        words["found"].format(what=told, keys=words["joint"].join(named)),
        words[_fate(agent, event, moment)].format(agent=agent.title),
        words[f"instead.{moment}"],
        words["guide"].format(rule=findings[0].rule),
    ]
    return ("" if language is Language.ZH else " ").join(sentences)


def failure(message: str, hint: str | None, language: Language) -> str:
    """Return why an event is refused about which nothing can be said."""
    words = _WORDS[language]
    told = words["failed"].format(message=clean(message))
    return f"{told} {words['hint'].format(hint=clean(hint))}" if hint else told


def _what(event: Event, findings: Sequence[Finding]) -> tuple[Moment, str]:
    """Return as what it is told: a tool that would read a file, or a prompt that includes one, is about the file."""
    path = next((place.origin.path for place in findings[0].places if place.origin.where is Where.FILE), None)
    if path is not None:
        return Moment.FILE, path
    return event.moment, ""


def _fate(agent: Agent, event: Event, told: Moment) -> Fate:
    """Return what becomes of it: what stands in a file that a tool was not let read, the model has not seen."""
    return Fate.KEPT if told is Moment.FILE and event.moment is Moment.TOOL else agent.fate(event)
