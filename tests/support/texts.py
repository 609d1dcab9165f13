"""Texts with keys in them, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.support import keys

BUILDERS = [
    keys.project_key, keys.legacy_key, keys.anthropic_key, keys.groq_key, keys.huggingface_token, keys.google_key,
]  # fmt: skip
CONTEXT = st.sampled_from(
    ["\n", " ", "key = '", "'", "密钥：", "export OPENAI_API_KEY=", "\r\n", "https://x/?k=", "&", '"']
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Return text with keys in it, in one of several encodings."""
    rng = draw(st.randoms(use_true_random=False))
    parts = [draw(st.text(max_size=20) | CONTEXT) for _ in range(draw(st.integers(1, 4)))]
    with_keys = "".join(f"{part} {draw(st.sampled_from(BUILDERS))(rng)}\n" for part in parts)
    return with_keys.encode(draw(st.sampled_from(["utf-8", "utf-16", "utf-16-be"])), "replace")
