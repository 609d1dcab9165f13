"""`python -m manual`: writes the generated pages anew, and removes those of providers that are gone."""

from __future__ import annotations

from manual.pages import DOCS, PROVIDERS, pages


def main() -> None:
    """Write every page that differs from what it should be."""
    wanted = pages()
    for gone in set((DOCS / PROVIDERS).glob("*.md")) - {DOCS / name for name in wanted}:
        gone.unlink()
    for name, text in wanted.items():
        file = DOCS / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(wanted)} pages of {DOCS} are current")


if __name__ == "__main__":
    main()
