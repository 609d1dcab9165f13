"""What a repository or a user sets for KeyGuard in `.keyguard.toml`."""

from keyguard.config.settings import FILE, Config, load

__all__ = ["FILE", "Config", "load"]
