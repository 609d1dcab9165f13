"""Asks a key's own provider, and nobody else, whether it lives; the one place from which anything is sent."""
