"""What has to stand in a text before a rule's pattern is run on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keyguard.rules.entries import GateEntry
from keyguard.rules.patterns import PatternError, reach_of

SHORTEST = 3
"""How many bytes a literal has at least; a shorter one stands everywhere."""
FURTHEST = 2128
"""How far, in bytes, something that a name demands may stand from it; a version of a file is looked at so far around
what is new in it (`detection.versions.LINGERING`)."""
KEY_WORDS = ("key", "token", "secret", "pass", "pwd", "credential", "auth", "bearer", "pat")
"""What the name of something that holds a key has in it."""
_BETWEEN_WORDS = r"[ _.-]{0,2}"
_OF_NAME = r"[A-Za-z0-9_. \t\r\n\"'\[\]\(\)\{:,=<>/\x80-\xff-]"
_REST_OF_NAME = _OF_NAME + "{0,96}"
"""What may stand between the provider's name and the key word: `openai: {api_key`, `[openai]\nmodel = "a"\ntoken`,
`MistralChatModel.builder().apiKey`, `model="mistral/a", api_key`."""
_SECTION = r"[\"'\]]{0,2}[ \t]{0,2}(?:[:=]>?[ \t]{0,2}|>)?[\r\n\{\(\[]"
"""What follows a word that begins a section of a configuration, or that is called: `exa:`, `[exa]`, `Exa(`."""
_VALUE = r"\\{0,2}[\"']?\]?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}\\{0,2}[\"']?"
"""What follows a provider's name under which a key is kept with others: `"mistral": "…"`, `mistral = …`."""
_CALLED = r"[A-Za-z.:]{0,24}\([\"']"
"""What follows the name of a provider whose client is made with a key: `cohere.Client("…`, `new Mistral('…`."""
_KEPT = rf"(?:{_VALUE}|{_CALLED})[A-Za-z0-9_.~+/-]{{16}}"
_BOUND = re.compile(r"\{0,(?:[3-9]|\d\d)\}")
"""A bound that costs more to compile and to search than none; those of two cost less (measured)."""
_SAY_KEY = ("api", "key", "token", "access", "secret")
_HAN_KEYS = (
    r"\xe5\xaf\x86\xe9\x92\xa5", r"\xe7\xa7\x98\xe9\x92\xa5", r"\xe5\xaf\x86\xe5\x8c\x99",
    r"\xe4\xbb\xa4\xe7\x89\x8c", r"\xe5\xaf\x86\xe7\xa0\x81", r"\xe5\x8f\xa3\xe4\xbb\xa4",
)  # fmt: skip
"""The key words in Chinese, as bytes of UTF-8."""


def of_pattern(literals: Sequence[str], anchors: Sequence[str], *, ignore_case: bool) -> tuple[GateEntry, ...]:
    """Return the gate of a pattern rule; raises `PatternError` where a literal or an anchor is unfit."""
    if not literals:
        raise PatternError("has to name a literal", "give the text that stands in every match")
    if anchors and len(anchors) != len(literals):
        raise PatternError("has to have an anchor for each literal, in the same order")
    for literal in literals:
        _check_literal(literal)
    for literal, anchor in zip(literals, anchors, strict=False):
        _check_anchor(literal, anchor)
    paired: Sequence[str | None] = anchors or [None] * len(literals)
    return tuple(
        GateEntry(literal.encode(), ignore_case, anchor.encode() if anchor else None)
        for literal, anchor in zip(literals, paired, strict=True)
    )


def beside(gate: Sequence[GateEntry], pattern: str, within: int) -> tuple[GateEntry, ...]:
    """Return a gate of which the names that are no part of the pattern demand what it looks like at least near them.

    `within` is how far from such a name a match may go, in bytes.
    """
    from keyguard.rules.syntax import dialect, plain, reader, writer  # the files of providers alone ask for it

    named = [entry for entry in gate if entry.ignore_case and entry.literal.lower() not in pattern.lower().encode()]
    if not named or within > FURTHEST:
        return tuple(gate)
    try:
        form = writer.written(plain.plain(reader.read(pattern, dialect.KEYGUARD))).encode("ascii")
        re.compile(form, re.VERBOSE)
    except (PatternError, re.error, UnicodeEncodeError):  # written in a way that only the engine understands
        return tuple(gate)
    return tuple(entry._replace(beside=form, within=within) if entry in named else entry for entry in gate)


def of_names(names: Sequence[str], hosts: Sequence[str]) -> tuple[GateEntry, ...]:
    """Return the gate of an entropy rule: names of things that hold keys, and hosts."""
    for literal in (*(name.split()[0] for name in names), *hosts):
        _check_literal(literal)
    return (*_named(names, alone=bool(hosts)), *(GateEntry(host.encode(), ignore_case=True) for host in hosts))


def opens(gate: Sequence[GateEntry], text: bytes) -> bool:
    """Return whether one of the entries stands in a text."""
    return any(_stands(entry, text) for entry in gate)


def _named(names: Sequence[str], *, alone: bool) -> Iterator[GateEntry]:
    """Yield what looks for names of things that hold keys, and for those of providers alone."""
    apart = {name.replace(" ", "") for name in names if " " in name}
    for name in names:
        if name in apart:  # what looks for `open ai` finds `openai`
            continue
        words = name.split()
        anchor = _BETWEEN_WORDS.join(_escaped(word) for word in words)
        if not any(word.lower() in KEY_WORDS for word in words):
            yield _reaching(words[0], anchor, (*KEY_WORDS, *_HAN_KEYS))
        else:
            yield GateEntry(words[0].encode(), ignore_case=True, anchor=anchor.encode())
        if alone and is_owner(name):
            yield _bounded(words[0], f"{anchor}{_KEPT}")
        if own := owner_of(name):
            owner = _BETWEEN_WORDS.join(_escaped(word) for word in own.split())
            yield _reaching(words[0], owner + _SECTION, KEY_WORDS)


def _reaching(literal: str, head: str, words: Sequence[str]) -> GateEntry:
    """Return what looks for a name with one of some words not far behind it."""
    return _bounded(literal, f"{head}{_REST_OF_NAME}(?:{'|'.join(words)})")


def _bounded(literal: str, anchor: str) -> GateEntry:
    """Return what looks for an anchor, of which a wider one has no bounds."""
    return GateEntry(literal.encode(), ignore_case=True, anchor=anchor.encode(), wider=_BOUND.sub("*", anchor).encode())


def owner_of(name: str) -> str:
    """Return the words of a name before the ones that say that it holds a key: `exa` of `exa api`; none of others."""
    words = name.split()
    first = next((at for at, word in enumerate(words) if word.lower() in _SAY_KEY), 0)
    return " ".join(words[:first])


def is_owner(name: str) -> bool:
    """Return whether a name is a provider's and nothing more, as `mistral` is and `exa api` is not."""
    return not any(word.lower() in (*KEY_WORDS, *_SAY_KEY) for word in name.split())


def _stands(entry: GateEntry, text: bytes) -> bool:
    if entry.anchor is None:
        return entry.literal in text or (entry.ignore_case and entry.literal.lower() in text.lower())
    return re.search(entry.anchor, text, re.IGNORECASE if entry.ignore_case else re.NOFLAG) is not None


def _escaped(literal: str) -> str:
    """Return the literal as a pattern, written as a person would: a dash is not escaped."""
    return re.sub(r"[.^$*+?{}()|\[\]\\]", r"\\\g<0>", literal)


def _check_literal(literal: str) -> None:
    if len(literal) < SHORTEST or not literal.isascii():
        raise PatternError(f"has to have {SHORTEST} ASCII characters or more", "take a longer part of the key")


def _check_anchor(literal: str, anchor: str) -> None:
    head = _escaped(literal)
    if not anchor.startswith(head) or anchor[len(head) : len(head) + 1] in tuple("?*+{|"):
        raise PatternError("has to begin with its literal", f"begin it with {head}")
    if reach_of(anchor, verbose=False).looks:
        raise PatternError("looks around", "an anchor is searched by any engine: leave out (?=…), (?!…) and the like")
    try:
        groups = re.compile(anchor.encode("ascii")).groups
    except (re.error, UnicodeEncodeError):
        raise PatternError("is no regular expression over ASCII") from None
    if groups:
        raise PatternError("has a capturing group", "write (?:…)")
