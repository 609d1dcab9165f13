"""A small sound provider file, for tests to take a piece from or to break."""

from __future__ import annotations

from pathlib import Path

from keyguard.rules.catalogue import Topic

WORDS = 'en = { title = "Do it", text = "Do it now." }\nzh = { title = "去做", text = "现在就做。" }\n'
GUIDE = "".join(f"[guide.{topic}]\n{WORDS}" for topic in Topic)
HEAD = """\
id = "acme"
name = { en = "Acme", zh = "阿克米" }
console = "https://acme.example/keys"
docs = "https://acme.example/docs"
checked = 2026-11-23
"""
RULE = """\
[[rule]]
id = "acme-key"
title = { en = "Acme key", zh = "阿克米密钥" }
detector = "pattern"
severity = "high"
confidence = "medium"
sureness = "sure"
literals = ["acme_"]
pattern = 'acme_[A-Za-z0-9]{20,40}'
examples = [
  { secret = 'acme_<<alnum:30>>', text = '密钥<<secret>>。' },
  { secret = 'acme_<<alnum:20>>', path = ".env" },
]
counter-examples = ['acme_your_key', { text = 'acme-<<alnum:30>>', path = "a.py" }]
"""
ENTROPY = (
    RULE.replace('"pattern"', '"entropy"', 1)
    .replace('literals = ["acme_"]', 'names = ["acme cloud", "token acme"]\nhosts = ["api.acme.example"]\ncontext = 99')
    .replace("acme_[A-Za-z0-9]{20,40}", "[a-z0-9]{32}")
    .replace("'acme_<<alnum:30>>', text = '密钥<<secret>>。'", "'<<hex:32>>', text = 'ACME_CLOUD_KEY=<<secret>>'")
    .replace("'acme_<<alnum:20>>', path", "'<<hex:32>>', text = 'tokenAcme=<<secret>>', path")
)
SOUND = HEAD + RULE + GUIDE


def written(folder: Path, text: str, name: str = "acme.toml") -> Path:
    """Write a provider file and return where it stands."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
