"""What a run is asked for, as workers can use it and as it is kept, and what stands for the rules of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from keyguard import __version__, cache
from keyguard.config import Config
from keyguard.language import Language
from keyguard.model import Confidence
from keyguard.pipeline.setup import Settings, own_of, prepare


def rules_of(settings: Settings) -> str:
    """Return what stands for all that a verdict depends on beside the repository and the ledgers of incidents."""
    scan = prepare(settings, None)
    files = [path.read_bytes() for path in (settings.config, settings.baseline) if path is not None]
    made = (__version__, cache.identity(), scan.made_of, files, settings.min_confidence, settings.strict)
    return blake2b(repr(made).encode(), digest_size=20).hexdigest()


def sought_by(settings: Settings) -> Callable[[str, str], bool]:
    """Return what says whether keys of a rule and a confidence are among what is reported by these settings."""
    scan = prepare(settings, None)
    rules, least = scan.catalogue.by_id, scan.policy.min_confidence
    return lambda rule, confidence: rule in rules and Confidence[confidence.upper()] >= least


def packed(settings: Settings) -> dict[str, Any]:
    """Return the settings as they are kept with a run."""
    return {
        "config": str(settings.config) if settings.config else None,
        "baseline": str(settings.baseline) if settings.baseline else None,
        "rules": [str(each) for each in settings.rules],
        "only": list(settings.only),
        "without": list(settings.without),
        "min_confidence": settings.min_confidence.label if settings.min_confidence else None,
        "strict": settings.strict,
    }


def unpacked(values: Mapping[str, Any]) -> Settings:
    """Return settings that were kept."""
    confidence = values["min_confidence"]
    return of_fleet(
        Settings(
            config=Path(values["config"]) if values["config"] else None,
            baseline=Path(values["baseline"]) if values["baseline"] else None,
            rules=tuple(map(Path, values["rules"])),
            only=tuple(values["only"]),
            without=tuple(values["without"]),
            min_confidence=Confidence[confidence.upper()] if confidence else None,
            strict=values["strict"],
        )
    )


def of_fleet(settings: Settings) -> Settings:
    """Return settings as each worker can use them: files by whole paths, and nothing that repositories hide."""
    return replace(
        settings,
        config=settings.config.resolve() if settings.config else None,
        baseline=settings.baseline.resolve() if settings.baseline else None,
        rules=tuple(each.resolve() for each in settings.rules),
        no_repo_config=True,
        language=Language.EN,
    )


def configuration(settings: Settings) -> Config:
    """Return the configuration that the user named, which may bring rules; that of no repository counts."""
    return own_of(settings, None).config
