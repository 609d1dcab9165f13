"""All pages that are made from the program, by their names."""

from __future__ import annotations

from pathlib import Path

from keyguard.rules import built, loader
from manual import commands, providers

DOCS = Path(__file__).resolve().parent.parent / "docs"
PROVIDERS = "providers"
MADE = "<!-- Made from the program by `python -m manual`: do not edit. -->\n"


def pages() -> dict[str, str]:
    """Return the text of each page by its path in docs/."""
    catalogue = loader.believed(built.OWN)
    made = {"commands.md": commands.page(), f"{PROVIDERS}/README.md": providers.index(catalogue)}
    made |= {f"{PROVIDERS}/{each.id}.md": providers.page(each, catalogue) for each in catalogue.providers}
    return {name: MADE + text for name, text in made.items()}
