"""Decides which bytes are secrets: gate, exact patterns, entropy, proofs, placeholders."""
